"""Mistakes in the course's text files, collected so that an author sees all of them at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError


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


def validation_problems(path: Path, where: str, error: ValidationError) -> list[Problem]:
    """One Problem for each thing that pydantic found wrong."""
    found = []
    for detail in error.errors():
        key = ".".join(str(part) for part in detail["loc"])
        message = detail["msg"][0].lower() + detail["msg"][1:]
        if detail["type"] == "extra_forbidden":
            mend = f"remove `{key}`, or correct its spelling"
        elif detail["type"] == "missing":
            mend = f"add `{key}`"
        else:
            mend = f"correct `{key}`" if key else "correct it as the message says"
        found.append(Problem(path, where, f"{key}: {message}" if key else message, mend))
    return found
