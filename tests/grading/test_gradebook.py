"""The gradebook updates and never doubles; the report shows it, escaped."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from certlab.grading.report import write_report

from certlab.grading.gradebook import Gradebook, GradebookError
from certlab.grading.results import QuestionResult, SubmissionResult


def result(student: str, *scores: float, message: str = "") -> SubmissionResult:
    questions = {
        f"q{number}": QuestionResult(score, 2.0, "correct" if score else "wrong", message)
        for number, score in enumerate(scores, start=1)
    }
    return SubmissionResult(student, "unit", "graded", questions, seconds=1.0)


def test_grading_again_updates(tmp_path: Path) -> None:
    book = Gradebook(str(tmp_path / "book.db"))
    book.record(result("s1", 0, 0, 2))
    book.record(result("s2", 2, 2, 2))
    book.record(result("s1", 2, 0))  # the exercise has lost a question since
    rows = book.rows()
    assert [(row.student, row.score, len(row.questions)) for row in rows] == [
        ("s1", 2.0, 2),
        ("s2", 6.0, 3),
    ]
    assert rows[0].graded_at.year >= 2026


def test_a_gradebook_that_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(GradebookError, match="cannot open"):
        Gradebook(f"sqlite:///{tmp_path}/no/such/folder/book.db")
    with pytest.raises(GradebookError, match="cannot open"):
        Gradebook("nonsense://somewhere")
    (tmp_path / "text.db").write_text("this is no database" * 100, "utf-8")
    with pytest.raises(GradebookError, match=r"text\.db"):
        Gradebook(str(tmp_path / "text.db"))


def test_report_counts_and_escapes(tmp_path: Path) -> None:
    book = Gradebook(str(tmp_path / "book.db"))
    book.record(result("s1", 2, 2))
    book.record(result("<script>alert(1)</script>", 2, 0, message="=HYPERLINK('x') <b>bold</b>"))
    page, marks = write_report(book.rows(), tmp_path / "report")
    html = page.read_text("utf-8")
    assert "<script>alert" not in html
    assert "&lt;script&gt;" in html
    assert "<b>bold" not in html
    assert "2 of 2" in html
    assert "1 of 2" in html
    assert "mean 3.0" in html
    with marks.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    totals = {row["student"]: float(row["score"]) for row in rows if row["question"] == "total"}
    assert totals == {"s1": 4.0, "<script>alert(1)</script>": 2.0}
    assert all(row["message"][:1] != "=" for row in rows)


def test_report_of_an_empty_gradebook(tmp_path: Path) -> None:
    page, _ = write_report(Gradebook(str(tmp_path / "book.db")).rows(), tmp_path / "report")
    assert "no results yet" in page.read_text("utf-8")
