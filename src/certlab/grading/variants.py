"""Seeds: one per student for the notebook handed out, and hidden ones for grading.

All of them come from a secret, so that nobody can compute another student's variant or the draws
that a submission will be graded on, and the same command draws the same seeds again.
"""

from __future__ import annotations

import csv
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import nbformat

from certlab.build import exercise_notebook
from certlab.build.files import canonical
from certlab.curriculum import Course, Exercise
from certlab.storage import read_text, uploads, write_atomically

SECRET_FILE = Path(".certlab") / "secret"
MANIFEST = "manifest.json"
_SEED_BITS = 31  # positive and within a signed 32-bit integer, which every library takes


class RosterError(Exception):
    """A roster that cannot be used; the message names the file, the line and the mend."""


@dataclass(frozen=True)
class Variant:
    """What one student was given."""

    student: str
    exercise: str
    seed: int
    file: str  # relative to the manifest
    sha256: str


def read_secret(path: Path) -> bytes:
    """Read the course's secret, or create it with mode 600 when there is none yet."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as stream:
            stream.write(secrets.token_hex(32) + "\n")
    secret = path.read_bytes().strip()
    if len(secret) < 16:
        raise ValueError(f"{path} is too short to be a secret; remove it and run again")
    return secret


def student_seed(secret: bytes, student: str, exercise: str) -> int:
    """The seed of the variant that a student is given."""
    return _seed(secret, "variant", student, exercise)


def hidden_seeds(secret: bytes, exercise: str, draws: int) -> list[int]:
    """The seeds that every submission to an exercise is graded on."""
    return [_seed(secret, "draw", str(number), exercise) for number in range(draws)]


def _seed(secret: bytes, *parts: str) -> int:
    message = json.dumps(parts).encode()
    digest = hmac.new(secret, message, hashlib.sha256).digest()
    return int.from_bytes(digest[:8], "big") % (2**_SEED_BITS)


def read_roster(path: Path) -> list[str]:
    """Return the names in the `student` column of a CSV file. Raises RosterError."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = csv.DictReader(stream)
            if rows.fieldnames is None or "student" not in rows.fieldnames:
                found = ", ".join(rows.fieldnames or []) or "nothing"
                raise RosterError(
                    f"{path}: no column `student` in the first line (found: {found}); add it"
                )
            students = [(rows.line_num, (row["student"] or "").strip()) for row in rows]
    except UnicodeDecodeError as error:
        raise RosterError(f"{path}: not UTF-8 text; save it as CSV UTF-8") from error
    except csv.Error as error:
        raise RosterError(f"{path}: not a CSV file ({error})") from error
    seen: set[str] = set()
    for line, student in students:
        if not student:
            raise RosterError(f"{path}, line {line}: empty student name; fill it in")
        if student.startswith(".") or any(c in '/\\:*?"<>|' or ord(c) < 32 for c in student):
            raise RosterError(
                f"{path}, line {line}: {student!r} cannot be a folder's name; "
                "use letters, digits, '-', '_', '.' or '@'"
            )
        if student in seen:
            raise RosterError(f"{path}, line {line}: {student!r} is there twice; remove one")
        seen.add(student)
    if not students:
        raise RosterError(f"{path}: no student in it; write one name per line below `student`")
    return [student for _, student in students]


def assign(
    exercise: Exercise,
    students: Iterable[str],
    secret: bytes,
    out: Path,
    course: Course | None = None,
) -> list[Variant]:
    """Write `out/<student>/<exercise>.ipynb` for every student and the manifest beside them.

    The notebooks are papermill's parameterisation of the exercise; an existing file of the same
    variant is left alone, because a student may have begun to work in it.
    """
    from papermill.parameterize import parameterize_notebook

    blank = exercise_notebook(exercise, course)
    file_name = exercise.name.split("/")[-1] + ".ipynb"
    variants = []
    with uploads():
        for student in students:
            seed = student_seed(secret, student, exercise.name)
            notebook = parameterize_notebook(_papermill_ready(blank), {"seed": seed})
            injected = next(
                cell
                for cell in notebook.cells
                if "injected-parameters" in cell.metadata.get("tags", [])
            )
            injected.id = "injected-parameters"  # papermill draws one at random
            notebook.metadata.pop("papermill", None)
            text = canonical(notebook)
            write_atomically(out / student / file_name, text, keep=True)
            digest = hashlib.sha256(text.encode()).hexdigest()
            variants.append(Variant(student, exercise.name, seed, f"{student}/{file_name}", digest))
    _update_manifest(out / MANIFEST, variants)
    return variants


def read_manifest(path: Path) -> list[Variant]:
    """Return what `assign` wrote; nothing where it wrote nothing."""
    text = read_text(path)
    data = json.loads(text) if text is not None else {"variants": []}
    return [Variant(**entry) for entry in data["variants"]]


def _update_manifest(path: Path, variants: list[Variant]) -> None:
    """Add to the manifest what is new, so that one folder can hold several exercises."""
    entries = {(entry.student, entry.exercise): entry for entry in read_manifest(path)}
    entries |= {(entry.student, entry.exercise): entry for entry in variants}
    data = {"version": 1, "variants": [asdict(entries[key]) for key in sorted(entries)]}
    write_atomically(path, json.dumps(data, indent=1, ensure_ascii=False) + "\n")


def _papermill_ready(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """A copy with the metadata that papermill expects after loading a file."""
    copy = nbformat.from_dict(json.loads(json.dumps(notebook)))
    copy.metadata.setdefault("papermill", nbformat.NotebookNode())
    for cell in copy.cells:
        cell.metadata.setdefault("tags", [])
    return copy
