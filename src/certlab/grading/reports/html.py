"""Renders the HTML pages: self-contained, escaped, and closed to anything they did not bring."""

from __future__ import annotations

import base64
import datetime
import hashlib
import statistics
from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from markupsafe import Markup

from ..marks import Mark
from .charts import STATUSES
from .csv_text import number
from .words import meaning, next_step


def render(template: str, *, script: bool = False, zone: datetime.tzinfo, **values: Any) -> str:
    """The text of a page; `script` adds the one that sorts tables."""
    style = _asset("style.css")
    code = _asset("sort.js") if script else ""
    return (
        _environment()
        .get_template(template)
        .render(
            style=Markup(style),
            script=Markup(code),
            policy=_content_security_policy(style, code),
            all_statuses=STATUSES,
            now=_time(datetime.datetime.now(datetime.UTC), zone),
            zone=zone,
            **values,
        )
    )


def _content_security_policy(style: str, script: str) -> str:
    """Nothing is loaded, sent or run but this page's own style and script, named by their hash."""
    rules = ["default-src 'none'", f"style-src {_hash(style)}", "base-uri 'none'"]
    rules += [f"script-src {_hash(script)}"] if script else []
    return "; ".join([*rules, "form-action 'none'"])


def _hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"


@lru_cache
def _asset(name: str) -> str:
    return files(__package__).joinpath("templates", name).read_text(encoding="utf-8")


@lru_cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader(__package__, "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: Mapping[str, Callable] = {
        "points": number,
        "signed": lambda value: number(value) if value == 0 else _signed(value),
        "grade": _grade,
        "coefficient": lambda value: "–" if value is None else f"{value:.2f}",
        "statuses": lambda counts: ", ".join(f"{n} {name}" for name, n in counts.items()),
        "median": statistics.median,
        "sentence_case": lambda text: text[:1].upper() + text[1:],
    }
    environment.filters.update(filters)
    environment.filters["time"] = _time_filter
    environment.globals.update(meaning=meaning, next_step=next_step)
    return environment


def _signed(value: float) -> str:
    return f"{'+' if value > 0 else '−'}{number(abs(value))}"


def _grade(mark: Mark | None) -> str:
    return number(mark.final) if mark is not None and mark.settled else "–"


def _time(moment: datetime.datetime, zone: datetime.tzinfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M %Z}"


@pass_context
def _time_filter(context: Any, moment: datetime.datetime) -> str:
    return _time(moment, context["zone"])
