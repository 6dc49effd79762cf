"""Cells, ids, points and metadata that the submission has no right to."""

from __future__ import annotations

import copy

from nbformat import NotebookNode, v4

from ..attack import ALL, Attack
from ..target import RIGHT


def _cell(notebook: NotebookNode, identifier: str) -> NotebookNode:
    return next(cell for cell in notebook.cells if cell.id == identifier)


def _question(notebook: NotebookNode, question: str) -> NotebookNode:
    return _cell(notebook, f"question-{question}")


def _more_points(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        if "nbgrader" in cell.metadata:
            cell.metadata["nbgrader"]["points"] = 1000
            cell.metadata.get("certlab", {})["points"] = 1000


def _swapped_ids(notebook: NotebookNode) -> None:
    """The answer to the cheap question claims to be the dear one's."""
    one, other = _question(notebook, "scale"), _question(notebook, "predict")
    one.id, other.id = other.id, one.id
    one.metadata, other.metadata = other.metadata, one.metadata


def _easier_data(notebook: NotebookNode) -> None:
    given = next(cell for cell in notebook.cells if "default_rng" in cell.source)
    given.source += "\nx[:] = 0.0\nX_new[:] = 0.0\nwords = ['w0'] * 8"


def _fixed_seed(notebook: NotebookNode) -> None:
    parameters = next(c for c in notebook.cells if "parameters" in c.metadata.get("tags", []))
    parameters.source = "class Seven(int):\n    pass\nseed = Seven(7)"


def _own_probe(notebook: NotebookNode) -> None:
    cell = v4.new_code_cell("1.0", id="probe-total-1")
    cell.metadata = NotebookNode(certlab={"probe": "total", "rtol": 1e9, "role": "probe"})
    notebook.cells.append(cell)


def _injected(notebook: NotebookNode) -> None:
    cell = v4.new_code_cell("seed = 7\nx = np.zeros(60)")
    cell.metadata = NotebookNode(tags=["injected-parameters"])
    notebook.cells.insert(2, cell)


def _checks_gone(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        if "check" in cell.metadata.get("certlab", {}):
            cell.source = "pass"


def _many_copies(notebook: NotebookNode) -> None:
    cell = _question(notebook, "scale")
    for number in range(50):
        again = copy.deepcopy(cell)
        again.id = f"again-{number}"
        notebook.cells.append(again)


def _unlocked(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        cell.metadata["nbgrader"] = {"locked": False, "solution": True, "grade_id": "scale"}
        cell.metadata["editable"] = True


def _generated(notebook: NotebookNode) -> None:
    """Claims that its cells are the tool's own, so that nobody looks at them."""
    notebook.cells.insert(
        3, v4.new_code_cell("total = 1.0", metadata={"certlab": {"generated": "navigation"}})
    )


def _odd_metadata(notebook: NotebookNode) -> None:
    for number, cell in enumerate(notebook.cells):
        odd = [5, "tags", {"tags": {"question": ["a"]}}, [["a"]]][number % 4]
        cell.metadata["tags"] = odd
        cell.metadata["certlab"] = {"question": odd, "check": odd}
        cell.metadata["nbgrader"] = {"grade_id": odd, "solution": odd, "points": odd}


def _late_data(notebook: NotebookNode) -> None:
    """An extra cell before the probes of everything: the data that they draw on changes."""
    notebook.cells.insert(
        4, v4.new_code_cell("x = np.zeros(60)\nX_new = X\nseed = 7\nwords = ['w0'] * 8")
    )


def _edit(
    name: str, edit: object, status: str = "needs-review", reasons: str = "", **named: object
):  # type: ignore[no-untyped-def]
    return Attack("editing", name, edit=edit, status=status, reasons=reasons, **named)  # type: ignore[arg-type]


ATTACKS = [
    _edit("points", _more_points, reasons="metadata changed (points)"),
    _edit("ids-swapped", _swapped_ids, "graded", earns=frozenset()),
    _edit("data", _easier_data, reasons="locked cell edited"),
    _edit("seed", _fixed_seed, "graded"),
    _edit("probe", _own_probe, "graded"),
    _edit("injected-parameters", _injected, "graded"),
    _edit("checks", _checks_gone, reasons="locked cell edited"),
    _edit("copies", _many_copies, reasons="there 51 times"),
    _edit("unlocked", _unlocked, reasons="metadata changed", earns=frozenset()),
    _edit("generated", _generated, "graded"),
    _edit("odd-metadata", _odd_metadata),
    _edit(
        "extra-cell",
        _late_data,
        "graded",
        cells={"total": "total = 0.0", "text": "text = '-'.join(['w0'] * 8)"},
        earns=frozenset(),
        questions={"total": ("wrong", ""), "text": ("wrong", "")},
    ),
    Attack(
        "editing",
        "answers-in-the-wrong-cell",
        {"scale": "\n".join(RIGHT.values())},
        honest=frozenset(),
        earns=ALL,  # all of it is right, wherever it stands
    ),
]
