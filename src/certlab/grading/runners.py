"""Chooses how submissions are run: in caged children of a warm worker, or in plain kernels."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal, Protocol, runtime_checkable

from certlab.curriculum import Exercise
from certlab.execution import Limits, Step, StepResult, run_steps
from certlab.execution.imports import modules_in
from certlab.execution.warm import NoCage, WarmRunner, WorkerEnded

from . import plain

_MOST_RESTARTS = 3  # a worker that is lost again and again says more of the machine

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
    cages = _InCages(lambda: WarmRunner(names, isolation, jobs))
    try:
        yield cages
    finally:
        cages.close()


class _InCages:
    """Runs steps in caged children of a warm worker; of another one when the worker is lost."""

    def __init__(self, start: Callable[[], WarmRunner]) -> None:
        self._start = start
        self._warm = start()
        self._restarts = 0
        self._lock = threading.Lock()

    def __call__(self, steps: Sequence[Step], limits: Limits) -> dict[str, StepResult]:
        warm = self._warm
        while True:
            try:
                return warm.run(steps, limits, data_type=plain.MIME)
            except WorkerEnded as error:
                warm = self._another(warm, error)

    def learn(self, modules: Iterable[str]) -> None:
        """Have the worker import the modules that the solution imported while it ran."""
        self._warm.import_also(modules)

    def close(self) -> None:
        """End the worker."""
        self._warm.close()

    def _another(self, lost: WarmRunner, error: WorkerEnded) -> WarmRunner:
        with self._lock:
            if self._warm is lost:
                if self._restarts == _MOST_RESTARTS:
                    raise NoCage(f"{error}, {self._restarts + 1} times in this batch") from error
                self._restarts += 1
                self._warm = self._start()
            return self._warm


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
