"""Writes the class report: an HTML page and a CSV of the marks."""

from __future__ import annotations

import csv
import io
import statistics
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from certlab.build import write_atomically

from .gradebook import GradedSubmission, exercises


@dataclass(frozen=True)
class QuestionSummary:
    """How a class did on one question."""

    question: str
    max: float
    correct: int
    students: int
    statuses: dict[str, int]

    @property
    def success(self) -> float:
        """Share of students who have it right, 0 to 1."""
        return self.correct / self.students if self.students else 0.0


@dataclass(frozen=True)
class ExerciseSummary:
    """How a class did on one exercise."""

    exercise: str
    rows: list[GradedSubmission]
    questions: list[QuestionSummary]
    statuses: dict[str, int]

    @property
    def max(self) -> float:
        """Points that can be reached."""
        return max(row.max for row in self.rows)

    @property
    def mean(self) -> float:
        """Mean score of the class."""
        return statistics.fmean(row.score for row in self.rows)

    @property
    def median(self) -> float:
        """Median score of the class."""
        return statistics.median(row.score for row in self.rows)


def write_report(rows: list[GradedSubmission], out: Path) -> list[Path]:
    """Write `report.html` and `marks.csv` into `out`; return their paths."""
    page, marks = out / "report.html", out / "marks.csv"
    write_atomically(page, render_html(summarise(rows)))
    write_atomically(marks, render_csv(rows))
    return [page, marks]


def summarise(rows: list[GradedSubmission]) -> list[ExerciseSummary]:
    """Per exercise, the questions in order with their success."""
    summaries = []
    for exercise, group in exercises(rows).items():
        order: dict[str, list] = {}
        for row in group:
            for question in row.questions:
                order.setdefault(question.question, []).append(question)
        summaries.append(
            ExerciseSummary(
                exercise=exercise,
                rows=group,
                questions=[
                    QuestionSummary(
                        question=identifier,
                        max=max(entry.max for entry in entries),
                        correct=sum(entry.status == "correct" for entry in entries),
                        students=len(entries),
                        statuses=dict(Counter(entry.status for entry in entries).most_common()),
                    )
                    for identifier, entries in order.items()
                ],
                statuses=dict(Counter(row.status for row in group).most_common()),
            )
        )
    return summaries


def render_html(summaries: list[ExerciseSummary]) -> str:
    """The class report; everything that came from a submission is escaped."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("certlab.grading", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html").render(summaries=summaries)


def render_csv(rows: list[GradedSubmission]) -> str:
    """One line per student, exercise and question, and one with the exercise's total."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["student", "exercise", "question", "score", "max", "status", "message"])
    for row in rows:
        reasons = "; ".join(row.reasons)
        writer.writerow(
            _cells(row.student, row.exercise, "total", row.score, row.max, row.status, reasons)
        )
        for question in row.questions:
            writer.writerow(
                _cells(
                    row.student,
                    row.exercise,
                    question.question,
                    question.score,
                    question.max,
                    question.status,
                    question.message,
                )
            )
    return stream.getvalue()


def _cells(*values: object) -> list[object]:
    """Keep spreadsheets from reading a student's text as a formula."""
    return [
        f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t") else value
        for value in values
    ]
