"""Chooses how submissions are run: in caged children of a warm worker, or in plain kernels."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal, Protocol, runtime_checkable

from certlab.curriculum import Exercise
from certlab.execution import Limits, Step, StepResult, run_steps
from certlab.execution.imports import modules_in
from certlab.execution.warm import NoCage, WarmRunner

from . import plain

_MOST_NAMES = 1000  # in one order to a worker, which reads 128 KiB; TensorFlow alone has 4,000

Runner = Callable[[Sequence[Step], Limits], dict[str, StepResult]]
Isolation = Literal["namespaces", "landlock", "process"]


@runtime_checkable
class Learning(Protocol):
    """A runner that can import what the solution imported, so that no submission waits for it."""

    def learn(self, modules: Iterable[str]) -> None:
        """Import the modules for the runs to come."""


def in_kernels(steps: Sequence[Step], limits: Limits) -> dict[str, StepResult]:
    """Run steps in an ordinary kernel: its own process and folder, the user's rights."""
    return run_steps(steps, limits, data_type=plain.MIME)


@contextlib.contextmanager
def runner(exercises: Iterable[Exercise], isolation: Isolation, jobs: int = 2) -> Iterator[Runner]:
    """Yield what runs submissions to `exercises` under `isolation`; never another one.

    `jobs` is how many will run at a time. Raises NoCage where this machine does not offer it.
    """
    if isolation == "process":
        yield in_kernels
        return
    names = {name for exercise in exercises for name in imported_modules(exercise)}
    with WarmRunner(names, isolation, jobs) as warm:
        yield _InCages(warm)


class _InCages:
    """Runs steps in caged children of a warm worker."""

    def __init__(self, warm: WarmRunner) -> None:
        self._warm = warm

    def __call__(self, steps: Sequence[Step], limits: Limits) -> dict[str, StepResult]:
        return self._warm.run(steps, limits, data_type=plain.MIME)

    def learn(self, modules: Iterable[str]) -> None:
        """Have the worker import the modules that the solution imported while it ran."""
        names = sorted(modules)
        for start in range(0, len(names), _MOST_NAMES):
            self._warm.import_also(names[start : start + _MOST_NAMES])


@contextlib.contextmanager
def fastest_runner(exercises: Iterable[Exercise]) -> Iterator[Runner]:
    """Yield the fastest way to run code that is trusted anyway, such as an author's own."""
    exercises = list(exercises)
    with contextlib.ExitStack() as stack:
        try:
            chosen = stack.enter_context(runner(exercises, "namespaces"))
        except NoCage:
            chosen = in_kernels
        yield chosen


def imported_modules(exercise: Exercise) -> set[str]:
    """Full names of the modules that the exercise's own cells import."""
    return {
        name for cell in exercise.cells if cell.role != "text" for name in modules_in(cell.source)
    }
