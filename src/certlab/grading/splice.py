"""Puts a student's code into the instructor's exercise.

The cells of the exercise, their order, points and ids come from the instructor. From the
submission come the code of each question and the extra cells that the student added. Everything
that does not fit is named in `reasons`, so that an odd submission is looked at and never becomes
a silent zero.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import nbformat
from nbformat import NotebookNode

from certlab.build import exercise_notebook, solution_notebook
from certlab.curriculum import Exercise
from certlab.curriculum.cells import BUILT_KEY, is_generated

MAX_BYTES = 50_000_000
MAX_BRACKETS = 1_000_000  # parsed, each pair may take a thousand bytes
MAX_CELLS = 5_000
_MAX_OLD_BYTES, _MAX_OLD_BRACKETS = 5_000_000, 100_000  # nbformat converts old formats slowly
_READ = ("cell_type", "source", "metadata", "id")  # all that is looked at of a cell
INJECTED = "injected-parameters"  # papermill's tag on the cell that assign added


class Unreadable(Exception):
    """A file that is no notebook; the message says why, for the student's row."""


@dataclass(frozen=True)
class Piece:
    """One cell to run: the instructor's, or the student's answer or extra cell."""

    role: str  # parameters, given, question, extra, probe
    source: str
    question: str | None = None


@dataclass
class Spliced:
    """The notebook that will run, and what was odd about the submission."""

    pieces: list[Piece]
    blank: set[str] = field(default_factory=set)
    missing: set[str] = field(default_factory=set)
    reasons: list[str] = field(default_factory=list)


def read_submission(data: bytes) -> NotebookNode:
    """Parse a submission. Raises Unreadable."""
    if not data.strip():
        raise Unreadable("the file is empty")
    if len(data) > MAX_BYTES:
        raise Unreadable(f"the file is too large ({len(data) / 1e6:.0f} MB)")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable("the file is not UTF-8 text; save it from Jupyter again") from error
    try:
        brackets = text.count("[") + text.count("{")
        if brackets > MAX_BRACKETS:
            raise ValueError("it has more parts than a notebook needs; clear its outputs")
        notebook = _notebook(text, brackets)
        if len(notebook.cells) > MAX_CELLS:
            raise ValueError(f"it has {len(notebook.cells)} cells")
        for cell in notebook.cells:
            if not isinstance(cell.source, str) or not isinstance(cell.cell_type, str):
                raise ValueError("a cell without source or type")
            cell.source = cell.source.encode("utf-8", "replace").decode()  # no half characters
            if not isinstance(cell.setdefault("metadata", NotebookNode()), dict):
                raise ValueError("a cell whose metadata is no object")
            if not isinstance(cell.get("id", ""), str):
                raise ValueError("a cell whose id is no text")
    except RecursionError as error:
        raise Unreadable("the file is nested too deeply to be a notebook") from error
    except Exception as error:  # nbformat raises many kinds for damaged notebooks
        raise Unreadable(f"the file is not a readable notebook ({_first_line(error)})") from error
    return notebook


def splice(exercise: Exercise, submission: NotebookNode) -> Spliced:
    """Put the submission's answers and extra cells into the exercise, as its solution runs."""
    return Splicer(exercise).splice(submission)


def _notebook(text: str, brackets: int) -> NotebookNode:
    """A version 4 notebook from JSON, without the schema's verdict on what no one reads."""
    data = json.loads(text)
    if not isinstance(data, dict) or not isinstance(data.get("nbformat"), int):
        raise ValueError("no notebook: it names no format")
    if data["nbformat"] != 4:
        if len(text) > _MAX_OLD_BYTES or brackets > _MAX_OLD_BRACKETS:
            raise ValueError("it is large and of an old format; save it from Jupyter again")
        return nbformat.reads(text, as_version=4)
    if not isinstance(data.get("cells"), list):
        raise ValueError("a notebook without a list of cells")
    cells = []
    for cell in data["cells"]:
        if not isinstance(cell, dict):
            raise ValueError("a cell that is no object")
        cell = {key: cell[key] for key in _READ if key in cell}
        if isinstance(cell.get("source"), list):
            cell["source"] = "".join(cell["source"])
        cells.append(cell)
    return nbformat.from_dict({"nbformat": 4, "metadata": {}, "cells": cells})


class Splicer:
    """Splices any number of submissions to one exercise; what they share is prepared once.

    A cell is recognised by its metadata, then by its id, then by being the same text as a cell
    that was handed out. What remains between the neighbours of a question that was not found is
    its answer (a notebook whose metadata a tool has stripped); everything else is an extra cell.
    """

    def __init__(self, exercise: Exercise) -> None:
        handed_out = exercise_notebook(exercise).cells
        self._instructor = [cell for cell in handed_out if not is_generated(cell)]
        self._known = _Known(self._instructor)
        self.cells = list(solution_cells(exercise))
        self._blanks = {
            cell.metadata[BUILT_KEY]["question"]: cell.source
            for cell in self._instructor
            if "question" in cell.metadata.get(BUILT_KEY, {})
        }

    def splice(self, submission: NotebookNode) -> Spliced:
        """Put the submission's answers and extra cells into the exercise, as its solution runs."""
        odd = _Oddities()
        answers, extras = _match(self._instructor, self._known, list(submission.cells), odd)
        result = Spliced(pieces=[])
        result.pieces += [Piece("extra", source) for source in extras.get(None, [])]
        parameters: Piece | None = None
        for cell in self.cells:
            if cell.role == "parameters":
                parameters = cell.piece
            elif (
                cell.role in ("given", "probe")
                and parameters is not None
                and _students_code_since(result.pieces, parameters)
            ):
                # A left-over `seed = 3` of the student's must not change the instructor's data.
                result.pieces.append(parameters)
            if cell.role == "question":
                assert cell.question is not None
                sources = answers.get(cell.question, [])
                stub = self._blanks[cell.question]
                if not sources:
                    result.missing.add(cell.question)
                    odd.add("question missing", cell.question)
                elif all(_is_blank(source, stub) for source in sources):
                    result.blank.add(cell.question)
                result.pieces += [Piece("question", source, cell.question) for source in sources]
            elif cell.role not in ("text", "check", "solution-only"):
                result.pieces.append(cell.piece)
            result.pieces += [Piece("extra", source) for source in extras.get(cell.identifier, [])]
        result.reasons = odd.reasons()
        return result

    def question_positions(self, submitted: list[NotebookNode]) -> dict[int, str]:
        """Which question each cell answers, by the cell's position."""
        recognised = [_recognise(self._known, cell) for cell in submitted]
        found = dict(enumerate(recognised)) | _recover(self._instructor, submitted, recognised)
        questions = {
            position: match.metadata.get(BUILT_KEY, {}).get("question")
            for position, match in found.items()
            if match is not None
        }
        return {position: question for position, question in questions.items() if question}


def question_positions(exercise: Exercise | None, submission: NotebookNode) -> dict[int, str]:
    """Which question each cell of a submission answers, by the cell's position.

    Found as `splice` finds them; without the exercise, by what the cells' metadata says.
    """
    submitted = list(submission.cells)
    if exercise is None:
        keys = [_key(cell) or "" for cell in submitted]
        return {
            position: key.removeprefix("question:")
            for position, key in enumerate(keys)
            if key.startswith("question:") and submitted[position].cell_type == "code"
        }
    return Splicer(exercise).question_positions(submitted)


def _students_code_since(pieces: list[Piece], parameters: Piece) -> bool:
    for piece in reversed(pieces):
        if piece is parameters:
            return False
        if piece.role in ("extra", "question"):
            return True
    return False


@dataclass(frozen=True)
class SolutionCell:
    """A code cell of the exercise and the id it has in the notebook handed out."""

    identifier: str
    role: str
    source: str
    question: str | None

    @property
    def piece(self) -> Piece:
        """The cell as something to run."""
        return Piece(self.role, self.source, self.question)


def solution_cells(exercise: Exercise) -> Iterator[SolutionCell]:
    """The exercise's own cells in order, with the ids that the build gave them."""
    built = [cell for cell in solution_notebook(exercise).cells if not is_generated(cell)]
    for cell, node in zip(exercise.cells, built, strict=True):
        yield SolutionCell(node.id, cell.role, cell.source, cell.question)


class _Oddities:
    """What was odd about a submission, each kind once with the cells that it concerns."""

    def __init__(self) -> None:
        self._cells: dict[str, list[str]] = {}

    def add(self, what: str, label: str) -> None:
        labels = self._cells.setdefault(what, [])
        if label not in labels:
            labels.append(label)

    def reasons(self) -> list[str]:
        return [f"{what}: {', '.join(labels)}" for what, labels in self._cells.items()]


class _Known:
    """The cells that were handed out, by what they can be recognised by."""

    def __init__(self, instructor: list[NotebookNode]) -> None:
        self.by_id = {cell.id: cell for cell in instructor}
        self.by_key = {key: cell for cell in instructor if (key := _key(cell)) is not None}
        self.by_text: dict[str, NotebookNode] = {}
        for cell in instructor:
            self.by_text.setdefault(_normal(cell.source), cell)


def _match(
    instructor: list[NotebookNode],
    known: _Known,
    submitted: list[NotebookNode],
    odd: _Oddities,
) -> tuple[dict[str, list[str]], dict[str | None, list[str]]]:
    """Recognise each submitted cell; return answers by question and extra cells by anchor."""
    recognised = [_recognise(known, cell) for cell in submitted]
    by_place = _recover(instructor, submitted, recognised)
    answers: dict[str, list[str]] = {}
    extras: dict[str | None, list[str]] = {}
    anchor: str | None = None
    counts: dict[str, int] = {}
    for position, cell in enumerate(submitted):
        match = recognised[position] or by_place.get(position)
        if match is None:
            if cell.cell_type == "code" and not _ignored(cell):
                extras.setdefault(anchor, []).append(cell.source)
            continue
        anchor = match.id
        counts[match.id] = counts.get(match.id, 0) + 1
        question = match.metadata.get(BUILT_KEY, {}).get("question")
        if question is not None:
            answers.setdefault(question, []).append(cell.source)
            if position in by_place:
                odd.add("found by its place, because its metadata is lost", _label(match))
        elif _is_locked(match) and _normal(cell.source) != _normal(match.source):
            odd.add("locked cell edited (the instructor's was used)", _label(match))
        if question is not None or _is_locked(match):
            _note_tampering(cell, match, odd)
    _note_miscounted(instructor, counts, odd)
    return answers, extras


def _recognise(known: _Known, cell: NotebookNode) -> NotebookNode | None:
    """The handed-out cell that a submitted cell is: by metadata, else by id, else by text."""
    match = known.by_key.get(_key(cell) or "") or known.by_id.get(cell.get("id", ""))
    if match is None or match.cell_type != cell.cell_type:
        match = known.by_text.get(_normal(cell.source))
    return match


def _recover(
    instructor: list[NotebookNode],
    submitted: list[NotebookNode],
    recognised: list[NotebookNode | None],
) -> dict[int, NotebookNode]:
    """Positions of unrecognised code cells that stand where a question's cell was handed out."""
    found = {cell.id for cell in recognised if cell is not None}
    lost = {
        position: cell
        for position, cell in enumerate(instructor)
        if cell.id not in found and "question" in cell.metadata.get(BUILT_KEY, {})
    }
    if not lost:
        return {}
    ids = [cell.id if cell is not None else None for cell in recognised]
    matcher = difflib.SequenceMatcher(None, [cell.id for cell in instructor], ids, autojunk=False)
    recovered: dict[int, NotebookNode] = {}
    for kind, start, end, first, last in matcher.get_opcodes():
        if kind != "replace":
            continue
        questions = [lost[position] for position in range(start, end) if position in lost]
        positions = [
            position
            for position in range(first, last)
            if ids[position] is None
            and submitted[position].cell_type == "code"
            and not _ignored(submitted[position])
        ]
        if len(questions) == 1:
            recovered |= {position: questions[0] for position in positions}
        elif len(questions) == len(positions):
            recovered |= dict(zip(positions, questions, strict=True))
    return recovered


def _note_miscounted(
    instructor: list[NotebookNode], counts: dict[str, int], odd: _Oddities
) -> None:
    for cell in instructor:
        count = counts.get(cell.id, 0)
        if cell.cell_type != "code":
            continue
        if count > 1:
            odd.add(f"there {count} times", _label(cell))
        elif not count and _is_locked(cell):
            odd.add("locked cell missing (the instructor's was used)", _label(cell))


def _note_tampering(cell: NotebookNode, match: NotebookNode, odd: _Oddities) -> None:
    """Ids and points that a submission claims and the exercise does not."""
    for key in ("nbgrader", BUILT_KEY):
        mine, theirs = match.metadata.get(key), cell.metadata.get(key)
        if not isinstance(mine, dict) or not isinstance(theirs, dict):
            continue
        for name in ("points", "grade_id", "question", "check", "grade", "locked", "solution"):
            if name in theirs and theirs[name] != mine.get(name):
                odd.add(f"metadata changed ({name})", _label(match))


def _key(cell: NotebookNode) -> str | None:
    """What the metadata says a cell is."""
    built = cell.metadata.get(BUILT_KEY)
    if isinstance(built, dict):
        for role in ("question", "check"):
            if isinstance(built.get(role), str):
                return f"{role}:{built[role]}"
    nbgrader = cell.metadata.get("nbgrader")
    if isinstance(nbgrader, dict) and isinstance(nbgrader.get("grade_id"), str):
        grade_id = nbgrader["grade_id"]
        if grade_id.startswith("check-"):
            return f"check:{grade_id.removeprefix('check-')}"
        return f"question:{grade_id}" if nbgrader.get("solution") else f"given:{grade_id}"
    tags = cell.metadata.get("tags", [])
    return "parameters" if isinstance(tags, list) and "parameters" in tags else None


def _ignored(cell: NotebookNode) -> bool:
    """Cells that the tool itself put in: the drawn parameters, navigation, Colab's install."""
    tags: Any = cell.metadata.get("tags", [])
    return is_generated(cell) or (isinstance(tags, list) and INJECTED in tags)


def _is_locked(cell: NotebookNode) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get("locked"))


def _label(cell: NotebookNode) -> str:
    """What a person calls the cell: its question, its check, or its first line of code."""
    built = cell.metadata.get(BUILT_KEY, {})
    if "question" in built:
        return str(built["question"])
    if "check" in built:
        return f"check of {built['check']}"
    code = [line for line in cell.source.splitlines() if line.strip() and line[0] != "#"]
    return f"`{code[0].strip()[:40]}`" if code else str(cell.id)


def _is_blank(source: str, stub: str) -> bool:
    """Whether the cell is as it was handed out, or holds nothing but comments."""
    code = [line for line in source.splitlines() if line.strip() and line.strip()[0] != "#"]
    return _normal(source) == _normal(stub) or not code


def _normal(source: str) -> str:
    return "\n".join(line.rstrip() for line in source.strip().splitlines())


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:120]
