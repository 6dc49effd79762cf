"""Every exercise of the course is sound.

The blank earns nothing, the solution everything, and changed solutions are rejected.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from certlab.curriculum import Exercise, read_exercise
from certlab.grading.runners import NoCage, fastest_runner, runner
from certlab.grading.verify import reject_mutants, verify
from tests.changes import changed_modules

ROOT = Path(__file__).parents[2]
EXERCISES = sorted(
    f"{path.parent.parent.name}/{path.parent.name}"
    for path in (ROOT / "curriculum").glob("*/*/exercise.py")
)
DRAWS = 3
MUTANTS = 40  # of one to two hundred; of exercises that changed lately, all
EVERY = 1_000
BAR = 0.95


def read(name: str) -> Exercise:
    """An exercise of the course; without a package that it needs, its test is skipped."""
    exercise = read_exercise(ROOT / "curriculum" / name / "exercise.py", name)
    for package in exercise.header.packages:
        pytest.importorskip(package, reason=f"pip install {package}")
    return exercise


@pytest.mark.slow
@pytest.mark.parametrize("name", EXERCISES)
def test_exercise_is_sound(name: str) -> None:
    exercise = read(name)
    with fastest_runner([exercise]) as run:
        found = verify(exercise, DRAWS, run=run)
    assert found.problems == ()
    assert found.fixed == ()


@pytest.fixture(scope="module")
def changed() -> list[str]:
    """Exercises that changed in the last hours' commits, all of them outside a repository."""
    try:
        return changed_modules(EXERCISES, "src/certlab/grading/mutate.py")
    except (OSError, subprocess.CalledProcessError):
        return EXERCISES


@pytest.mark.slow
@pytest.mark.parametrize("name", EXERCISES)
def test_changed_solutions_are_rejected(name: str, changed: list[str]) -> None:
    exercise = read(name)
    try:
        with runner([exercise], "namespaces") as run:
            found = reject_mutants(exercise, EVERY if name in changed else MUTANTS, 1, run)
    except NoCage as error:
        pytest.skip(f"too slow without the warm worker: {error}")
    survivors = "\n".join(f"{mutant.question}:\n{mutant.diff}" for mutant in found.survivors)
    assert found.share >= BAR, survivors
