"""Reads what is compared: the students' code, and the code that explains likeness."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from certlab.build import exercise_notebook
from certlab.curriculum import Exercise
from certlab.storage import StorageError
from certlab.storage import read as read_file

from ..batch import Submission
from ..splice import MAX_BYTES, Unreadable, question_positions, read_submission
from .compare import Cell, Work

_MOST_CHARACTERS = 100_000  # of code in one submission; a hundred times what an exercise asks for


@dataclass(frozen=True)
class Skipped:
    """A submission that was not compared, or not as a whole, and why."""

    student: str
    reason: str


def read_works(
    exercise: Exercise, submissions: Sequence[Submission]
) -> tuple[list[Work], list[Skipped]]:
    """Every submission's code cells, and what could not be read."""
    works, skipped = [], []
    for entry in submissions:
        if entry.path is None:
            skipped.append(Skipped(entry.student, entry.problem))
            continue
        try:
            notebook = read_submission(read_file(entry.path, MAX_BYTES).data)
        except (Unreadable, StorageError) as error:
            skipped.append(Skipped(entry.student, str(error)))
            continue
        except OSError as error:
            skipped.append(Skipped(entry.student, f"the file cannot be read ({error.strerror})"))
            continue
        positions = question_positions(exercise, notebook)
        cells, left = [], _MOST_CHARACTERS
        for position, cell in enumerate(notebook.cells):
            if cell.cell_type != "code":
                continue
            label = positions.get(position, f"cell {position + 1}")
            cells.append(Cell(label, cell.source[:left]))
            left -= len(cell.source)
            if left <= 0:
                reason = f"only its first {_MOST_CHARACTERS:,} characters of code were compared"
                skipped.append(Skipped(entry.student, reason))
                break
        works.append(Work(entry.student, tuple(cells)))
    return works, skipped


def exercise_sources(exercise: Exercise) -> list[str]:
    """All code that the exercise itself brings: stubs, given cells, checks, solution and probes."""
    handed_out = [cell for cell in exercise_notebook(exercise).cells if cell.cell_type == "code"]
    own = [cell.source for cell in exercise.cells if cell.role != "text"]
    return [cell.source for cell in handed_out] + own
