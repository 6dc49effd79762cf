"""Reads a jupytext percent file, or a notebook built from one, as a list of located cells."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jupytext
import nbformat
import yaml

from . import yaml_files
from .problems import CurriculumError, Problem

BUILT_KEY = "certlab"  # cell and notebook metadata of built notebooks live under this key
_JUPYTEXT_NOISE = {"lines_to_next_cell", "lines_to_end_of_cell_marker", "cell_marker"}


@dataclass(frozen=True)
class Cell:
    """One cell as its author wrote it, and where."""

    number: int  # 1 is the first cell after the header
    kind: str  # "markdown" or "code"
    source: str
    line: int | None = None  # of the cell's marker in a percent file
    tags: tuple[str, ...] = ()
    attributes: dict[str, Any] = field(default_factory=dict)  # question, points, check, probe, …

    @property
    def where(self) -> str:
        """The cell's place, in words for an error message."""
        place = f"cell {self.number}"
        if self.line is not None:
            place += f", line {self.line}"
        for role in ("question", "check", "probe"):
            if role in self.attributes:
                place += f', {role}="{self.attributes[role]}"'
        return place


def read_percent(path: Path) -> tuple[dict[str, Any], list[Cell]]:
    """Return the YAML header and the cells of a jupytext percent file.

    Raises CurriculumError when the file is not UTF-8 or its header is not a YAML mapping.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise CurriculumError(
            [Problem(path, "", f"not UTF-8 text ({error.reason})", "save the file as UTF-8")]
        ) from error
    notebook = jupytext.reads(text, fmt="py:percent")
    cells = list(notebook.cells)
    header: dict[str, Any] = {}
    if cells and cells[0].cell_type == "raw" and cells[0].source.startswith("---"):
        header = _parse_header(path, cells.pop(0).source)
    lines = _marker_lines(text)
    if len(lines) != len(cells):  # an implicit first cell without marker; numbers still hold
        lines = [None] * len(cells)
    return header, [
        _cell(number, cell, line, _percent_attributes(cell))
        for number, (cell, line) in enumerate(zip(cells, lines, strict=True), start=1)
    ]


def read_built(path: Path) -> tuple[dict[str, Any], list[Cell]]:
    """Return the header data and the author's cells of a notebook written by `certlab build`.

    Cells that the build added (navigation, quiz, Colab set-up) are left out.
    """
    try:
        notebook = nbformat.read(path, as_version=4)
    except Exception as error:  # nbformat lets JSON, schema and Unicode errors through as they are
        raise CurriculumError(
            [Problem(path, "", f"not a readable notebook ({error})", "build it again")]
        ) from error
    header = dict(notebook.metadata.get(BUILT_KEY, {}))
    kept = [cell for cell in notebook.cells if not is_generated(cell)]
    return header, [
        _cell(number, cell, None, cell.metadata.get(BUILT_KEY, {}))
        for number, cell in enumerate(kept, start=1)
    ]


def is_generated(cell: nbformat.NotebookNode) -> bool:
    """Whether the build made this cell, rather than an author."""
    built = cell.metadata.get(BUILT_KEY)
    return isinstance(built, dict) and "generated" in built


def _parse_header(path: Path, source: str) -> dict[str, Any]:
    mend = "write `# ---`, one `# key: value` per line, `# ---` at the top of the file"
    try:
        header = yaml_files.parse(source.strip().strip("-"))
    except yaml.YAMLError as error:
        raise CurriculumError(
            [Problem(path, "header", f"not valid YAML: {error}", mend)]
        ) from error
    if not isinstance(header, dict):
        raise CurriculumError([Problem(path, "header", "not a mapping of keys to values", mend)])
    return header


def _marker_lines(text: str) -> list[int | None]:
    return [
        number
        for number, line in enumerate(text.splitlines(), start=1)
        if re.match(r"# %%(\s|$)", line)
    ]


def _percent_attributes(cell: nbformat.NotebookNode) -> dict[str, Any]:
    return {
        key: value
        for key, value in cell.metadata.items()
        if key not in _JUPYTEXT_NOISE and key != "tags"
    }


def _cell(
    number: int, cell: nbformat.NotebookNode, line: int | None, attributes: dict[str, Any]
) -> Cell:
    tags = tuple(cell.metadata.get("tags", ()))
    return Cell(number, cell.cell_type, cell.source, line, tags, dict(attributes))
