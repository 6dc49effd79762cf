"""Measures whether an exercise is sound.

The blank earns nothing and the solution everything, on every draw; and of solutions that were
changed in one place, grading rejects nearly all.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from certlab.build import exercise_notebook, solution_notebook
from certlab.curriculum import CurriculumError, Exercise, Problem, yaml_files
from certlab.execution import Limits

from .grader import Grader
from .mutate import Mutant, mutants
from .results import SubmissionResult
from .runners import Runner, in_kernels
from .variants import hidden_seeds

_SECRET = b"no secret: verifying draws the same seeds everywhere"
# A mutant that loops for ever is rejected soon; a solution takes milliseconds.
_MUTANT_LIMITS = Limits(step_seconds=10, total_seconds=30)


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
    """Grade the blank exercise and the solution on `draws` seeds, one by one.

    The first is 0, as a learner would type it; the others are as large as those that grading draws.

    Raises OracleError when the solution does not run.
    """
    problems = []
    blank, solution = exercise_notebook(exercise), solution_notebook(exercise)
    values: dict[str, list[str]] = {}
    for seed in [0, *hidden_seeds(_SECRET, exercise.name, draws - 1)]:
        progress(f"seed {seed}")
        grader = Grader(exercise, [seed], limits, run)
        for probe in grader.probes:
            shown = repr(grader.expected(seed).values[probe.key])
            values.setdefault(probe.question, []).append(shown)
        problems += _unlike(grader.grade_notebook("blank", blank), seed, full=False)
        problems += _unlike(grader.grade_notebook("solution", solution), seed, full=True)
    fixed = [question for question, shown in values.items() if draws > 1 and len(set(shown)) == 1]
    return Soundness(exercise.name, draws, tuple(problems), tuple(fixed))


@dataclass(frozen=True)
class Rejection:
    """How many mutants of an exercise's solutions grading rejects."""

    exercise: str
    tried: int
    survivors: tuple[Mutant, ...]  # accepted, and not listed as equivalent
    equivalent: int  # accepted, and listed in survivors.yml with a reason

    @property
    def share(self) -> float:
        """Rejected mutants among those that are not equivalent to the solution, 0 to 1."""
        wrong = self.tried - self.equivalent
        return 1 - len(self.survivors) / wrong if wrong else 1.0


def reject_mutants(
    exercise: Exercise,
    count: int,
    draws: int,
    run: Runner = in_kernels,
    progress: Callable[[str], None] = lambda message: None,
    jobs: int = 1,
) -> Rejection:
    """Grade up to `count` mutants of the solutions, evenly chosen, on `draws` seeds like a class's.

    `jobs` are graded at a time.

    Raises OracleError when the solution does not run.
    """
    every = mutants(exercise)
    chosen = [every[i * len(every) // count] for i in range(count)] if count < len(every) else every
    seeds = hidden_seeds(_SECRET, exercise.name, draws)
    grader = Grader(exercise, seeds, _MUTANT_LIMITS, run)
    known = _equivalent(exercise)
    for seed in grader.seeds:
        grader.expected(seed)

    def accepted(mutant: Mutant) -> bool:
        progress(mutant.question)
        return grader.accepts(mutant.question, mutant.source)

    with ThreadPoolExecutor(jobs) as pool:
        verdicts = list(pool.map(accepted, chosen))
    survivors, equivalent = [], 0
    for mutant, wrongly in zip(chosen, verdicts, strict=True):
        if not wrongly:
            continue
        if (mutant.question, mutant.diff) in known:
            equivalent += 1
        else:
            survivors.append(mutant)
    return Rejection(exercise.name, len(chosen), tuple(survivors), equivalent)


def _equivalent(exercise: Exercise) -> set[tuple[str, str]]:
    """Mutants that an author has found to be right answers too: survivors.yml beside the source.

    A list of entries with `question`, `diff` (as verify prints it) and `reason`.
    """
    path = exercise.path.with_name("survivors.yml")
    if exercise.path.suffix != ".py" or not path.is_file():
        return set()
    entries = yaml_files.parse(path.read_text(encoding="utf-8")) or []
    known = set()
    for entry in entries:
        if not isinstance(entry, dict) or not entry.keys() >= {"question", "diff", "reason"}:
            message = "an entry without question, diff and reason"
            raise CurriculumError([Problem(path, "", message, "add what is missing")])
        known.add((str(entry["question"]), str(entry["diff"]).strip("\n")))
    return known


def _unlike(result: SubmissionResult, seed: int, *, full: bool) -> list[str]:
    found = []
    for identifier, question in result.questions.items():
        if question.score != (question.max if full else 0.0):
            what = "the solution is not right" if full else "the blank exercise earns points"
            detail = f" ({question.status}: {question.message})" if full else ""
            found.append(f"seed {seed}, question '{identifier}': {what}{detail}")
    found += [f"seed {seed}: {result.student} needs review: {reason}" for reason in result.reasons]
    return found
