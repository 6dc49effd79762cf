"""Item analysis: how hard each question was, and whether it tells strong work from weak.

Source of the measures: Ebel and Frisbie, Essentials of Educational Measurement, 5th edition.
"""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ..marks import Mark, QuestionMark

FEWEST = 10  # submissions below which a discrimination is not computed
STEADY = 30  # submissions from which one is worth acting on
_GROUP = 0.27  # of the class, at the top and at the bottom (Kelley 1939)
_NUMBERS = re.compile(r"[-+]?\d+(?:[.,]\d+)*(?:e[-+]?\d+)?", re.IGNORECASE)
_COMMON_MESSAGES = 3


@dataclass(frozen=True)
class CommonMessage:
    """What several students were told; they differ in their numbers at most."""

    text: str
    count: int


@dataclass(frozen=True)
class Item:
    """How a class did on one question."""

    question: str
    title: str
    max: float
    students: int
    correct: int  # full points
    difficulty: float  # mean share of the points, 0 (nobody) to 1 (everybody)
    item_total: float | None  # correlation with the rest of the exercise; None: not computed
    upper_lower: float | None  # mean share in the upper 27 % minus that in the lower
    statuses: dict[str, int]
    messages: list[CommonMessage]
    overridden: int
    flags: list[str]


def item_analysis(marks: Sequence[Mark], titles: dict[str, str] | None = None) -> list[Item]:
    """One Item per question, in order, over the submissions that could be read."""
    readable = [mark for mark in marks if mark.settled]
    order = list(dict.fromkeys(entry.question for mark in readable for entry in mark.questions))
    return [_item(question, readable, (titles or {}).get(question, "")) for question in order]


def reliability(marks: Sequence[Mark]) -> float | None:
    """Cronbach's alpha of an exercise; None for few students, one question or equal marks."""
    table = [[entry.points for entry in mark.questions] for mark in marks if mark.settled]
    if len(table) < FEWEST or len({len(row) for row in table}) != 1 or len(table[0]) < 2:
        return None
    whole = statistics.variance([sum(row) for row in table])
    if not whole:
        return None
    parts = sum(statistics.variance(column) for column in zip(*table, strict=True))
    count = len(table[0])
    return count / (count - 1) * (1 - parts / whole)


def point_biserial(item: Sequence[float], rest: Sequence[float]) -> float | None:
    """Correlation of an item's points with the rest of the test; None where one never varies."""
    if len(set(item)) < 2 or len(set(rest)) < 2:
        return None
    return statistics.correlation(item, rest)


def upper_lower(item: Sequence[float], totals: Sequence[float]) -> float | None:
    """Mean of the item in the upper 27 % by total, minus that in the lower.

    Students who tie at a group's edge share the places that are left in it.
    """
    size = max(1, round(_GROUP * len(totals)))
    if len(set(totals)) < 2:
        return None
    return _group_mean(item, totals, size, sign=-1) - _group_mean(item, totals, size, sign=1)


def _group_mean(item: Sequence[float], totals: Sequence[float], size: int, sign: int) -> float:
    edge = sorted(sign * total for total in totals)[size - 1]
    inside = [value for value, total in zip(item, totals, strict=True) if sign * total < edge]
    tied = [value for value, total in zip(item, totals, strict=True) if sign * total == edge]
    return (sum(inside) + (size - len(inside)) * statistics.fmean(tied)) / size


def _item(question: str, marks: Sequence[Mark], title: str) -> Item:
    pairs = [(mark, entry) for mark in marks for entry in mark.questions]
    pairs = [(mark, entry) for mark, entry in pairs if entry.question == question]
    entries = [entry for _, entry in pairs]
    shares = [entry.share for entry in entries]
    totals = [mark.points for mark, _ in pairs]
    rest = [mark.points - entry.points for mark, entry in pairs]
    enough = len(entries) >= FEWEST
    item = Item(
        question=question,
        title=title,
        max=max(entry.max for entry in entries),
        students=len(entries),
        correct=sum(entry.points >= entry.max for entry in entries),
        difficulty=statistics.fmean(shares),
        item_total=point_biserial(shares, rest) if enough else None,
        upper_lower=upper_lower(shares, totals) if enough else None,
        statuses=dict(Counter(entry.status for entry in entries).most_common()),
        messages=_common_messages(entries),
        overridden=sum(entry.override is not None for entry in entries),
        flags=[],
    )
    item.flags.extend(_flags(item))
    return item


def _common_messages(entries: Sequence[QuestionMark]) -> list[CommonMessage]:
    """The most frequent messages; those that differ only in their numbers are one."""
    texts = [entry.message for entry in entries if entry.message and entry.status != "blank"]
    kinds = Counter(_NUMBERS.sub("#", text) for text in texts)
    examples: dict[str, str] = {}
    for text in texts:
        examples.setdefault(_NUMBERS.sub("#", text), text)
    return [
        CommonMessage(examples[kind], count) for kind, count in kinds.most_common(_COMMON_MESSAGES)
    ]


def _flags(item: Item) -> list[str]:
    """What an author should look at."""
    flags = []
    if item.students < FEWEST:
        return [f"too few submissions to judge (n = {item.students})"]
    unsure = f" (n = {item.students} is few: take it as a hint)" if item.students < STEADY else ""
    if item.difficulty >= 0.95:
        flags.append("almost everybody has it")
    elif item.difficulty <= 0.2:
        flags.append("hardly anybody has it")
    if item.item_total is None:
        if 0 < item.difficulty < 1:
            flags.append("no discrimination: the marks of the rest do not vary")
    elif item.item_total < 0:
        flags.append(f"separates the wrong way{unsure}")
    elif item.item_total < 0.2:
        flags.append(f"hardly separates{unsure}")
    for status, bar, words in (
        ("blank", 0.3, "many leave it blank"),
        ("error", 0.3, "many answers stop with an error"),
        ("timeout", 0.1, "many answers do not finish"),
    ):
        if item.statuses.get(status, 0) >= bar * item.students:
            flags.append(words)
    return flags
