"""The worker's side of grading on Dask: one warm runner in each worker process.

A station is a Dask plugin, so that workers that join later get it as well. It opens its runner
when the first submission comes, and offers the scheduler a resource that only its own submissions
ask for: a worker that cannot grade is sent none.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from distributed import Worker, get_worker
from distributed.diagnostics.plugin import WorkerPlugin

from certlab import storage

from .versions import fingerprint

if TYPE_CHECKING:
    from ..batch import Received
    from ..grader import Grader
    from ..results import SubmissionResult
    from .job import Job

_IDLE_SECONDS = 600.0  # after which a runner that nobody uses is closed, and opened when needed
_CHECK_SECONDS = 20.0
_RPC_SECONDS = 30.0


@dataclass(frozen=True)
class Order:
    """One submission to grade: its bytes, or the address of its file in a store."""

    student: str
    recorded: str | None
    own_seed: int | None
    received: Received | None
    address: str = ""

    @property
    def size(self) -> int:
        """Bytes that travel."""
        return len(self.received.data) if self.received is not None else 0


@dataclass(frozen=True)
class Refused:
    """A worker cannot grade, and why; any other may."""

    worker: str
    kind: Literal["cage", "oracle", "other"]
    reason: str


class Station(WorkerPlugin):
    """Keeps a grader warm in a worker process, for one job."""

    def __init__(self, name: str, job: Job, sample: str) -> None:
        """`sample` is the address of a submission in a store that must be readable, or empty."""
        self.name = name
        self._job = job
        self._sample = sample
        self._fingerprint = fingerprint()

    async def setup(self, worker: Worker) -> None:
        """Find out whether this worker can grade, and say so to the scheduler."""
        self._worker = worker
        self._lock = threading.Lock()
        self._opened = contextlib.ExitStack()
        self._grader: Grader | None = None
        self._users = 0
        self._last_used = time.monotonic()
        self.refused: Refused | None = None
        for other in list(worker.plugins.values()):
            if isinstance(other, Station) and other is not self:
                await asyncio.to_thread(other.rest)
        await asyncio.to_thread(self._check)
        if self.refused is None:
            await worker.set_resources(**{self.name: worker.state.nthreads})
        self._watch = asyncio.create_task(self._rest_when_idle())

    async def teardown(self, worker: Worker) -> None:
        """Close the runner."""
        self._watch.cancel()
        self.refused = Refused(self._here(), "other", "the batch has ended")
        with contextlib.suppress(Exception):  # a scheduler that is gone needs not to know
            await worker.set_resources(**{self.name: 0})
        await asyncio.to_thread(self._close)

    @contextlib.contextmanager
    def grader(self) -> Iterator[Grader | Refused]:
        """The grader, opened when it is not; or why this worker has none."""
        with self._lock:
            if self.refused is None and self._grader is None:
                self._open()
            found = self._grader if self.refused is None else self.refused
            assert found is not None
            self._users += 1
        try:
            yield found
        finally:
            with self._lock:
                self._users -= 1
                self._last_used = time.monotonic()

    def rest(self) -> None:
        """Close the runner when nothing uses it; it is opened again when it is needed."""
        with self._lock:
            if not self._users:
                self._close()

    def _check(self) -> None:
        from certlab.execution.warm import why_not

        if fingerprint() != self._fingerprint:
            mend = "install the same there as here"
            self._refuse("other", f"it runs {fingerprint()}, not {self._fingerprint}; {mend}")
        elif self._job.isolation != "process" and (reason := why_not(self._job.isolation)):
            self._refuse("cage", reason)
        elif self._sample:
            try:
                storage.exists(storage.place(self._sample))
            except storage.StorageError as error:
                self._refuse("other", str(error))

    def _open(self) -> None:
        from certlab.execution.warm import NoCage

        from ..grader import OracleError

        try:
            self._grader = self._opened.enter_context(self._job.opened(self._worker.state.nthreads))
            return
        except NoCage as error:
            self._refuse("cage", str(error))
        except OracleError as error:
            self._refuse("oracle", str(error))
        except Exception as error:  # whatever is wrong with this machine, others may do
            self._refuse("other", f"{type(error).__name__}: {error}")
        # Before this task ends, so that its submission is not sent here again.
        asyncio.run_coroutine_threadsafe(
            self._worker.set_resources(**{self.name: 0}),
            self._worker.loop.asyncio_loop,  # type: ignore[attr-defined]
        ).result(_RPC_SECONDS)

    def _close(self) -> None:
        self._grader = None
        self._opened.close()

    def _refuse(self, kind: Literal["cage", "oracle", "other"], reason: str) -> None:
        self.refused = Refused(self._here(), kind, reason)

    def _here(self) -> str:
        return f"{self._worker.address} on {socket.gethostname()}"

    async def _rest_when_idle(self) -> None:
        """A coordinator that was killed takes no leave."""
        while True:
            await asyncio.sleep(_CHECK_SECONDS)
            if self._grader is not None and time.monotonic() - self._last_used > _IDLE_SECONDS:
                await asyncio.to_thread(self.rest)


def grade_order(name: str, order: Order) -> SubmissionResult | Refused | None:
    """Grade one submission in this worker; None when what the gradebook has is of the same file."""
    from ..batch import Submission, grade_one, grade_received

    station = get_worker().plugins.get(name)
    if not isinstance(station, Station):
        return Refused(get_worker().address, "other", "it does not know the batch")
    with station.grader() as grader:
        if isinstance(grader, Refused):
            return grader
        if order.received is not None:
            return grade_received(grader, order.student, order.received, order.own_seed)
        submission = Submission(order.student, storage.place(order.address))
        return grade_one(grader, submission, order.recorded, order.own_seed)


def refusal(name: str, dask_worker: Any = None) -> Refused | None:
    """Why a worker cannot grade, or None; for Client.run."""
    station = dask_worker.plugins.get(name)
    if not isinstance(station, Station):
        return Refused(dask_worker.address, "other", "it does not know the batch")
    return station.refused
