"""Grades on this machine, several submissions at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from ..batch import Outcome, Submission, grade_batch
from .job import Executor, Job


@contextmanager
def on_this_machine(job: Job, at_a_time: int) -> Iterator[Executor]:
    """Grade `at_a_time` submissions at a time. Raises NoCage, OracleError."""
    with job.opened(at_a_time) as grader:

        def grade(
            submissions: Iterable[Submission],
            recorded: Mapping[str, str],
            own_seeds: Mapping[str, int],
        ) -> Iterator[Outcome]:
            return grade_batch(
                grader, submissions, at_a_time, recorded=recorded, own_seeds=own_seeds
            )

        yield grade
