"""Turns a module into its three notebooks, without outputs. Pure: reads and runs nothing."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Any

from nbformat import NotebookNode

from certlab.curriculum import Course, Exercise, ExerciseCell, Guide, Module, blank_source
from certlab.curriculum.cells import BUILT_KEY

from . import colab, navigation, quiz


def lesson_notebook(course: Course, module: Guide | Module) -> NotebookNode:
    """The lesson or guide, with navigation around it; a lesson's quiz is at its end."""
    cells = [
        _cell(cell.kind, cell.source, f"{cell.kind[:4]}", tags=cell.tags) for cell in module.lesson
    ]
    if isinstance(module, Module):
        cells.append(_generated("quiz", quiz.INTRODUCTION))
        cells += [
            _generated("quiz", quiz.item_markdown(number, item), item.id)
            for number, item in enumerate(module.quiz, start=1)
        ]
    header = module.header
    return _framed(course, module, "lesson", header.title, header.minutes, header.packages, cells)


def exercise_notebook(exercise: Exercise, course: Course | None = None) -> NotebookNode:
    """What learners get: no solution, no probes. Without `course`, without navigation."""
    return _exercise_like(exercise, course, "exercise")


def solution_notebook(exercise: Exercise, course: Course | None = None) -> NotebookNode:
    """The exercise with its solution and probes."""
    return _exercise_like(exercise, course, "solution")


def cell_id(cell: ExerciseCell, serial: int) -> str:
    """The id that an exercise's cell has in its notebooks."""
    if cell.question is None:
        return _hashed_id(cell.role, cell.source)
    return f"{cell.role}-{cell.question}" + (f"-{serial}" if serial > 1 else "")


def check_source(source: str, question: str) -> str:
    """A check with a last line that tells the learner that nothing failed."""
    line = f'print("✓ {question}: this check passes")'
    return source if source.endswith(line) else f"{source}\n\n{line}"


def _exercise_like(exercise: Exercise, course: Course | None, role: str) -> NotebookNode:
    titles = {question.id: question.title for question in exercise.questions}
    points = {question.id: question.points for question in exercise.questions}
    serials: Counter[tuple[str, str | None]] = Counter()
    cells = []
    for cell in exercise.cells:
        if role == "exercise" and cell.role in ("probe", "solution-only"):
            continue
        serials[cell.role, cell.question] += 1
        source, attributes, nbgrader = cell.source, {}, None
        if cell.role == "question":
            assert cell.question is not None
            attributes = {"question": cell.question, "points": cell.points}
            nbgrader = _nbgrader(cell.question, solution=True)
            if role == "exercise":
                source = blank_source(source, titles[cell.question])
        elif cell.role == "check":
            assert cell.question is not None
            attributes = {"check": cell.question}
            source = check_source(source, cell.question)
            nbgrader = _nbgrader(
                f"check-{cell.question}", grade=True, locked=True, points=points[cell.question]
            )
        elif cell.role == "probe":
            assert cell.rule is not None
            attributes = {"probe": cell.question, **cell.rule.model_dump(exclude_defaults=True)}
        identifier = cell_id(cell, serials[cell.role, cell.question])
        if cell.role == "given":
            nbgrader = _nbgrader(identifier, locked=True)
        kind = "markdown" if cell.role == "text" else "code"
        node = _node(kind, source, identifier, cell.tags)
        if attributes:
            node.metadata[BUILT_KEY] = attributes
        if nbgrader:
            node.metadata["nbgrader"] = nbgrader
        cells.append(node)
    header = exercise.header
    module = course.module(exercise.name) if course is not None else None
    return _framed(course, module, role, header.title, header.minutes, header.packages, cells)


def _framed(
    course: Course | None,
    module: Guide | Module | None,
    role: str,
    title: str,
    minutes: int,
    packages: list[str],
    cells: list[NotebookNode],
) -> NotebookNode:
    """Put navigation and, where needed, Colab's install cell around the author's cells."""
    sources = [cell.source for cell in cells if cell.cell_type == "code"]
    repository = course.file.repository if course is not None else None
    if missing := colab.missing_packages(sources, packages, repository):
        install = _generated("install", colab.install_source(missing), kind="code")
        cells = [install, *cells]
    if course is not None and module is not None:
        text = navigation.links(course, module, role)
        cells = [
            _generated("navigation", text, "top"),
            *cells,
            _generated("navigation", text, "bottom"),
        ]
    notebook = NotebookNode(cells=_unique_ids(cells), nbformat=4, nbformat_minor=5)
    built: dict[str, Any] = {"role": role, "title": title, "minutes": minutes}
    if module is not None:
        built["module"] = module.name
    if packages:
        built["packages"] = list(packages)
    notebook.metadata = NotebookNode(
        {
            "kernelspec": {
                "display_name": "Python 3 (ipykernel)",
                "language": "python",
                "name": "python3",
            },
            "language_info": {"name": "python"},
            BUILT_KEY: built,
        }
    )
    return notebook


def _cell(kind: str, source: str, role: str, tags: tuple[str, ...] = ()) -> NotebookNode:
    return _node(kind, source, _hashed_id(role, source), tags)


def _generated(what: str, source: str, name: str = "", kind: str = "markdown") -> NotebookNode:
    node = _node(kind, source, f"{what}-{name}" if name else what, ())
    node.metadata[BUILT_KEY] = {"generated": what}
    if kind == "code":
        node.metadata["jupyter"] = {"source_hidden": True}
    return node


def _node(kind: str, source: str, identifier: str, tags: tuple[str, ...]) -> NotebookNode:
    # nbformat's own constructors validate every cell, which takes longer than all the rest of a
    # build; the tests validate the notebooks as a whole.
    node = NotebookNode(cell_type=kind, id=identifier, metadata=NotebookNode(), source=source)
    if kind == "code":
        node.update(execution_count=None, outputs=[])
    if tags:
        node.metadata["tags"] = list(tags)
    return node


def _hashed_id(role: str, source: str) -> str:
    """An id that stays when other cells are added, moved or removed."""
    return f"{role}-{hashlib.sha256(source.encode()).hexdigest()[:8]}"


def _unique_ids(cells: list[NotebookNode]) -> list[NotebookNode]:
    seen: Counter[str] = Counter()
    for cell in cells:
        seen[cell.id] += 1
        if seen[cell.id] > 1:
            cell.id = f"{cell.id}-{seen[cell.id]}"
        cell.id = cell.id[:64]
    return cells


def _nbgrader(
    grade_id: str,
    *,
    grade: bool = False,
    solution: bool = False,
    locked: bool = False,
    points: float | None = None,
) -> dict[str, Any]:
    """nbgrader's cell metadata, schema 3 (nbgrader/nbgraderformat/v3.json)."""
    metadata: dict[str, Any] = {
        "schema_version": 3,
        "grade": grade,
        "solution": solution,
        "locked": locked,
        "task": False,
        "grade_id": grade_id,
    }
    if points is not None:
        metadata["points"] = points
    return metadata
