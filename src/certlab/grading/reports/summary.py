"""How a class did on one exercise, in numbers."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..marks import Mark
from .items import Item, item_analysis, reliability


@dataclass(frozen=True)
class ExerciseSummary:
    """One exercise's marks and what follows from them."""

    exercise: str
    marks: list[Mark]
    items: list[Item]
    statuses: dict[str, int]
    alpha: float | None

    @property
    def settled(self) -> list[Mark]:
        """The marks that count: not those of submissions that nobody could read."""
        return [mark for mark in self.marks if mark.settled]

    @property
    def scores(self) -> list[float]:
        """Final points of the marks that count."""
        return [mark.final for mark in self.settled]

    @property
    def max(self) -> float:
        """Points that can be reached."""
        return max(mark.max for mark in self.marks)

    @property
    def mean(self) -> float:
        """Mean final score; 0 without any."""
        return statistics.fmean(self.scores) if self.scores else 0.0

    @property
    def median(self) -> float:
        """Median final score; 0 without any."""
        return statistics.median(self.scores) if self.scores else 0.0

    @property
    def spread(self) -> float | None:
        """Standard deviation of the final scores; None for fewer than two."""
        return statistics.stdev(self.scores) if len(self.scores) > 1 else None

    @property
    def seconds(self) -> list[float]:
        """Seconds that grading each submission took, unreadable ones left out."""
        return [mark.seconds for mark in self.marks if mark.status != "unreadable"]

    @property
    def to_look_at(self) -> list[Mark]:
        """Submissions with something odd about them."""
        return [mark for mark in self.marks if mark.status != "graded"]


def summarise(
    marks: Sequence[Mark], titles: Mapping[str, dict[str, str]] | None = None
) -> list[ExerciseSummary]:
    """One summary per exercise, in the marks' order; `titles` are the questions', by exercise."""
    groups: dict[str, list[Mark]] = {}
    for mark in marks:
        groups.setdefault(mark.exercise, []).append(mark)
    return [
        ExerciseSummary(
            exercise=exercise,
            marks=group,
            items=item_analysis(group, (titles or {}).get(exercise)),
            statuses=dict(Counter(mark.status for mark in group).most_common()),
            alpha=reliability(group),
        )
        for exercise, group in groups.items()
    ]
