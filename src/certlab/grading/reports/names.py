"""File names for what people are called: safe on every system, and never two alike."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

_UNSAFE = re.compile(r"[^A-Za-z0-9._@+-]+")
_RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)  # on Windows
_LONGEST = 80


def file_names(names: Iterable[str]) -> dict[str, str]:
    """A file's or folder's name for each name; `/` becomes `-`.

    A name that had to be changed otherwise gets the beginning of its hash, and so do names that
    differ only in case, which some file systems hold for the same.
    """
    wanted = list(dict.fromkeys(names))
    plain = {name: _plain(name) for name in wanted}
    counts: dict[str, int] = {}
    for text in plain.values():
        counts[text.casefold()] = counts.get(text.casefold(), 0) + 1
    return {
        name: text
        if counts[text.casefold()] == 1 and text == name.replace("/", "-")
        else f"{text}-{_digest(name)}"
        for name, text in plain.items()
    }


def _plain(name: str) -> str:
    text = _UNSAFE.sub("_", name.replace("/", "-"))[:_LONGEST].strip(".-") or "_"
    return f"_{text}" if _RESERVED.match(text) else text


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
