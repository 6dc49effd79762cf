"""Measures whether an exercise is sound: the blank earns nothing, the solution everything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from certlab.build import exercise_notebook, solution_notebook
from certlab.curriculum import Exercise
from certlab.execution import Limits

from .grader import Grader
from .results import SubmissionResult
from .runners import Runner, in_kernels


@dataclass(frozen=True)
class Soundness:
    """What verifying an exercise found."""

    exercise: str
    draws: int
    problems: tuple[str, ...]  # what makes the exercise unsound
    fixed: tuple[str, ...]  # questions whose right answer is the same on every draw

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return not self.problems


def verify(
    exercise: Exercise,
    draws: int,
    limits: Limits | None = None,
    run: Runner = in_kernels,
    progress: Callable[[str], None] = lambda message: None,
) -> Soundness:
    """Grade the blank exercise and the solution on seeds 0 to `draws` - 1, one by one.

    Raises OracleError when the solution does not run.
    """
    problems = []
    blank, solution = exercise_notebook(exercise), solution_notebook(exercise)
    values: dict[str, list[str]] = {}
    for seed in range(draws):
        progress(f"seed {seed}")
        grader = Grader(exercise, [seed], limits, run)
        for probe in grader.probes:
            shown = repr(grader.expected(seed).values[probe.key])
            values.setdefault(probe.question, []).append(shown)
        problems += _unlike(grader.grade_notebook("blank", blank), seed, full=False)
        problems += _unlike(grader.grade_notebook("solution", solution), seed, full=True)
    fixed = [question for question, shown in values.items() if draws > 1 and len(set(shown)) == 1]
    return Soundness(exercise.name, draws, tuple(problems), tuple(fixed))


def _unlike(result: SubmissionResult, seed: int, *, full: bool) -> list[str]:
    found = []
    for identifier, question in result.questions.items():
        if question.score != (question.max if full else 0.0):
            what = "the solution is not right" if full else "the blank exercise earns points"
            detail = f" ({question.status}: {question.message})" if full else ""
            found.append(f"seed {seed}, question '{identifier}': {what}{detail}")
    found += [f"seed {seed}: {result.student} needs review: {reason}" for reason in result.reasons]
    return found
