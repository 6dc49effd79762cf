"""Solutions changed in one place, and what grading makes of them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from certlab.curriculum import CurriculumError, Exercise, read_exercise
from certlab.grading.grader import OracleError
from certlab.grading.mutate import mutants
from certlab.grading.runners import Runner, fastest_runner
from certlab.grading.verify import reject_mutants, verify
from tests.conftest import certlab, edit

SOURCE = "curriculum/01-basics/01-one/exercise.py"

# the solution of the question `twice`, and pieces that its mutants must have
CHANGES = {
    "return values + 1": ["values - 1", "return values\n", "return 1", "values + 2", "values + 0"],
    "return values if values[0] < 3 else -values": ["<= 3", "> 3", "< 4", "else values"],
    "return values.sum(axis=0)": ["axis=1"],
    "return np.subtract(values, 1)": ["np.subtract(1, values)"],
    "return max(values, 1)": ["max(values, 2)"],
    "return values and not x": ["values or", "and x"],
    "total = values\n    total += 1\n    return total": ["total -= 1", "pass\n    return total"],
}


@pytest.fixture
def exercise(tiny: Path) -> Exercise:
    return read_exercise(tiny / SOURCE, "01-basics/01-one")


@pytest.fixture(scope="module")
def run() -> Iterator[Runner]:
    with fastest_runner([]) as chosen:
        yield chosen


@pytest.mark.parametrize("solution", CHANGES)
def test_every_kind_of_change_is_made(tiny: Path, solution: str) -> None:
    edit(tiny / SOURCE, "return 2 * values", solution)
    found = [m for m in mutants(read_exercise(tiny / SOURCE)) if m.question == "twice"]
    for piece in CHANGES[solution]:
        assert any(piece in mutant.source + "\n" for mutant in found), piece
    for mutant in found:
        ast.parse(mutant.source)
        assert mutant.diff.startswith("-")
    assert len({mutant.source for mutant in found}) == len(found)


def test_only_the_solution_region_changes(tiny: Path) -> None:
    edit(
        tiny / SOURCE,
        "### BEGIN SOLUTION\ndef twice(values):\n    return 2 * values",
        "given = 5 + 5\n### BEGIN SOLUTION\ndef twice(values):\n    return 2 * values",
    )
    found = [m for m in mutants(read_exercise(tiny / SOURCE)) if m.question == "twice"]
    assert found
    assert all("given = 5 + 5" in mutant.source for mutant in found)


def test_commutative_functions_are_not_swapped(tiny: Path) -> None:
    edit(tiny / SOURCE, "return 2 * values", "return max(values, 1)")
    sources = [mutant.source for mutant in mutants(read_exercise(tiny / SOURCE))]
    assert not any("max(1, values)" in source for source in sources)


def test_probes_that_look_reject_every_mutant(exercise: Exercise, run: Runner) -> None:
    found = reject_mutants(exercise, 100, 2, run)
    assert found.tried >= 5
    assert (found.share, found.survivors) == (1.0, ())


def test_a_probe_that_hardly_looks_lets_mutants_live(tiny: Path, run: Runner) -> None:
    edit(tiny / SOURCE, '# %% probe="twice"\ntwice(x)', '# %% probe="twice"\nlen(twice(x))')
    found = reject_mutants(read_exercise(tiny / SOURCE), 100, 1, run)
    assert found.share < 0.95
    assert {mutant.question for mutant in found.survivors} == {"twice"}


def test_listed_survivors_do_not_count(tiny: Path, run: Runner) -> None:
    edit(tiny / SOURCE, "return 2 * values", "return 2 * values[: len(values) + 0]")
    survivor = next(
        mutant
        for mutant in reject_mutants(read_exercise(tiny / SOURCE), 100, 1, run).survivors
        if "+ 1" in mutant.diff
    )
    listed = "".join(f"    {line}\n" for line in survivor.diff.splitlines())
    path = tiny / SOURCE.replace("exercise.py", "survivors.yml")
    path.write_text(f"- question: twice\n  diff: |-\n{listed}  reason: a slice may reach further\n")
    found = reject_mutants(read_exercise(tiny / SOURCE), 100, 1, run)
    assert survivor not in found.survivors
    assert found.equivalent == 1
    path.write_text("- question: twice\n")
    with pytest.raises(CurriculumError, match=r"survivors\.yml"):
        reject_mutants(read_exercise(tiny / SOURCE), 100, 1, run)


def test_verify_tries_seeds_as_large_as_those_of_a_class(tiny: Path, run: Runner) -> None:
    """A probe that takes the seed for a length works on small seeds only."""
    edit(
        tiny / SOURCE,
        '# %% probe="twice"\ntwice(x)',
        '# %% probe="twice"\ntwice([1] * (seed // 99))',
    )
    exercise = read_exercise(tiny / SOURCE)
    assert verify(exercise, 1, run=run).sound
    with pytest.raises(OracleError, match="twice"):
        verify(exercise, 2, run=run)


def test_verify_shows_survivors_with_their_diff(tiny: Path) -> None:
    edit(tiny / SOURCE, '# %% probe="twice"\ntwice(x)', '# %% probe="twice"\nlen(twice(x))')
    done = certlab("verify", "01-basics/01-one", "--draws", 1, "--mutants", 50, cwd=tiny)
    assert done.returncode == 1
    assert "not sound" in done.stdout
    assert "question 'twice' accepts" in done.stdout
    assert "-    return 2 * values" in done.stdout
