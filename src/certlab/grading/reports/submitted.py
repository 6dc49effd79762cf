"""What students handed in, for their feedback: the notebooks, and which cells answer what."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from certlab.curriculum import Exercise
from certlab.storage import StorageError
from certlab.storage import read as read_file

from ..batch import find_all
from ..marks import Mark
from ..splice import MAX_BYTES, Unreadable, question_positions, read_submission


@dataclass(frozen=True)
class Submitted:
    """A notebook that could be read."""

    notebook: NotebookNode
    positions: dict[int, str]  # cell's position -> question

    @property
    def answers(self) -> dict[str, str]:
        """The student's code by question; cells that answer the same one follow each other."""
        sources: dict[str, list[str]] = {}
        for position, question in self.positions.items():
            sources.setdefault(question, []).append(self.notebook.cells[position].source)
        return {question: "\n\n".join(parts) for question, parts in sources.items()}


class Desk:
    """Finds and reads the notebooks that marks were given for."""

    def __init__(
        self, folder: Path, exercises: Sequence[str], known: Mapping[str, Exercise]
    ) -> None:
        """Raises NoSubmissions when `folder` holds none."""
        self._known = known
        self._paths = {
            (entry.student, exercise): entry.path
            for exercise, entries in find_all(folder, exercises).items()
            for entry in entries
            if entry.path is not None
        }

    def read(self, mark: Mark) -> Submitted | str | None:
        """The notebook; None without one; or, in words, why this one gets no feedback."""
        path = self._paths.get((mark.student, mark.exercise))
        if path is None or mark.status == "unreadable":
            return None
        try:
            data = read_file(path, MAX_BYTES).data
            if mark.submission_hash not in ("", hashlib.sha256(data).hexdigest()):
                return (
                    f"{path} has changed since it was graded: no feedback notebook; grade it again"
                )
            notebook = read_submission(data)
        except (Unreadable, OSError, StorageError) as error:
            return f"{path} cannot be read any more: {error}"
        return Submitted(notebook, question_positions(self._known.get(mark.exercise), notebook))
