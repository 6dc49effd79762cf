"""The marks that count: the machine's, then overrides, then the policy, each with its reason."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from .gradebook import GradedQuestion, GradedSubmission, Override
from .results import QuestionStatus, Status


@dataclass(frozen=True)
class QuestionMark:
    """The mark of one question that counts, beside the machine's."""

    question: str
    max: float
    machine: float
    status: QuestionStatus
    message: str
    draws_right: int
    draws: int
    override: Override | None = None

    @property
    def points(self) -> float:
        """Points that count."""
        return self.machine if self.override is None else self.override.points

    @property
    def share(self) -> float:
        """Points that count, as a share of those that can be reached."""
        return self.points / self.max if self.max else 0.0


@dataclass(frozen=True)
class Adjustment:
    """Points that the policy gives or takes, or a note without points, and why."""

    kind: Literal["late", "extra", "extension", "note"]
    points: float
    reason: str


@dataclass(frozen=True)
class Mark:
    """What one student has for one exercise."""

    student: str
    exercise: str
    status: Status
    reasons: tuple[str, ...]
    seconds: float
    graded_at: datetime.datetime
    submitted_at: datetime.datetime | None
    questions: tuple[QuestionMark, ...]
    adjustments: tuple[Adjustment, ...] = ()
    due: datetime.datetime | None = None
    submission_hash: str = ""

    def question(self, identifier: str) -> QuestionMark | None:
        """One question's mark; None where the exercise had another one when this was graded."""
        return next((entry for entry in self.questions if entry.question == identifier), None)

    @property
    def max(self) -> float:
        """Points that can be reached."""
        return sum(question.max for question in self.questions)

    @property
    def machine(self) -> float:
        """Points as graded by the machine."""
        return sum(question.machine for question in self.questions)

    @property
    def points(self) -> float:
        """Points after overrides, before the policy."""
        return sum(question.points for question in self.questions)

    @property
    def final(self) -> float:
        """Points that count: with the policy's adjustments, never below zero."""
        return max(0.0, self.points + sum(entry.points for entry in self.adjustments))

    @property
    def late_penalty(self) -> float:
        """Points that lateness costs, as a positive number."""
        return -sum(entry.points for entry in self.adjustments if entry.kind == "late")

    @property
    def extra(self) -> float:
        """Points that the policy adds."""
        return sum(entry.points for entry in self.adjustments if entry.kind == "extra")

    @property
    def overridden(self) -> bool:
        """Whether an instructor has decided a question."""
        return any(question.override is not None for question in self.questions)

    @property
    def settled(self) -> bool:
        """Whether there is a mark to hand on: not so for what nobody could read."""
        return self.status != "unreadable" or self.overridden


def marks(
    rows: Iterable[GradedSubmission],
    overrides: Iterable[Override] = (),
    adjust: Callable[[Mark], Mark] | None = None,
) -> list[Mark]:
    """The mark of each row; `adjust` applies a policy."""
    decided = {(entry.student, entry.exercise, entry.question): entry for entry in overrides}
    found = [_mark(row, decided) for row in rows]
    return found if adjust is None else [adjust(mark) for mark in found]


def _mark(row: GradedSubmission, decided: dict[tuple[str, str, str], Override]) -> Mark:
    return Mark(
        student=row.student,
        exercise=row.exercise,
        status=row.status,
        reasons=row.reasons,
        seconds=row.seconds,
        graded_at=row.graded_at,
        submitted_at=row.submitted_at,
        questions=tuple(
            _question_mark(entry, decided.get((row.student, row.exercise, entry.question)))
            for entry in row.questions
        ),
        submission_hash=row.submission_hash,
    )


def _question_mark(graded: GradedQuestion, override: Override | None) -> QuestionMark:
    return QuestionMark(
        question=graded.question,
        max=graded.max,
        machine=graded.score,
        status=graded.status,
        message=graded.message,
        draws_right=graded.draws_right,
        draws=graded.draws,
        override=override,
    )
