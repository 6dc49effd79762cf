"""The gradebook: one row per student and exercise, in SQLite or PostgreSQL.

What the machine found and what an instructor decided are kept apart: recording a result replaces
the machine's mark and never an override.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from . import gradebook_schema as schema
from .harmless import harmless
from .results import QuestionResult, QuestionStatus, Status, SubmissionResult

_PASSWORD = re.compile(r"(://[^:/@]*):[^@]*@")


class GradebookError(Exception):
    """The database cannot be used; the message names it and the reason."""


@dataclass(frozen=True)
class GradedQuestion:
    """The machine's mark of one question."""

    question: str
    score: float
    max: float
    status: QuestionStatus
    message: str
    draws_right: int = 0
    draws: int = 0


@dataclass(frozen=True)
class GradedSubmission:
    """The row of one submission, as it was graded."""

    student: str
    exercise: str
    status: Status
    score: float
    max: float
    seconds: float
    reasons: tuple[str, ...]
    submission_hash: str
    graded_at: datetime.datetime
    questions: tuple[GradedQuestion, ...]
    key: str = ""
    submitted_at: datetime.datetime | None = None


@dataclass(frozen=True)
class Override:
    """An instructor's points for one question, and why."""

    student: str
    exercise: str
    question: str
    points: float
    why: str
    made_at: datetime.datetime


class Gradebook:
    """Reads and writes results; recording a student's exercise again replaces its row."""

    def __init__(self, url: str) -> None:
        """`url` is a database URL, or a file's path for SQLite. Raises GradebookError."""
        self.name = _PASSWORD.sub(r"\1:***@", url)
        try:
            self._engine = schema.connect(url)
            schema.prepare(self._engine)
        except (SQLAlchemyError, ImportError, schema.NotAGradebook) as error:
            raise GradebookError(f"cannot open the gradebook {self.name}: {_why(error)}") from error

    def record(self, result: SubmissionResult) -> None:
        """Insert or replace the row of one submission, at once and whole. Raises GradebookError."""
        self.record_many([result])

    def record_many(self, results: Iterable[SubmissionResult]) -> None:
        """Record several in one transaction: all of them or, when it fails, none."""
        # Always in the same order, so that two processes never wait for each other in a circle.
        ordered = sorted(results, key=lambda result: (result.exercise, result.student))
        for attempt in range(2):
            try:
                with self._writing() as connection:
                    for result in ordered:
                        _replace(connection, result)
                return
            except IntegrityError as error:
                # Another process has recorded the same student for the first time, just now.
                if attempt:
                    raise GradebookError(self._cannot_write(error)) from error

    def rows(self, exercise: str | None = None) -> list[GradedSubmission]:
        """Every row, or one exercise's, by exercise and student."""
        return self._rows(exercise=exercise)

    def row(self, student: str, exercise: str) -> GradedSubmission | None:
        """The row of one submission."""
        rows = self._rows(student=student, exercise=exercise)
        return rows[0] if rows else None

    def result(self, student: str, exercise: str) -> SubmissionResult | None:
        """What was recorded for one submission, as grading returned it."""
        row = self.row(student, exercise)
        if row is None:
            return None
        return SubmissionResult(
            student=row.student,
            exercise=row.exercise,
            status=row.status,
            questions={
                question.question: QuestionResult(
                    question.score,
                    question.max,
                    question.status,
                    question.message,
                    question.draws_right,
                    question.draws,
                )
                for question in row.questions
            },
            seconds=row.seconds,
            reasons=row.reasons,
            submission_hash=row.submission_hash,
            key=row.key,
            submitted_at=row.submitted_at,
        )

    def keys(self, exercise: str) -> dict[str, str]:
        """What was graded of each student, so that a batch that was cut off can go on."""
        table = schema.submissions
        query = select(table.c.student, table.c.key).where(table.c.exercise == harmless(exercise))
        with self._reading() as connection:
            return {student: key for student, key in connection.execute(query)}

    def override(
        self, student: str, exercise: str, question: str, points: float, why: str
    ) -> Override:
        """Set an instructor's points for one question; replaces an earlier override of it."""
        made = Override(
            harmless(student),
            harmless(exercise),
            harmless(question),
            points,
            harmless(why),
            datetime.datetime.now(datetime.UTC),
        )
        with self._writing() as connection:
            _delete_override(connection, student, exercise, question)
            connection.execute(insert(schema.overrides), vars(made))
        return made

    def remove_override(self, student: str, exercise: str, question: str) -> bool:
        """Let the machine's mark count again; return whether there was an override."""
        with self._writing() as connection:
            return _delete_override(connection, student, exercise, question) > 0

    def overrides(self, exercise: str | None = None) -> list[Override]:
        """Every override, or one exercise's, by exercise, student and question."""
        table = schema.overrides
        query = select(table).order_by(table.c.exercise, table.c.student, table.c.question)
        if exercise is not None:
            query = query.where(table.c.exercise == exercise)
        with self._reading() as connection:
            return [Override(**row._mapping) for row in connection.execute(query)]

    def close(self) -> None:
        """Give back the database's connections."""
        self._engine.dispose()

    def _rows(self, **wanted: str | None) -> list[GradedSubmission]:
        submissions, questions = schema.submissions, schema.questions
        first = select(submissions).order_by(submissions.c.exercise, submissions.c.student)
        second = select(questions).order_by(
            questions.c.exercise, questions.c.student, questions.c.position
        )
        for name, value in wanted.items():
            if value is not None:
                first = first.where(submissions.c[name] == harmless(value))
                second = second.where(questions.c[name] == harmless(value))
        with self._reading() as connection:
            rows = [dict(row._mapping) for row in connection.execute(first)]
            found = [dict(row._mapping) for row in connection.execute(second)]
        marks = {
            owner: tuple(_graded_question(entry) for entry in entries)
            for owner, entries in groupby(found, lambda row: (row["student"], row["exercise"]))
        }
        return [
            GradedSubmission(
                **row | {"reasons": tuple(row["reasons"])},
                questions=marks.get((row["student"], row["exercise"]), ()),
            )
            for row in rows
        ]

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        try:
            with self._engine.begin() as connection:
                if connection.dialect.name == "postgresql":
                    # the submissions and their questions as they were at one moment
                    connection.exec_driver_sql(
                        "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"
                    )
                yield connection
        except SQLAlchemyError as error:
            raise GradebookError(f"cannot read the gradebook {self.name}: {_why(error)}") from error

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        try:
            with (
                self._engine.connect().execution_options(certlab_write=True) as connection,
                connection.begin(),
            ):
                yield connection
        except IntegrityError:
            raise
        except SQLAlchemyError as error:
            raise GradebookError(self._cannot_write(error)) from error

    def _cannot_write(self, error: Exception) -> str:
        return f"cannot write to the gradebook {self.name}: {_why(error)}"


def exercises(rows: Iterable[GradedSubmission]) -> dict[str, list[GradedSubmission]]:
    """Rows by exercise."""
    groups: dict[str, list[GradedSubmission]] = {}
    for row in rows:
        groups.setdefault(row.exercise, []).append(row)
    return groups


def _replace(connection: Connection, result: SubmissionResult) -> None:
    owner = {"student": harmless(result.student), "exercise": harmless(result.exercise)}
    values = {
        "status": result.status,
        "score": result.score,
        "max": result.max,
        "seconds": result.seconds,
        "reasons": [harmless(reason) for reason in result.reasons],
        "submission_hash": result.submission_hash,
        "graded_at": datetime.datetime.now(datetime.UTC),
        "key": result.key,
        "submitted_at": result.submitted_at,
    }
    # Update first: it locks the row, and says whether there is one.
    table = schema.submissions
    mine = _same(table, owner)
    if not connection.execute(update(table).where(*mine).values(values)).rowcount:
        connection.execute(insert(table), owner | values)
    connection.execute(delete(schema.questions).where(*_same(schema.questions, owner)))
    rows = [
        owner
        | {
            "question": harmless(identifier),
            "position": position,
            "score": question.score,
            "max": question.max,
            "status": question.status,
            "message": harmless(question.message),
            "draws_right": question.draws_right,
            "draws": question.draws,
        }
        for position, (identifier, question) in enumerate(result.questions.items())
    ]
    if rows:
        connection.execute(insert(schema.questions), rows)


def _delete_override(connection: Connection, student: str, exercise: str, question: str) -> int:
    key = {"student": student, "exercise": exercise, "question": question}
    return connection.execute(
        delete(schema.overrides).where(*_same(schema.overrides, key))
    ).rowcount


def _same(table: Any, values: dict[str, str]) -> Sequence[Any]:
    return [table.c[name] == harmless(value) for name, value in values.items()]


def _graded_question(row: dict[str, Any]) -> GradedQuestion:
    return GradedQuestion(
        **{name: row[name] for name in row if name not in ("student", "exercise", "position")}
    )


def _why(error: Exception) -> str:
    if isinstance(error, ImportError) and "psycopg" in str(error):
        return "PostgreSQL's driver is missing; pip install 'certlab[postgres]'"
    text = str(getattr(error, "orig", None) or error)
    return (text.splitlines() or [type(error).__name__])[0]
