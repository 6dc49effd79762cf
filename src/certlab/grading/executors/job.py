"""What is graded and how, in a form that travels to other machines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from certlab.curriculum import Exercise
from certlab.execution import Limits

from ..batch import Outcome, Submission
from ..grader import Credit, Grader
from ..runners import Isolation, Runner, in_kernels, runner


@dataclass(frozen=True)
class Job:
    """An exercise and the options it is graded with."""

    exercise: str  # as JSON, because another machine does not have the file
    seeds: tuple[int, ...]
    limits: Limits
    isolation: Isolation
    credit: Credit

    @classmethod
    def of(
        cls,
        exercise: Exercise,
        seeds: Sequence[int],
        limits: Limits,
        isolation: Isolation,
        credit: Credit = "all",
    ) -> Job:
        """A job for an exercise that has been read."""
        return cls(exercise.model_dump_json(), tuple(seeds), limits, isolation, credit)

    def grader(self, run: Runner = in_kernels) -> Grader:
        """A grader that runs submissions with `run`. Its keys are the same on every machine."""
        exercise = Exercise.model_validate_json(self.exercise)
        return Grader(exercise, self.seeds, self.limits, run, self.credit)

    @contextmanager
    def opened(self, at_a_time: int) -> Iterator[Grader]:
        """A grader whose runner is up and whose solution has run on every draw.

        Raises NoCage, OracleError.
        """
        exercise = Exercise.model_validate_json(self.exercise)
        with runner([exercise], self.isolation, at_a_time) as run:
            grader = self.grader(run)
            for seed in grader.seeds:
                grader.expected(seed)
            yield grader


class Executor(Protocol):
    """Grades a batch somewhere."""

    def __call__(
        self,
        submissions: Iterable[Submission],
        recorded: Mapping[str, str],
        own_seeds: Mapping[str, int],
    ) -> Iterator[Outcome]:
        """Yield an outcome for every submission as it is ready, whatever it ran into.

        `recorded` holds the keys that the gradebook has by student: what has the same key is kept.
        `own_seeds` are the seeds of the variants that students were given.
        """
