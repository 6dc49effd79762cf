"""The gradebook: one row per student and exercise, in SQLite or any database SQLAlchemy reaches."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import JSON, DateTime, Float, ForeignKeyConstraint, String, create_engine, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

from .results import QuestionResult, SubmissionResult


class GradebookError(Exception):
    """The database cannot be used; the message names it and the reason."""


class _Base(DeclarativeBase):
    pass


class GradedQuestion(_Base):
    """The mark of one question."""

    __tablename__ = "questions"
    __table_args__ = (
        ForeignKeyConstraint(
            ["student", "exercise"],
            ["submissions.student", "submissions.exercise"],
            ondelete="CASCADE",
        ),
    )

    student: Mapped[str] = mapped_column(String(200), primary_key=True)
    exercise: Mapped[str] = mapped_column(String(200), primary_key=True)
    question: Mapped[str] = mapped_column(String(200), primary_key=True)
    position: Mapped[int]
    score: Mapped[float] = mapped_column(Float)
    max: Mapped[float] = mapped_column(Float)
    status: Mapped[str] = mapped_column(String(20))
    message: Mapped[str]


class GradedSubmission(_Base):
    """The row of one submission."""

    __tablename__ = "submissions"

    student: Mapped[str] = mapped_column(String(200), primary_key=True)
    exercise: Mapped[str] = mapped_column(String(200), primary_key=True)
    status: Mapped[str] = mapped_column(String(20))
    score: Mapped[float] = mapped_column(Float)
    max: Mapped[float] = mapped_column(Float)
    seconds: Mapped[float] = mapped_column(Float)
    reasons: Mapped[list[str]] = mapped_column(JSON)
    submission_hash: Mapped[str] = mapped_column(String(64))
    graded_at: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True))
    questions: Mapped[list[GradedQuestion]] = relationship(
        cascade="all, delete-orphan", order_by=GradedQuestion.position, lazy="selectin"
    )


class Gradebook:
    """Reads and writes results; recording a student's exercise again replaces its row."""

    def __init__(self, url: str) -> None:
        """`url` is a database URL, or a file's path for SQLite. Raises GradebookError."""
        self.url = url if "://" in url else f"sqlite:///{Path(url)}"
        try:
            self._engine = create_engine(self.url)
            _Base.metadata.create_all(self._engine)
        except (SQLAlchemyError, ImportError) as error:
            raise GradebookError(
                f"cannot open the gradebook {url}: {_first_line(error)}"
            ) from error

    def record(self, result: SubmissionResult) -> None:
        """Insert or replace the row of one submission. Raises GradebookError."""
        row = GradedSubmission(
            student=result.student,
            exercise=result.exercise,
            status=result.status,
            score=result.score,
            max=result.max,
            seconds=result.seconds,
            reasons=list(result.reasons),
            submission_hash=result.submission_hash,
            graded_at=datetime.datetime.now(datetime.UTC),
            questions=[
                _question_row(result, position, identifier, question)
                for position, (identifier, question) in enumerate(result.questions.items())
            ],
        )
        try:
            with Session(self._engine) as session, session.begin():
                session.merge(row)
        except SQLAlchemyError as error:
            raise GradebookError(
                f"cannot write to the gradebook {self.url}: {_first_line(error)}"
            ) from error

    def rows(self) -> list[GradedSubmission]:
        """Every row, by exercise and student."""
        with Session(self._engine, expire_on_commit=False) as session:
            query = select(GradedSubmission).order_by(
                GradedSubmission.exercise, GradedSubmission.student
            )
            return list(session.scalars(query))

    def close(self) -> None:
        """Give back the database's connections."""
        self._engine.dispose()


def _question_row(
    result: SubmissionResult, position: int, identifier: str, question: QuestionResult
) -> GradedQuestion:
    return GradedQuestion(
        student=result.student,
        exercise=result.exercise,
        question=identifier,
        position=position,
        score=question.score,
        max=question.max,
        status=question.status,
        message=question.message,
    )


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def exercises(rows: Iterable[GradedSubmission]) -> dict[str, list[GradedSubmission]]:
    """Rows by exercise."""
    groups: dict[str, list[GradedSubmission]] = {}
    for row in rows:
        groups.setdefault(row.exercise, []).append(row)
    return groups
