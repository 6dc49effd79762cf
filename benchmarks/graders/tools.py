"""The graders: CertLab, nbgrader, Otter-Grader and the floor. Each grades the same students.

`prepare` writes what a tool needs and is not timed; `grade` is timed by its commands.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import nbformat

from certlab.build import exercise_notebook, solution_notebook
from certlab.curriculum.cells import BUILT_KEY
from certlab.grading.runners import imported_modules
from certlab.grading.variants import hidden_seeds

from .floor import cells_of, probe_cells
from .measure import Measured, ToolFailed, measure
from .students import Assignment, Student
from .tests_of import test_source

Marks = dict[str, dict[str, float]]  # by student and question

_SECRET = b"the benchmark's own secret"
_FLOOR = Path(__file__).with_name("floor.py")
_OTTER = "otter-grader>=6"
_SAME_VERSIONS = ("numpy", "scipy", "pandas", "scikit-learn", "tensorflow", "keras", "ipykernel")


@dataclass(frozen=True)
class Work:
    """An assignment, the seed that it is graded on, and what its solution gives."""

    assignment: Assignment
    source: Path  # exercise.py
    seed: int
    values: dict[str, Any]

    @property
    def name(self) -> str:
        """The assignment's name."""
        return self.assignment.name


class Tool(Protocol):
    """A grader."""

    name: str

    def grade(
        self, work: Work, students: Sequence[Student], folder: Path
    ) -> tuple[Measured, Marks]:
        """Grade the students in a new folder; return what it took and the marks."""


def make_work(assignment: Assignment, source: Path, folder: Path) -> Work:
    """Run the solution once on the seed that CertLab's grader will draw."""
    (seed,) = hidden_seeds(_SECRET, assignment.name, 1)
    folder.mkdir(parents=True)
    _, _, values = _run_floor(assignment, source, seed, [], 1, folder)
    return Work(assignment, source, seed, values)


class CertLab:
    """`certlab grade` with one hidden draw."""

    name = "certlab"

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs

    def prepare(self, work: Work, students: Sequence[Student], folder: Path) -> list[str]:
        """Write the submissions; return the command that grades them."""
        handed_out = exercise_notebook(work.assignment.exercise)
        for student in students:
            notebook = json.loads(json.dumps(handed_out))
            for cell in notebook["cells"]:
                if (question := cell["metadata"].get(BUILT_KEY, {}).get("question")) is not None:
                    cell["source"] = student.answers[question]
            _write(folder / "submissions" / student.name / f"{work.name}.ipynb", notebook)
        secret = folder / "secret"
        secret.write_bytes(_SECRET)
        options = ["--draws", "1", "--jobs", str(self._jobs), "--secret", str(secret), "--json"]
        options += ["--gradebook", str(folder / "gradebook.db")]
        command = [sys.executable, "-m", "certlab.cli", "grade"]
        return [*command, str(work.source), str(folder / "submissions"), *options]

    def grade(
        self, work: Work, students: Sequence[Student], folder: Path
    ) -> tuple[Measured, Marks]:
        """Grade the students in a new folder; return what it took and the marks."""
        command = self.prepare(work, students, folder)
        measured = measure([["sh", "-c", 'exec "$@" > marks.jsonl', "sh", *command]], cwd=folder)
        lines = (folder / "marks.jsonl").read_text("utf-8").splitlines()
        rows = [json.loads(line) for line in lines]
        odd = [row["student"] for row in rows if row["status"] != "graded"]
        if odd:
            raise ToolFailed(f"certlab calls {', '.join(odd[:5])} not gradable")
        return measured, {
            row["student"]: {key: entry["score"] for key, entry in row["questions"].items()}
            for row in rows
        }


class NbGrader:
    """`nbgrader autograde`, which grades one submission after the other."""

    name = "nbgrader"

    def grade(
        self, work: Work, students: Sequence[Student], folder: Path
    ) -> tuple[Measured, Marks]:
        """Grade the students in a new folder; return what it took and the marks."""
        course = folder / "course"
        _write(course / "source" / work.name / f"{work.name}.ipynb", self._source(work))
        (course / "nbgrader_config.py").write_text(
            "c = get_config()\n"
            "c.CourseDirectory.course_id = 'benchmark'\n"
            "c.ExecutePreprocessor.timeout = 120\n",
            "utf-8",
        )
        (folder / "home").mkdir()
        env = _environment(Path(sys.executable).parent, folder / "home")
        nbgrader = [sys.executable, "-m", "nbgrader"]
        measure([[*nbgrader, "generate_assignment", work.name, "--create"]], cwd=course, env=env)
        release = course / "release" / work.name / f"{work.name}.ipynb"
        for student in students:
            notebook = json.loads(release.read_text("utf-8"))
            for cell in notebook["cells"]:
                question = cell["metadata"].get("nbgrader", {}).get("grade_id")
                if question in student.answers:
                    cell["source"] = student.answers[question]
            target = course / "submitted" / student.name / work.name / f"{work.name}.ipynb"
            _write(target, notebook)
        measured = measure([[*nbgrader, "autograde", work.name, "--create"]], cwd=course, env=env)
        return measured, self._marks(course, work.name)

    def _source(self, work: Work) -> dict[str, Any]:
        """The solution notebook, with tests in the place of the probes and without the checks."""
        exercise = work.assignment.exercise
        notebook = json.loads(json.dumps(solution_notebook(exercise)))
        points = {question.id: question.points for question in exercise.questions}
        probes = iter(probe_cells(exercise).items())
        cells = []
        for cell in notebook["cells"]:
            built = cell["metadata"].get(BUILT_KEY, {})
            if "check" in built:
                continue
            if "parameters" in cell["metadata"].get("tags", ()):
                cell["source"] += f"\nseed = {work.seed}"
                cell["metadata"]["nbgrader"] = _locked("parameters")
            elif "probe" in built:
                key, probe = next(probes)
                test = test_source(key, probe, work.values)
                cell["source"] = f"### BEGIN HIDDEN TESTS\n{test}\n### END HIDDEN TESTS"
                question = built["probe"]
                if question not in points:
                    raise ValueError(f"{work.source}: a second probe for {question}")
                cell["metadata"]["nbgrader"] = _locked(f"test-{question}") | {
                    "grade": True,
                    "points": points.pop(question),
                }
            cells.append(cell)
        return notebook | {"cells": cells}

    def _marks(self, course: Path, name: str) -> Marks:
        from nbgrader.api import Gradebook

        marks: Marks = {}
        with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
            for submission in book.assignment_submissions(name):
                (notebook,) = submission.notebooks
                marks[submission.student.id] = {
                    grade.name.removeprefix("test-"): grade.score for grade in notebook.grades
                }
        return marks


class Otter:
    """`otter run`, one command per submission, as many at a time as there are jobs."""

    name = "otter"

    def __init__(self, jobs: int, environments: Path) -> None:
        self._jobs = jobs
        self._environment = environments / "otter"

    def install(self) -> str:
        """Make the environment where there is none, with the same libraries; return the version."""
        python = self._environment / "bin" / "python"
        if not (self._environment / ".complete").exists():
            uv = _uv()
            subprocess.run(
                [uv, "venv", "--quiet", "--clear", "--python", sys.executable, self._environment],
                check=True,
            )
            same = [f"{name}=={importlib.metadata.version(name)}" for name in _SAME_VERSIONS]
            install = [uv, "pip", "install", "--quiet", "--compile-bytecode"]
            subprocess.run([*install, "--python", python, _OTTER, *same], check=True)
            (self._environment / ".complete").touch()
        ask = "import importlib.metadata; print(importlib.metadata.version('otter-grader'))"
        return subprocess.run(
            [python, "-c", ask], check=True, capture_output=True, text=True
        ).stdout.strip()

    def grade(
        self, work: Work, students: Sequence[Student], folder: Path
    ) -> tuple[Measured, Marks]:
        """Grade the students in a new folder; return what it took and the marks."""
        exercise = work.assignment.exercise
        points = {question.id: question.points for question in exercise.questions}
        tests = folder / "tests"
        tests.mkdir(parents=True)
        for key, probe in probe_cells(exercise).items():
            code = test_source(key, probe, work.values)
            (tests / f"{probe.question}.py").write_text(
                "from otter.test_files import test_case\n\nOK_FORMAT = False\n"
                f"name = {probe.question!r}\npoints = {points[probe.question or '']}\n\n"
                f"CODE = {code!r}\n\n\n@test_case()\ndef test_value(env):\n"
                "    exec(CODE, env)\n",
                "utf-8",
            )
        config = folder / "otter_config.json"
        config.write_text(json.dumps({"print_summary": False, "logo": False}), "utf-8")
        for student in students:
            cells = cells_of(exercise, work.seed, dict(student.answers))
            notebook = nbformat.v4.new_notebook(
                cells=[nbformat.v4.new_code_cell(source) for key, source in cells if not key],
                metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
            )
            _write(folder / student.name / f"{work.name}.ipynb", notebook)
            (folder / student.name / "out").mkdir()
        (folder / "home").mkdir()
        bin_folder = self._environment / "bin"
        env = _environment(bin_folder, folder / "home")
        otter = [str(bin_folder / "python"), "-m", "otter"]
        archive = folder / "autograder.zip"
        generate = ["generate", "-t", str(tests), "-o", str(archive), "-c", str(config)]
        measure([[*otter, *generate, "--no-environment", "--no-requirements"]], cwd=folder, env=env)
        run = [*otter, "run", "--no-logo", "-a", str(archive)]
        commands = []
        for student in students:
            own = folder / student.name
            commands.append([*run, "-o", str(own / "out"), str(own / f"{work.name}.ipynb")])
        measured = measure(commands, cwd=folder, env=env, jobs=self._jobs)
        return measured, {
            student.name: self._marks(folder / student.name / "out" / "results.json", points)
            for student in students
        }

    def _marks(self, path: Path, points: dict[str, float]) -> dict[str, float]:
        marks = dict.fromkeys(points, 0.0)
        for test in json.loads(path.read_text("utf-8"))["tests"]:
            for question in points:
                if test["name"].split(" ")[0] == question:
                    marks[question] = float(test.get("score", 0.0))
        return marks


class Floor:
    """The same cells in forked children of a warm Python."""

    name = "floor"

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs

    def grade(
        self, work: Work, students: Sequence[Student], folder: Path
    ) -> tuple[Measured, Marks]:
        """Grade the students in a new folder; return what it took and the marks."""
        folder.mkdir(parents=True, exist_ok=True)
        measured, marks, _ = _run_floor(
            work.assignment, work.source, work.seed, students, self._jobs, folder
        )
        return measured, marks


def _run_floor(
    assignment: Assignment,
    source: Path,
    seed: int,
    students: Sequence[Student],
    jobs: int,
    folder: Path,
) -> tuple[Measured, Marks, dict[str, Any]]:
    order = {
        "exercise": str(source),
        "imports": sorted(imported_modules(assignment.exercise)),
        "seed": seed,
        "jobs": jobs,
        "submissions": {student.name: dict(student.answers) for student in students},
    }
    _write(folder / "order.json", order)
    result = folder / "result.json"
    threads = ("OMP", "OPENBLAS", "MKL", "TF_NUM_INTRAOP", "TF_NUM_INTEROP")
    names = [f"{name}_THREADS" if "_" in name else f"{name}_NUM_THREADS" for name in threads]
    command = [sys.executable, str(_FLOOR), str(folder / "order.json"), str(result)]
    measured = measure([command], cwd=folder, env=os.environ | dict.fromkeys(names, "1"))
    told = json.loads(result.read_text("utf-8"))
    return measured, told["marks"], told["values"]


def _environment(bin_folder: Path, home: Path) -> dict[str, str]:
    """This environment, with another tool's commands and kernels and nobody's settings."""
    path = f"{bin_folder}{os.pathsep}{os.environ.get('PATH', '')}"
    return os.environ | {"HOME": str(home), "PATH": path, "JUPYTER_PREFER_ENV_PATH": "1"}


def _locked(grade_id: str) -> dict[str, Any]:
    return {
        "schema_version": 3,
        "grade": False,
        "solution": False,
        "locked": True,
        "task": False,
        "grade_id": grade_id,
    }


def _uv() -> str:
    own = Path(__file__).parents[2] / ".uv" / "bin" / "uv"
    found = str(own) if own.exists() else shutil.which("uv")
    if found is None:
        raise ToolFailed("making Otter-Grader's environment needs uv: run `make env` first")
    return found


def _write(path: Path, data: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data), "utf-8")
