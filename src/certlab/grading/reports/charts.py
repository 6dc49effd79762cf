"""Small charts as inline SVG. Their colours are the page's, through classes; text is escaped."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from markupsafe import Markup

from .items import Item

STATUSES = ("correct", "wrong", "error", "timeout", "blank", "missing")

_WIDTH, _HEIGHT = 400, 200
_LEFT, _RIGHT, _TOP, _BOTTOM = 34, 12, 20, 40
_MOST_BINS = 16


def histogram(values: Sequence[float], low: float, high: float, label: str, unit: str) -> Markup:
    """How many values lie in each of up to sixteen equal bins from `low` to `high`.

    A bin holds its lower edge; the last one holds its upper edge too.
    """
    width = _nice_width((high - low) or 1.0)
    bins = max(1, math.ceil((high - low) / width - 1e-9))
    counts = [0] * bins
    for value in values:
        counts[min(bins - 1, max(0, int((value - low) / width + 1e-9)))] += 1
    tallest = max(counts, default=0) or 1
    step = (_WIDTH - _LEFT - _RIGHT) / bins
    height = _HEIGHT - _TOP - _BOTTOM
    parts = [_rule(_LEFT, _HEIGHT - _BOTTOM, _WIDTH - _RIGHT, _HEIGHT - _BOTTOM, "axis")]
    for number, count in enumerate(counts):
        x, tall = _LEFT + number * step, height * count / tallest
        y = _HEIGHT - _BOTTOM - tall
        lower, upper = low + number * width, min(high, low + (number + 1) * width)
        if count:
            parts.append(
                Markup(
                    '<g><title>{}</title><path class="bar" d="{}"/>'
                    '<text class="value" x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text></g>'
                ).format(
                    f"{lower:g} to {upper:g} {unit}: {count}",
                    _column(x + 1, y, step - 2, tall),
                    x + step / 2,
                    y - 5,
                    count,
                )
            )
    every = max(1, math.ceil(bins / 8))
    for number in range(0, bins + 1, every):
        edge = min(high, low + number * width)
        parts.append(_text(_LEFT + number * step, _HEIGHT - _BOTTOM + 16, f"{edge:g}", "middle"))
    parts.append(_text((_LEFT + _WIDTH - _RIGHT) / 2, _HEIGHT - 6, unit, "middle"))
    return _svg(parts, label, _WIDTH, _HEIGHT, "chart")


def status_bar(statuses: Mapping[str, int], label: str) -> Markup:
    """One bar, split by status in a fixed order."""
    total = sum(statuses.values()) or 1
    width, x, parts = 240.0, 0.0, []
    for status in STATUSES:
        count = statuses.get(status, 0)
        if count:
            share = width * count / total
            parts.append(
                Markup(
                    '<rect class="s-{0}" x="{1:.2f}" y="0" width="{2:.2f}" height="14" rx="2">'
                    "<title>{3} {0}</title></rect>"
                ).format(status, x, max(1.0, share - 2), count)
            )
            x += share
    return _svg(parts, label, int(width), 14, "statusbar")


def item_map(items: Sequence[Item]) -> Markup | None:
    """Difficulty against discrimination, one numbered point per question; None without any."""
    numbered = [
        (number, item.difficulty, item.item_total)
        for number, item in enumerate(items, start=1)
        if item.item_total is not None
    ]
    if not numbered:
        return None
    low = min(0.0, math.floor(4 * min(total for _, _, total in numbered)) / 4)
    width, height = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM

    def across(difficulty: float) -> float:
        return _LEFT + width * difficulty

    def up(total: float) -> float:
        return _TOP + height * (1 - (total - low) / (1 - low))

    parts = [
        Markup('<rect class="poor" x="{}" y="{:.1f}" width="{}" height="{:.1f}"/>').format(
            _LEFT, up(0.2), width, up(low) - up(0.2)
        ),
        _text(_WIDTH - _RIGHT - 4, up(0.2) + 13, "below 0.2: hardly separates", "end"),
    ]
    for tick in (0, 0.25, 0.5, 0.75, 1):
        parts.append(_rule(_LEFT, up(tick), _WIDTH - _RIGHT, up(tick), "grid"))
        parts.append(_text(_LEFT - 6, up(tick) + 4, f"{tick:g}", "end"))
        parts.append(_text(across(tick), _HEIGHT - _BOTTOM + 16, f"{tick:g}", "middle"))
    parts.append(
        _text((_LEFT + _WIDTH - _RIGHT) / 2, _HEIGHT - 6, "difficulty (1: everybody)", "middle")
    )
    parts.append(_text(_LEFT, 12, "discrimination", "start"))
    for number, x, y in _apart([(n, across(d), up(t)) for n, d, t in numbered]):
        item = items[number - 1]
        parts.append(
            Markup(
                '<g><title>{}</title><circle class="dot" cx="{:.1f}" cy="{:.1f}" r="10"/>'
                '<text class="on-dot" x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text></g>'
            ).format(
                f"{item.question}: difficulty {item.difficulty:.2f}, "
                f"discrimination {item.item_total:.2f}",
                x,
                y,
                x,
                y + 4,
                number,
            )
        )
    return _svg(parts, "Questions by difficulty and discrimination", _WIDTH, _HEIGHT, "chart")


def _apart(points: list[tuple[int, float, float]]) -> list[tuple[int, float, float]]:
    """Move points that would cover each other sideways until they do not."""
    placed: list[tuple[int, float, float]] = []
    for number, x, y in points:
        while any(math.hypot(x - other, y - high) < 19 for _, other, high in placed):
            x += 6 if x < _WIDTH / 2 else -6
        placed.append((number, x, y))
    return placed


def _nice_width(span: float) -> float:
    """The smallest of 1, 2, 2.5, 5 times a power of ten that gives at most sixteen bins."""
    power = 10.0 ** math.floor(math.log10(span / _MOST_BINS))
    for factor in (1, 2, 2.5, 5, 10):
        if span / (factor * power) <= _MOST_BINS + 1e-9:
            return factor * power
    raise AssertionError("ten times the power is always enough")


def _column(x: float, y: float, width: float, height: float) -> str:
    """The outline of a bar with rounded upper corners."""
    r = min(3.0, width / 2, height)
    return (
        f"M{x:.1f} {y + height:.1f}v{-(height - r):.1f}q0 {-r:.1f} {r:.1f} {-r:.1f}"
        f"h{width - 2 * r:.1f}q{r:.1f} 0 {r:.1f} {r:.1f}v{height - r:.1f}z"
    )


def _rule(x1: float, y1: float, x2: float, y2: float, name: str) -> Markup:
    return Markup('<line class="{}" x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"/>').format(
        name, x1, y1, x2, y2
    )


def _text(x: float, y: float, text: str, anchor: str) -> Markup:
    return Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(
        x, y, anchor, text
    )


def _svg(parts: Sequence[Markup], label: str, width: int, height: int, name: str) -> Markup:
    return Markup('<svg class="{}" role="img" aria-label="{}" viewBox="0 0 {} {}">{}</svg>').format(
        name, label, width, height, Markup("").join(parts)
    )
