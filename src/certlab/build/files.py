"""Compares the built notebooks with the source, and writes what differs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from certlab.curriculum import Course
from certlab.curriculum.cells import BUILT_KEY
from certlab.storage import write_atomically

from . import outputs
from .navigation import TREES, notebook_path
from .notebooks import exercise_notebook, lesson_notebook, solution_notebook


@dataclass(frozen=True)
class Difference:
    """A built file that does not follow from the source."""

    path: Path  # relative to the course
    reason: str  # "is missing", "differs from …", "has no source"


def check(course: Course) -> list[Difference]:
    """Every built file that differs from what `build` would write. Runs nothing."""
    differences = []
    expected: set[Path] = set()
    for path, source, notebook in _planned(course):
        expected.add(path)
        reason = _compare(course.root / path, notebook, source)
        if reason is not None:
            differences.append(Difference(path, reason))
    for path in _stale(course, expected):
        differences.append(Difference(path, "has no source in curriculum/"))
    return differences


def build(
    course: Course,
    *,
    rerun: bool = False,
    progress: Callable[[str], None] = lambda message: None,
) -> list[Path]:
    """Write every notebook that differs; return the paths written or removed.

    A solution runs only when its code has changed since its outputs were stored, or with `rerun`.
    Raises outputs.ExecutionFailed when a solution does not run; files written before it stay.
    """
    changed: list[Path] = []
    expected: set[Path] = set()
    with outputs.comparable_display():
        for path, _, notebook in _planned(course):
            expected.add(path)
            target = course.root / path
            if notebook.metadata[BUILT_KEY]["role"] == "solution":
                before = None if rerun else _read(target)
                kept = outputs.carry_over(notebook, before) if before is not None else None
                if kept is None:
                    progress(f"running {path}")
                    kept = outputs.run(notebook, str(path))
                notebook = kept
            if _write_if_changed(target, canonical(notebook)):
                progress(f"wrote {path}")
                changed.append(path)
    for path in _stale(course, expected):
        (course.root / path).unlink()
        progress(f"removed {path}")
        changed.append(path)
    return changed


def canonical(notebook: NotebookNode) -> str:
    """The one way in which a notebook is written: sorted keys, one-space indent, UTF-8."""
    return json.dumps(_split_sources(notebook), sort_keys=True, indent=1, ensure_ascii=False) + "\n"


def _planned(course: Course) -> Iterator[tuple[Path, Path, NotebookNode]]:
    for guide in course.guides:
        path = Path(notebook_path(guide.name, "lesson"))
        yield path, guide.folder / "lesson.py", lesson_notebook(course, guide)
    for module in course.modules:
        lesson, exercise = module.folder / "lesson.py", module.folder / "exercise.py"
        yield Path(notebook_path(module.name, "lesson")), lesson, lesson_notebook(course, module)
        yield (
            Path(notebook_path(module.name, "exercise")),
            exercise,
            exercise_notebook(module.exercise, course),
        )
        yield (
            Path(notebook_path(module.name, "solution")),
            exercise,
            solution_notebook(module.exercise, course),
        )


def _compare(path: Path, notebook: NotebookNode, source: Path) -> str | None:
    if not path.is_file():
        return "is missing"
    differs = f"differs from {source.parent.parent.name}/{source.parent.name}/{source.name}"
    before = _read(path)
    if before is None:
        return "is not a readable notebook"
    if notebook.metadata[BUILT_KEY]["role"] == "solution":
        kept = outputs.carry_over(notebook, before)
        if kept is None:
            return f"{differs}: its outputs are of older code"
        notebook = kept
    return None if path.read_text(encoding="utf-8") == canonical(notebook) else differs


def _read(path: Path) -> NotebookNode | None:
    try:
        # from_dict instead of nbformat.read: no schema validation, 100 modules in seconds
        data = nbformat.from_dict(_join_sources(json.loads(path.read_text(encoding="utf-8"))))
        return data if isinstance(data.cells, list) else None
    except (OSError, ValueError, AttributeError, TypeError, KeyError):
        return None


def _write_if_changed(path: Path, text: str) -> bool:
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return False
    write_atomically(path, text)
    return True


def _stale(course: Course, expected: set[Path]) -> list[Path]:
    """Notebooks in the built trees that certlab wrote and that no module builds any more."""
    stale = []
    for tree in TREES.values():
        for path in sorted((course.root / tree).rglob("*.ipynb")):
            relative = path.relative_to(course.root)
            if relative in expected or ".ipynb_checkpoints" in path.parts:
                continue
            notebook = _read(path)
            if notebook is not None and BUILT_KEY in notebook.metadata:
                stale.append(relative)
    return stale


def _split_sources(notebook: NotebookNode) -> dict[str, object]:
    """Multi-line strings as lists of lines, as Jupyter saves them, so that diffs read well."""
    copied = nbformat.from_dict(json.loads(json.dumps(notebook)))
    return nbformat.v4.rwbase.split_lines(copied)


def _join_sources(data: dict) -> dict:
    return nbformat.v4.rwbase.rejoin_lines(nbformat.from_dict(data))
