"""What an attack is: a submission, what its honest part earns, and what its row must say."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode

from certlab.build import exercise_notebook
from certlab.curriculum import Exercise

from .target import RIGHT

NAME = "target.ipynb"


@dataclass(frozen=True)
class Attack:
    """One student's submission."""

    family: str
    name: str
    cells: Mapping[str, str] = field(default_factory=dict)  # question: what is in its cell
    honest: frozenset[str] = frozenset({"scale"})  # answered right, unless `cells` says otherwise
    earns: frozenset[str] | None = None  # the questions that are right after all; None: `honest`
    status: str = "graded"
    questions: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # status, in the message
    reasons: str = ""  # what is among the row's reasons
    edit: Callable[[NotebookNode], object] | None = None  # of the notebook
    raw: Callable[[bytes], bytes] | None = None  # of the file
    place: Callable[[Path, bytes], object] | None = None  # how it is put into the student's folder
    folder: str = ""  # another name than the attack's for the student's folder

    @property
    def student(self) -> str:
        """The student's folder."""
        return self.folder or f"{self.family}-{self.name}"

    @property
    def right(self) -> frozenset[str]:
        """The questions that earn their points."""
        return self.honest if self.earns is None else self.earns

    def notebook(self, exercise: Exercise) -> NotebookNode:
        """What the student hands in."""
        notebook = exercise_notebook(exercise)
        sources = {question: RIGHT[question] for question in self.honest} | dict(self.cells)
        for cell in notebook.cells:
            question = cell.id.removeprefix("question-")
            if cell.id.startswith("question-") and question in sources:
                cell.source = sources[question]
        if self.edit is not None:
            self.edit(notebook)
        return notebook

    def hand_in(self, exercise: Exercise, submissions: Path) -> None:
        """Write the student's folder."""
        folder = submissions / self.student
        data = json.dumps(self.notebook(exercise)).encode()
        if self.raw is not None:
            data = self.raw(data)
        if self.place is not None:
            self.place(folder, data)
        else:
            folder.mkdir()
            (folder / NAME).write_bytes(data)


ALL = frozenset(RIGHT)
HONEST = [
    Attack("honest", "right", honest=ALL),
    Attack("honest", "half", honest=frozenset({"scale", "total", "text"})),
    Attack("honest", "blank", honest=frozenset()),
]
