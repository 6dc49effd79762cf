"""The student's code finds its place in the exercise, whatever happened to the file."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from certlab.build import exercise_notebook
from certlab.curriculum import Exercise, read_exercise
from certlab.grading.splice import Unreadable, read_submission, splice
from tests.conftest import edit

MINE = {"twice": "def twice(values):\n    return values + values", "total": "total = sum(x)"}


@pytest.fixture
def exercise(tiny: Path) -> Exercise:
    return read_exercise(tiny / "curriculum/01-basics/01-one/exercise.py", "01-basics/01-one")


@pytest.fixture
def submission(exercise: Exercise) -> NotebookNode:
    """The exercise with both questions answered."""
    notebook = exercise_notebook(exercise)
    for identifier, source in MINE.items():
        cell(notebook, f"question-{identifier}").source = source
    return notebook


def cell(notebook: NotebookNode, identifier: str) -> NotebookNode:
    return next(node for node in notebook.cells if node.id == identifier)


def answers(exercise: Exercise, notebook: NotebookNode) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for piece in splice(exercise, notebook).pieces:
        if piece.role == "question":
            found.setdefault(str(piece.question), []).append(piece.source)
    return found


def test_answers_replace_the_solution_and_nothing_is_odd(
    exercise: Exercise, submission: NotebookNode
) -> None:
    spliced = splice(exercise, submission)
    assert [piece.role for piece in spliced.pieces] == [
        "parameters",
        "given",
        "question",
        "parameters",
        "probe",
        "question",
        "parameters",
        "probe",
    ]
    assert answers(exercise, submission) == {key: [source] for key, source in MINE.items()}
    assert not spliced.reasons
    assert not spliced.blank
    assert not any("2 * values" in piece.source for piece in spliced.pieces)


def test_an_untouched_exercise_is_blank(exercise: Exercise) -> None:
    spliced = splice(exercise, exercise_notebook(exercise))
    assert spliced.blank == {"twice", "total"}
    assert not spliced.reasons


def test_a_cell_with_nothing_but_comments_is_blank(
    exercise: Exercise, submission: NotebookNode
) -> None:
    cell(submission, "question-total").source = "# I do not know\n\n"
    assert splice(exercise, submission).blank == {"total"}


def test_extra_cells_keep_their_place(exercise: Exercise, submission: NotebookNode) -> None:
    position = submission.cells.index(cell(submission, "question-twice"))
    submission.cells.insert(position, nbformat.v4.new_code_cell("import math"))
    submission.cells.append(nbformat.v4.new_code_cell("last = 1"))
    spliced = splice(exercise, submission)
    assert [(piece.role, piece.source) for piece in spliced.pieces if piece.role == "extra"] == [
        ("extra", "import math"),
        ("extra", "last = 1"),
    ]
    roles = [piece.role for piece in spliced.pieces]
    assert roles.index("extra") == roles.index("question") - 1
    assert not spliced.reasons


def test_a_deleted_question_is_missing_and_reported(
    exercise: Exercise, submission: NotebookNode
) -> None:
    submission.cells.remove(cell(submission, "question-total"))
    spliced = splice(exercise, submission)
    assert spliced.missing == {"total"}
    assert spliced.reasons == ["question missing: total"]


def test_a_doubled_question_runs_in_order_and_is_reported(
    exercise: Exercise, submission: NotebookNode
) -> None:
    double = copy.deepcopy(cell(submission, "question-total"))
    double.id, double.source = "another", "total = 0.0"
    submission.cells.append(double)
    spliced = splice(exercise, submission)
    assert answers(exercise, submission)["total"] == ["total = sum(x)", "total = 0.0"]
    assert spliced.reasons == ["there 2 times: total"]


def test_stripped_metadata_is_recovered_by_id(exercise: Exercise, submission: NotebookNode) -> None:
    for node in submission.cells:
        node.metadata = NotebookNode()
    assert answers(exercise, submission) == {key: [source] for key, source in MINE.items()}


@pytest.mark.parametrize("with_extra", [False, True])
def test_stripped_metadata_and_ids_are_recovered_by_place(
    exercise: Exercise, submission: NotebookNode, with_extra: bool
) -> None:
    if with_extra:
        submission.cells.insert(2, nbformat.v4.new_code_cell("import math"))
    for number, node in enumerate(submission.cells):
        node.metadata = NotebookNode()
        node.id = f"cell-{number}"
    spliced = splice(exercise, submission)
    assert answers(exercise, submission) == {key: [source] for key, source in MINE.items()}
    assert spliced.reasons == ["found by its place, because its metadata is lost: twice, total"]


def test_edited_locked_cells_are_the_instructors_and_reported(
    exercise: Exercise, submission: NotebookNode
) -> None:
    given = next(node for node in submission.cells if node.id.startswith("given-"))
    given.source = "x = [0]"
    cell(submission, "check-total").source = "pass"
    spliced = splice(exercise, submission)
    assert not any(piece.source == "x = [0]" for piece in spliced.pieces)
    assert spliced.reasons == [
        "locked cell edited (the instructor's was used): `import numpy as np`, check of total"
    ]


def test_claimed_points_are_ignored_and_reported(
    exercise: Exercise, submission: NotebookNode
) -> None:
    cell(submission, "check-total").metadata["nbgrader"]["points"] = 100
    spliced = splice(exercise, submission)
    assert spliced.reasons == ["metadata changed (points): check of total"]


def test_a_question_with_anothers_id_is_reported(
    exercise: Exercise, submission: NotebookNode
) -> None:
    node = cell(submission, "question-total")
    node.metadata["certlab"]["question"] = "twice"
    spliced = splice(exercise, submission)
    assert spliced.reasons
    assert "total" in spliced.missing


def test_the_drawn_parameters_are_not_the_students(
    exercise: Exercise, submission: NotebookNode
) -> None:
    injected = nbformat.v4.new_code_cell("seed = 99", metadata={"tags": ["injected-parameters"]})
    submission.cells.insert(2, injected)
    spliced = splice(exercise, submission)
    assert not any("99" in piece.source for piece in spliced.pieces)
    assert not spliced.reasons


def test_a_seed_in_an_extra_cell_does_not_change_the_data(
    exercise: Exercise, submission: NotebookNode
) -> None:
    """As when a tool strips the tags of the cell that assign added, or a learner experiments."""
    submission.cells.insert(2, nbformat.v4.new_code_cell("seed = 99"))
    roles = [(piece.role, piece.source) for piece in splice(exercise, submission).pieces]
    assert roles[1:3] == [("extra", "seed = 99"), ("parameters", "seed = 7")]
    assert roles[3][0] == "given"


def test_changing_the_seed_to_practise_is_not_odd(
    exercise: Exercise, submission: NotebookNode
) -> None:
    next(node for node in submission.cells if node.id.startswith("param")).source = "seed = 12"
    spliced = splice(exercise, submission)
    assert spliced.pieces[0].source == "seed = 7"
    assert not spliced.reasons


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b'{"cells": [', "not a readable notebook"),
        (b"[]", "not a readable notebook"),
        (b'"text"', "not a readable notebook"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"PK\x03\x04", "not a readable notebook"),
        (b'{"nbformat": 99, "cells": []}', "not a readable notebook"),
        (b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": 7}', "not a readable"),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
def test_unreadable_files_say_why(data: bytes, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        read_submission(data)


def test_an_old_format_is_upgraded(exercise: Exercise, submission: NotebookNode) -> None:
    old = json.loads(json.dumps(submission))
    old["nbformat_minor"] = 2
    for node in old["cells"]:
        node.pop("id")
    notebook = read_submission(json.dumps(old).encode())
    assert answers(exercise, notebook) == {key: [source] for key, source in MINE.items()}


def test_a_solution_notebook_serves_as_the_exercise(
    tiny_built: Path, submission: NotebookNode
) -> None:
    exercise = read_exercise(tiny_built / "solutions/01-basics/01-one.ipynb")
    spliced = splice(exercise, submission)
    assert not spliced.reasons
    assert answers(exercise, submission) == {key: [source] for key, source in MINE.items()}


def test_task_headings_do_not_matter(tiny: Path, submission: NotebookNode) -> None:
    """Text that was improved after the notebook was handed out costs nobody anything."""
    path = tiny / "curriculum/01-basics/01-one/exercise.py"
    edit(path, "Set `total` to the sum of `x`.", "Set `total` to the sum of all of `x`.")
    spliced = splice(read_exercise(path), submission)
    assert not spliced.reasons
    assert not spliced.missing
