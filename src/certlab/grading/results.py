"""What grading says about one submission."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any, Literal

from .harmless import harmless

Status = Literal["graded", "needs-review", "unreadable"]
QuestionStatus = Literal["correct", "wrong", "error", "timeout", "blank", "missing"]


@dataclass(frozen=True)
class QuestionResult:
    """The mark of one question and why."""

    score: float
    max: float
    status: QuestionStatus
    message: str = ""
    draws_right: int = 0  # of the draws that were graded; 0 of 0 when nobody counted
    draws: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", harmless(self.message))


@dataclass(frozen=True)
class SubmissionResult:
    """One row: always there, whatever was wrong with the submission."""

    student: str
    exercise: str
    status: Status
    questions: dict[str, QuestionResult]
    seconds: float = 0.0
    reasons: tuple[str, ...] = field(default=())  # why it needs review, or cannot be read
    submission_hash: str = ""
    key: str = ""  # what was graded: submission, exercise, draws and options, hashed
    submitted_at: datetime.datetime | None = None  # the file's modification time, with a time zone

    def __post_init__(self) -> None:
        object.__setattr__(self, "student", harmless(self.student))
        object.__setattr__(self, "reasons", tuple(map(harmless, self.reasons)))

    @property
    def score(self) -> float:
        """Points earned."""
        return sum(question.score for question in self.questions.values())

    @property
    def max(self) -> float:
        """Points that can be reached."""
        return sum(question.max for question in self.questions.values())

    def as_json(self) -> dict[str, Any]:
        """The line that `grade --json` prints."""
        return {
            "student": self.student,
            "exercise": self.exercise,
            "status": self.status,
            "score": self.score,
            "max": self.max,
            "seconds": round(self.seconds, 2),
            "reasons": list(self.reasons),
            "questions": {
                identifier: {
                    "score": question.score,
                    "max": question.max,
                    "status": question.status,
                    "message": question.message,
                }
                for identifier, question in self.questions.items()
            },
        }
