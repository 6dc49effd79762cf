"""Batches: every submission once, whatever happens to the grader meanwhile."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from certlab.build import exercise_notebook
from certlab.curriculum import Exercise, read_exercise
from certlab.execution import Limits, Step
from certlab.grading.batch import Outcome, find_submissions, grade_batch
from certlab.grading.gradebook import Gradebook
from certlab.grading.grader import Grader
from certlab.grading.results import SubmissionResult
from certlab.grading.runners import Learning, NoCage, Runner, runner
from tests.conftest import certlab, edit

SOURCE = "curriculum/01-basics/01-one/exercise.py"
NAME = "01-basics/01-one"
RIGHT = {"twice": "def twice(values):\n    return 2 * values", "total": "total = float(x.sum())"}
LIMITS = Limits(step_seconds=20, total_seconds=60)


@pytest.fixture
def exercise(tiny: Path) -> Exercise:
    return read_exercise(tiny / SOURCE, NAME)


@pytest.fixture(scope="module")
def run() -> Iterator[Runner]:
    try:
        with runner([], "namespaces") as chosen:
            yield chosen
    except NoCage as error:
        pytest.skip(f"no cage on this machine: {error}")


def hand_in(folder: Path, student: str, exercise: Exercise, **answers: str) -> Path:
    notebook = exercise_notebook(exercise)
    for cell in notebook.cells:
        question = cell.metadata.get("certlab", {}).get("question")
        if question in answers:
            cell.source = answers[question]
    path = folder / student / "01-one.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    return path


def graded(outcomes: list[Outcome]) -> dict[str, SubmissionResult]:
    return {outcome.student: outcome.result for outcome in outcomes if outcome.result is not None}


def test_keeps_what_has_been_graded_and_notices_what_changed(
    exercise: Exercise, run: Runner, tmp_path: Path
) -> None:
    folder = tmp_path / "submissions"
    for student in ("ada", "bo", "cy"):
        hand_in(folder, student, exercise, **RIGHT)
    grader = Grader(exercise, [1, 2], LIMITS, run)
    first = graded(list(grade_batch(grader, find_submissions(folder, NAME))))
    assert {student: result.score for student, result in first.items()} == dict.fromkeys(first, 5.0)
    keys = {student: result.key for student, result in first.items()}
    assert all(len(key) == 64 for key in keys.values())

    hand_in(folder, "bo", exercise, twice=RIGHT["twice"], total="total = 0.0")
    hand_in(folder, "di", exercise)
    found = find_submissions(folder, NAME)
    again = list(grade_batch(grader, found, recorded=keys))
    assert {outcome.student for outcome in again if outcome.result is None} == {"ada", "cy"}
    assert {student: result.score for student, result in graded(again).items()} == {
        "bo": 2.0,
        "di": 0.0,
    }

    other_draws = Grader(exercise, [1, 3], LIMITS, run)
    other_limits = Grader(exercise, [1, 2], Limits(step_seconds=5), run)
    other_credit = Grader(exercise, [1, 2], LIMITS, run, "share")
    mine = (folder / "ada" / "01-one.ipynb").read_bytes()
    assert grader.key(mine) == keys["ada"]
    different = [each.key(mine) for each in (other_draws, other_limits, other_credit)]
    different += [grader.key(mine, 5), grader.key(mine + b"\n")]
    assert len({keys["ada"], *different}) == 6


def test_a_changed_exercise_has_other_keys(tiny: Path, run: Runner) -> None:
    before = Grader(read_exercise(tiny / SOURCE, NAME), [1], LIMITS, run).key(b"x")
    edit(tiny / SOURCE, "float(x.sum())", "float(np.sum(x))")
    assert Grader(read_exercise(tiny / SOURCE, NAME), [1], LIMITS, run).key(b"x") != before


def test_the_students_own_variant_is_among_the_draws(exercise: Exercise, run: Runner) -> None:
    notebook = exercise_notebook(exercise)
    for cell in notebook.cells:
        if cell.id == "question-twice":
            cell.source = "def twice(values):\n    return 2 * values if seed != 77 else values"
        elif cell.id == "question-total":
            cell.source = RIGHT["total"]
    data = json.dumps(notebook).encode()
    grader = Grader(exercise, [1, 2], LIMITS, run)
    assert grader.grade("ada", data).score == 5.0
    twice = grader.grade("ada", data, own_seed=77).questions["twice"]
    assert (twice.score, twice.draws_right, twice.draws) == (0.0, 2, 3)
    assert "on your own data" in twice.message
    assert "right on 2 of 3 draws" in twice.message


def test_credit_for_the_share_of_draws(exercise: Exercise, run: Runner) -> None:
    notebook = exercise_notebook(exercise)
    for cell in notebook.cells:
        if cell.id == "question-total":
            cell.source = "total = float(x.sum()) if seed != 2 else 0.0"
    grader = Grader(exercise, [1, 2, 3, 4], LIMITS, run, "share")
    total = grader.grade("ada", json.dumps(notebook).encode()).questions["total"]
    assert (total.score, total.status) == (2.25, "wrong")
    assert (total.draws_right, total.draws) == (3, 4)


def test_a_solution_with_thousands_of_modules(run: Runner) -> None:
    """As TensorFlow's: their names are longer than what the worker reads at once."""
    assert isinstance(run, Learning)
    run.learn([f"no_such_module_{number:05}.{'x' * 40}" for number in range(4000)] + ["colorsys"])
    done = run([Step("a", "import sys\nassert 'colorsys' in sys.modules")], LIMITS)
    assert done["a"].status == "ok", done["a"].error


def test_no_more_submissions_wait_than_are_graded(
    exercise: Exercise, run: Runner, tmp_path: Path
) -> None:
    """A generator of submissions is drawn from as places become free."""
    folder = tmp_path / "submissions"
    for number in range(12):
        hand_in(folder, f"s{number:02}", exercise, **RIGHT)
    found = find_submissions(folder, NAME)
    taken = 0

    def one_by_one() -> Iterator:
        nonlocal taken
        for submission in found:
            taken += 1
            yield submission

    grader = Grader(exercise, [1], LIMITS, run)
    for count, _ in enumerate(grade_batch(grader, one_by_one(), jobs=2)):
        assert taken - count <= 4
    assert taken == 12


@pytest.mark.slow
def test_killed_at_any_moment_and_run_again(exercise: Exercise, tiny: Path, tmp_path: Path) -> None:
    """SIGKILL at random points; nothing is lost, nothing graded twice, the marks are the same."""
    folder, book = tmp_path / "submissions", tmp_path / "gradebook.db"
    answers = [RIGHT, {"twice": RIGHT["twice"]}, {"total": "total = 1 / 0"}, {}]
    expected = {}
    for number in range(60):
        hand_in(folder, f"s{number:02}", exercise, **answers[number % 4])
        expected[f"s{number:02}"] = [5.0, 2.0, 0.0, 0.0][number % 4]
    command = [sys.executable, "-m", "certlab.cli", "grade", NAME, str(folder), "--json"]
    command += ["--gradebook", str(book), "--secret", str(tmp_path / "secret"), "--draws", "1"]
    places = tmp_path / "places"  # the graders' temporary folders, by which workers are known
    places.mkdir()
    rng = random.Random(5)
    graded_at: dict[str, object] = {}
    kills = 0
    for _ in range(40):
        process = subprocess.Popen(
            command,
            cwd=tiny,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"TMPDIR": str(places)},
        )
        assert process.stdout is not None
        stop_after = rng.randrange(1, 14)
        for _line in range(len(graded_at) + stop_after):  # the kept ones are printed too
            if not process.stdout.readline():
                break
        time.sleep(rng.random() / 50)
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
            kills += 1
        _, said = process.communicate()
        assert process.returncode in (0, -signal.SIGKILL), said
        rows = {row.student: row for row in Gradebook(str(book)).rows()}
        assert all(rows[student].graded_at == moment for student, moment in graded_at.items())
        assert {student: row.score for student, row in rows.items()}.items() <= expected.items()
        assert all(len(row.questions) == 2 for row in rows.values())
        graded_at = {student: row.graded_at for student, row in rows.items()}
        if len(graded_at) == len(expected):
            break
    assert kills >= 3
    done = certlab(*command[3:], cwd=tiny)
    assert done.returncode == 0, done.stderr
    marks = {row["student"]: row["score"] for row in map(json.loads, done.stdout.splitlines())}
    assert marks == expected
    assert _left_workers(places) == []


def _left_workers(folder: Path) -> list[str]:
    """Workers that outlived their grader by ten seconds."""
    deadline = time.monotonic() + 10
    while True:
        left = []
        for process in filter(str.isdigit, os.listdir("/proc")):
            try:
                command = Path(f"/proc/{process}/cmdline").read_bytes()
                environment = Path(f"/proc/{process}/environ").read_bytes()
            except OSError:
                continue
            if b"certlab.execution.worker" in command and str(folder).encode() in environment:
                left.append(process)
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.2)


@pytest.mark.slow
def test_review_again_and_options(exercise: Exercise, tiny: Path, tmp_path: Path) -> None:
    folder = tmp_path / "submissions"
    hand_in(folder, "ada", exercise, **RIGHT)
    odd = hand_in(folder, "bo", exercise, **RIGHT)
    notebook = nbformat.read(odd, as_version=4)
    notebook.cells = [cell for cell in notebook.cells if "total" not in cell.id]
    nbformat.write(notebook, odd)
    arguments = ["grade", NAME, folder, "--gradebook", "book.db", "--secret", "s", "--json"]
    done = certlab(*arguments, cwd=tiny)
    assert done.returncode == 0, done.stderr
    rows = {row["student"]: row for row in map(json.loads, done.stdout.splitlines())}
    assert {name: row["status"] for name, row in rows.items()} == {
        "ada": "graded",
        "bo": "needs-review",
    }
    done = certlab(*arguments, "--only-review", cwd=tiny)
    assert [json.loads(line)["student"] for line in done.stdout.splitlines()] == ["bo"]
    done = certlab(*arguments, "--jobs", "many", cwd=tiny)
    assert done.returncode == 2
    assert "neither auto nor a number" in done.stderr
    (folder / "manifest.json").write_text("[]", "utf-8")
    done = certlab(*arguments, cwd=tiny)
    assert done.returncode == 1
    assert "not a manifest" in done.stderr
