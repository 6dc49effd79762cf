"""Reads YAML; by its C library where that is there, eight times as fast."""

from __future__ import annotations

from typing import Any

import yaml

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def parse(text: str) -> Any:
    """Return what a YAML text holds. Raises yaml.YAMLError."""
    return yaml.load(text, Loader=_Loader)
