"""Every exercise of the course is sound: blank earns nothing, the solution everything."""

from __future__ import annotations

from pathlib import Path

import pytest

from certlab.curriculum import read_exercise
from certlab.grading.runners import fastest_runner
from certlab.grading.verify import verify

ROOT = Path(__file__).parents[2]
EXERCISES = sorted(
    f"{path.parent.parent.name}/{path.parent.name}"
    for path in (ROOT / "curriculum").glob("*/*/exercise.py")
)
DRAWS = 3


@pytest.mark.slow
@pytest.mark.parametrize("name", EXERCISES)
def test_exercise_is_sound(name: str) -> None:
    exercise = read_exercise(ROOT / "curriculum" / name / "exercise.py", name)
    with fastest_runner([exercise]) as run:
        found = verify(exercise, DRAWS, run=run)
    assert found.problems == ()
    assert found.fixed == ()
