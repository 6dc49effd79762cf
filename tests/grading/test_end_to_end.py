"""Assign to a class, hand in what classes hand in, grade, and get exactly the expected marks."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from certlab.curriculum import Exercise, read_exercise
from certlab.curriculum.exercises import BEGIN, END
from certlab.grading.gradebook import Gradebook
from tests.conftest import certlab

EXERCISE = "01-math/04-gradient-descent"
ROSTER = Path(__file__).with_name("roster.csv")
ODD = "stable_limit"  # the question that the odd submissions get wrong


def question(notebook: NotebookNode, identifier: str) -> NotebookNode:
    return next(
        cell
        for cell in notebook.cells
        if cell.metadata.get("certlab", {}).get("question") == identifier
    )


def solve(notebook: NotebookNode, exercise: Exercise, leave: tuple[str, ...] = ()) -> None:
    for cell in exercise.cells:
        if cell.role == "question" and cell.question not in leave:
            lines = [line for line in cell.source.splitlines() if line.strip() not in (BEGIN, END)]
            question(notebook, str(cell.question)).source = "\n".join(lines)


def right(notebook: NotebookNode, exercise: Exercise) -> None:
    solve(notebook, exercise)


def partly(notebook: NotebookNode, exercise: Exercise) -> None:
    solve(notebook, exercise, leave=(ODD,))


def wrong(notebook: NotebookNode, exercise: Exercise) -> None:
    solve(notebook, exercise)
    question(notebook, ODD).source += (
        f"\n\n_right = {ODD}\n"
        f"{ODD} = (lambda *given: 2 * _right(*given)) if callable(_right) else 2 * _right"
    )


def blank(notebook: NotebookNode, exercise: Exercise) -> None:
    """Hands in what was handed out."""


def crashing(notebook: NotebookNode, exercise: Exercise) -> None:
    solve(notebook, exercise)
    question(notebook, ODD).source = f"{ODD} = 1 / 0"


def endless(notebook: NotebookNode, exercise: Exercise) -> None:
    solve(notebook, exercise)
    question(notebook, ODD).source = "while True:\n    pass"


def killing(notebook: NotebookNode, exercise: Exercise) -> None:
    solve(notebook, exercise)
    question(notebook, ODD).source = "import os\n\nos._exit(1)"


def deleted(notebook: NotebookNode, exercise: Exercise) -> None:
    solve(notebook, exercise)
    notebook.cells.remove(question(notebook, ODD))


def doubled(notebook: NotebookNode, exercise: Exercise) -> None:
    """A blank cell and, further down, its copy with the answer."""
    solve(notebook, exercise)
    cell = question(notebook, ODD)
    copy = nbformat.from_dict(json.loads(json.dumps(cell)))
    copy.id = "a-copy"
    cell.source = "raise NotImplementedError"
    notebook.cells.insert(notebook.cells.index(cell) + 1, copy)


def stripped(notebook: NotebookNode, exercise: Exercise) -> None:
    solve(notebook, exercise)
    for number, cell in enumerate(notebook.cells):
        cell.metadata = NotebookNode()
        cell.id = f"cell-{number}"


def tampering(notebook: NotebookNode, exercise: Exercise) -> None:
    for cell in notebook.cells:
        if "check" in cell.metadata.get("certlab", {}):
            cell.source = "pass"
            cell.metadata["nbgrader"]["points"] = 100


# student: (what is handed in, marks lost, submission's status, status of the odd question)
HANDED_IN: dict[str, tuple[Callable, str | None, str, str]] = {
    "s01-right": (right, None, "graded", "correct"),
    "s02-partly": (partly, ODD, "graded", "blank"),
    "s03-wrong": (wrong, ODD, "graded", "wrong"),
    "s04-blank": (blank, "all", "graded", "blank"),
    "s05-crashing": (crashing, ODD, "graded", "error"),
    "s06-endless": (endless, ODD, "graded", "timeout"),
    "s07-killing": (killing, ODD, "graded", "error"),
    "s08-deleted": (deleted, ODD, "needs-review", "missing"),
    "s09-doubled": (doubled, None, "needs-review", "correct"),
    "s10-stripped": (stripped, None, "needs-review", "correct"),
    "s11-truncated": (right, "all", "unreadable", "missing"),
    "s12-tampering": (tampering, "all", "needs-review", "blank"),
}


@pytest.fixture(scope="module")
def caged(tmp_path_factory: pytest.TempPathFactory) -> str | None:
    """Why this machine has no cage, or None when it has."""
    if sys.platform != "linux":
        return "namespaces are Linux's"
    from certlab.execution import cage

    return cage.works(tmp_path_factory.mktemp("root"))


@pytest.mark.slow
@pytest.mark.parametrize("isolation", ["namespaces", "process"])
def test_assign_hand_in_grade_and_report(
    root: Path, tmp_path: Path, isolation: str, caged: str | None
) -> None:
    if isolation == "namespaces" and caged is not None:
        pytest.skip(f"no cage on this machine: {caged}")
    exercise = read_exercise(root / "curriculum" / EXERCISE / "exercise.py", EXERCISE)
    folder, book = tmp_path / "submissions", tmp_path / "gradebook.db"
    secret = ("--secret", tmp_path / "secret")
    done = certlab("assign", EXERCISE, "--roster", ROSTER, "--out", folder, *secret, cwd=root)
    assert done.returncode == 0, done.stderr
    for student, (hand_in, *_) in HANDED_IN.items():
        path = folder / student / f"{EXERCISE.split('/')[1]}.ipynb"
        notebook = nbformat.read(path, as_version=4)
        hand_in(notebook, exercise)
        nbformat.write(notebook, path)
    truncated = folder / "s11-truncated" / f"{EXERCISE.split('/')[1]}.ipynb"
    truncated.write_text(truncated.read_text("utf-8")[:2000], "utf-8")

    options = ("--gradebook", book, "--cell-timeout", 6, "--draws", 2, *secret)
    options += ("--isolation", isolation)
    done = certlab("grade", EXERCISE, folder, *options, "--json", cwd=root)
    assert done.returncode == 3, done.stderr  # one submission is unreadable
    results = {row["student"]: row for row in map(json.loads, done.stdout.splitlines())}
    points = {question.id: question.points for question in exercise.questions}
    marks = {}
    for student, (_, lost, status, odd) in HANDED_IN.items():
        row = results.pop(student)
        zero = set(points) if lost == "all" else {lost}
        marks[student] = sum(value for name, value in points.items() if name not in zero)
        assert row["score"] == marks[student], (student, row)
        assert row["max"] == sum(points.values())
        assert row["status"] == status, (student, row)
        assert row["questions"][ODD]["status"] == odd, (student, row)
        assert bool(row["reasons"]) == (status != "graded"), (student, row)
    assert not results

    again = certlab("grade", EXERCISE, folder, *options, cwd=root)  # updates, never doubles
    assert again.returncode == 3, again.stderr
    assert "s03-wrong" in again.stdout
    rows = Gradebook(str(book)).rows()
    assert {row.student: row.score for row in rows} == marks
    assert all(len(row.questions) == len(points) for row in rows)

    options = ("--submissions", folder)
    done = certlab("report", book, "--out", tmp_path / "report", *options, cwd=root)
    assert done.returncode == 0, done.stderr
    html = (tmp_path / "report" / "report.html").read_text("utf-8")
    assert all(student in html for student in HANDED_IN)
    right = sum(odd == "correct" for *_, odd in HANDED_IN.values())
    readable = sum(status != "unreadable" for *_, status, _ in HANDED_IN.values())
    assert f"{right} of {readable}</td>" in html.split(f'<th scope="row">{ODD}')[1]
    with (tmp_path / "report" / "marks.csv").open(encoding="utf-8", newline="") as stream:
        totals = {
            row["student"]: float(row["score"])
            for row in csv.DictReader(stream)
            if row["question"] == "total"
        }
    assert totals == marks


@pytest.mark.slow
def test_an_instructors_own_exercise(tiny: Path, tmp_path: Path) -> None:
    """Any exercise.py or solution notebook in the format, outside any course."""
    source = tiny / "curriculum/01-basics/01-one/exercise.py"
    mine = tmp_path / "alone" / "exercise.py"
    mine.parent.mkdir()
    mine.write_bytes(source.read_bytes())
    (tmp_path / "roster.csv").write_text("student\ns1\n", "utf-8")
    arguments = ("--roster", "roster.csv", "--out", "out", "--secret", "secret")
    done = certlab("assign", mine, *arguments, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    options = ("--isolation", "process", "--secret", "secret", "--json")
    done = certlab("grade", mine, "out", *options, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    row = json.loads(done.stdout)
    assert (row["student"], row["exercise"], row["score"]) == ("s1", "alone", 0.0)
    assert {entry["status"] for entry in row["questions"].values()} == {"blank"}
    assert (tmp_path / "gradebook.db").is_file()
