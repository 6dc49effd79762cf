"""The built notebooks are nbgrader's too: valid for its schema and graded by the real thing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from certlab.curriculum import Course

EXERCISE = "01-math/04-gradient-descent"


@pytest.mark.parametrize("tree", ["exercises", "solutions"])
def test_metadata_validates_against_nbgraders_schema(root: Path, course: Course, tree: str) -> None:
    from nbgrader.nbgraderformat import read

    for module in course.modules:
        with (root / tree / f"{module.name}.ipynb").open(encoding="utf-8") as stream:
            notebook = read(stream, as_version=4)
        points = [
            cell.metadata.nbgrader.points
            for cell in notebook.cells
            if cell.metadata.get("nbgrader", {}).get("grade")
        ]
        assert sum(points) == module.exercise.max_score


@pytest.mark.slow
@pytest.mark.parametrize("source", ["solutions", "exercises"])
def test_autograde_gives_a_solution_full_marks_and_a_blank_zero(
    root: Path, course: Course, tmp_path: Path, source: str
) -> None:
    """Either tree works as nbgrader's source: it makes the release version itself."""
    module = course.module(EXERCISE)
    assert module is not None
    name = f"{EXERCISE.split('/')[1]}.ipynb"
    files = {
        f"source/unit/{name}": root / source / f"{EXERCISE}.ipynb",
        f"submitted/solver/unit/{name}": root / "solutions" / f"{EXERCISE}.ipynb",
        f"submitted/blank/unit/{name}": root / "exercises" / f"{EXERCISE}.ipynb",
    }
    for path, origin in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(origin.read_bytes())
    (tmp_path / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.course_id = 'course'\n", "utf-8"
    )
    nbgrader(tmp_path, "generate_assignment", "unit", "--create")
    nbgrader(tmp_path, "autograde", "unit", "--create")
    nbgrader(tmp_path, "export", "--to", "marks.csv")
    rows = (tmp_path / "marks.csv").read_text("utf-8").splitlines()
    header = rows[0].split(",")
    scores = {}
    for row in rows[1:]:
        values = dict(zip(header, row.split(","), strict=True))
        scores[values["student_id"]] = float(values["raw_score"])
    assert scores == {"solver": module.exercise.max_score, "blank": 0.0}


def nbgrader(folder: Path, *arguments: str) -> None:
    home = folder / "home"
    home.mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        env=os.environ
        | {
            "HOME": str(home),
            "JUPYTER_PREFER_ENV_PATH": "1",
            # nbgrader calls alembic by its bare name
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        },
    )
    assert done.returncode == 0, json.dumps(done.stderr[-3000:])
