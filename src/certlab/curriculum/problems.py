"""Mistakes in the course's text files, collected so that an author sees all of them at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Problem:
    """One mistake: where it is, what it is, and what mends it."""

    path: Path
    where: (
        str  # the cell or item, e.g. 'cell 7, line 42, question="gradient"'; '' for the whole file
    )
    message: str
    mend: str

    def __str__(self) -> str:
        place = f"{self.path}: {self.where}" if self.where else f"{self.path}"
        return f"{place}: {self.message}\n    mend: {self.mend}"


class CurriculumError(Exception):
    """The text files cannot be used as they are; `problems` lists every mistake found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        headline = f"{count} problem{'s' if count != 1 else ''} in the course's files"
        super().__init__("\n".join([headline, *map(str, self.problems)]))
