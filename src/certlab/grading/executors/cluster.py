"""The coordinator's side of grading on Dask.

Dask finds a worker for each submission and runs it again elsewhere when that worker is lost. A
submission whose worker is lost again and again (more than `distributed.scheduler.allowed-failures`
times) is graded once more at the end, alone, to tell what kills its worker from what was graded
beside it.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import time
import uuid
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future as LocalFuture
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from distributed import Client, Future, KilledWorker

from certlab.execution.warm import NoCage
from certlab.storage import is_remote

from ..batch import Outcome, Submission, grade_received, not_graded, receive
from ..grader import OracleError
from ..harmless import harmless
from . import ClusterError
from .job import Executor, Job
from .station import Order, Refused, Station, grade_order, refusal

_LOOK_SECONDS = 2.0  # between looks at the cluster
_MOST_BYTES = 200_000_000  # of submissions that are under way: the scheduler holds them all
_MOST_LOSSES = 3  # times that a submission is sent again because no worker was left for it
_ABSENT = object()  # no value came back
_SHOWN = 3  # workers that a message names
_GO_ON = "what was graded is in the gradebook; run the same command again to go on"


@contextlib.contextmanager
def on_cluster(
    job: Job,
    scheduler: str,
    seconds: float,
    sample: Path | None,
    warn: Callable[[str], None],
) -> Iterator[Executor]:
    """Grade on the cluster of a scheduler. Raises ClusterError, NoCage."""
    _silence()
    warnings.filterwarnings("ignore", module=r"distributed\.")
    name = f"certlab-{uuid.uuid4().hex[:12]}"
    client = _connect(scheduler, seconds)
    try:
        _check_versions(client, scheduler)
        station = Station(name, job, str(sample) if sample is not None else "")
        try:
            client.register_plugin(station, name=name)
            found = client.run(refusal, name, on_error="ignore")
        except Exception as error:  # of the workers, the scheduler or the way there
            raise ClusterError(f"{scheduler}: the workers cannot be set up ({error})") from error
        batch = _Batch(client, scheduler, name, job, seconds, warn)
        batch.note_refusals([entry for entry in found.values() if entry is not None])
        try:
            yield batch
        finally:
            batch.close()
    finally:
        with contextlib.suppress(Exception):
            client.unregister_worker_plugin(name)
        with contextlib.suppress(Exception):
            client.close(timeout=5)


@dataclass
class _Flight:
    order: Order
    future: Future
    losses: int = 0


class _Batch:
    """One batch on a cluster: what is under way, and what has come back."""

    def __init__(
        self,
        client: Client,
        scheduler: str,
        name: str,
        job: Job,
        seconds: float,
        warn: Callable[[str], None],
    ) -> None:
        self._client = client
        self._scheduler = scheduler
        self._name = name
        self._keys = job.grader()  # only for keys and for rows of what is not graded
        self._isolation = job.isolation
        self._seconds = seconds
        self._warn = warn
        self._flights: dict[str, _Flight] = {}
        self._done: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._gatherer = ThreadPoolExecutor(1, thread_name_prefix="gather")
        self._suspects: list[Order] = []
        self._bytes = 0
        self._sent = 0
        self._any_graded = False
        self._refusals: list[Refused] = []
        self._able: dict[str, tuple[str, int]] = {}  # address -> id and threads
        self._none_since: float | None = None
        self._looked = 0.0
        self._look()

    def __call__(
        self,
        submissions: Iterable[Submission],
        recorded: Mapping[str, str],
        own_seeds: Mapping[str, int],
    ) -> Iterator[Outcome]:
        """Yield an outcome for every submission. Raises ClusterError, NoCage, OracleError."""
        for submission in submissions:
            student = submission.student
            found = self._order(submission, recorded.get(harmless(student)), own_seeds.get(student))
            if isinstance(found, Outcome):
                yield found
                continue
            self._send(found)
            while self._full():
                yield from self._arrived()
        while self._flights:
            yield from self._arrived()
        for order in self._suspects:
            yield Outcome(order.student, self._grade_alone(order))

    def note_refusals(self, refusals: list[Refused]) -> None:
        """Warn of workers that cannot grade. Raises NoCage or ClusterError when none can."""
        for entry in refusals:
            if len(self._refusals) < _SHOWN:
                self._warn(f"worker {entry.worker} cannot grade: {entry.reason}")
            self._refusals.append(entry)
        if refusals:
            self._look()
            if not self._able:
                raise self._as_error(refusals[-1])

    def close(self) -> None:
        """Give up what is under way."""
        with contextlib.suppress(Exception):
            self._client.cancel([flight.future for flight in self._flights.values()], force=True)
        self._gatherer.shutdown(wait=False, cancel_futures=True)

    def _order(
        self, submission: Submission, recorded: str | None, own_seed: int | None
    ) -> Order | Outcome:
        """What a worker needs; or the outcome, where none is needed."""
        student = submission.student
        if submission.path is not None and is_remote(submission.path):
            return Order(student, recorded, own_seed, None, str(submission.path))
        received = receive(submission)
        if self._keys.key(received.basis, own_seed) == recorded:
            return Outcome(student, None)
        if received.problem:
            return Outcome(student, grade_received(self._keys, student, received, own_seed))
        return Order(student, recorded, own_seed, received)

    def _send(self, order: Order, losses: int = 0, **where: Any) -> str:
        self._sent += 1
        key = f"{self._name}-{self._sent}"
        future = self._client.submit(
            grade_order, self._name, order, key=key, pure=False, resources={self._name: 1}, **where
        )
        self._flights[key] = _Flight(order, future, losses)
        self._bytes += order.size
        future.add_done_callback(lambda done: self._done.put(done.key))
        return key

    def _take(self, key: str) -> _Flight:
        flight = self._flights.pop(key)
        self._bytes -= flight.order.size
        return flight

    def _full(self) -> bool:
        threads = sum(count for _, count in self._able.values())
        return len(self._flights) >= max(2, 2 * threads) or self._bytes >= _MOST_BYTES

    def _arrived(self) -> Iterator[Outcome]:
        """Outcomes of what has been graded; waits for some, but not longer than a moment."""
        keys = []
        with contextlib.suppress(queue.Empty):
            keys.append(self._done.get(timeout=_LOOK_SECONDS / 2))
            while True:
                keys.append(self._done.get_nowait())
        futures = {key: self._flights[key].future for key in keys if key in self._flights}
        values = self._gather(futures) if futures else {}
        for key in futures:
            if key not in self._flights:  # sent again meanwhile
                continue
            flight = self._take(key)
            value = values.get(key, _ABSENT)
            # None says that the gradebook has the row already. Where it has none, the value was
            # lost with its worker on the way.
            if value is None and flight.order.recorded is None:
                value = _ABSENT
            lost = value is _ABSENT
            outcome = self._failed(flight) if lost else self._outcome(flight, value)
            if outcome is not None:
                self._any_graded = True
                yield outcome
        if time.monotonic() - self._looked > _LOOK_SECONDS:
            self._look()

    def _gather(self, futures: dict[str, Future]) -> dict[str, Any]:
        """The values of the futures that have one; a worker may be lost before it hands it over."""
        gathering: LocalFuture[dict[str, Any]] = self._gatherer.submit(
            self._client.gather, futures, errors="skip"
        )
        while True:
            try:
                return gathering.result(timeout=_LOOK_SECONDS)
            except TimeoutError:
                self._look()
            except Exception as error:
                raise self._lost(error) from error

    def _outcome(self, flight: _Flight, value: Any) -> Outcome | None:
        if isinstance(value, Refused):
            if value.kind == "oracle" and not self._any_graded:
                raise OracleError(value.reason)
            self.note_refusals([value])
            self._send(flight.order, flight.losses)
            return None
        return Outcome(flight.order.student, value)

    def _failed(self, flight: _Flight) -> Outcome | None:
        if flight.future.status == "error":
            error = flight.future.exception()
            if not isinstance(error, KilledWorker):
                reason = f"{type(error).__name__}: {error}"
                row = not_graded(self._keys, flight.order.student, reason)
                return Outcome(flight.order.student, row)
            self._suspects.append(flight.order)
            return None
        self._look()  # raises when the scheduler is gone
        self._send_again(flight)
        return None

    def _send_again(self, flight: _Flight) -> None:
        if flight.losses + 1 >= _MOST_LOSSES:
            self._suspects.append(flight.order)
        else:
            self._send(flight.order, flight.losses + 1)

    def _look(self) -> None:
        """See which workers can grade. Raises ClusterError when nothing can go on."""
        self._looked = time.monotonic()
        if self._client.status != "running":
            raise self._lost(None)
        try:
            self._able, stuck = self._client.run_on_scheduler(_state_of, self._name)
        except Exception as error:  # whatever it is, there is no scheduler to work with
            raise self._lost(error) from error
        if self._able:
            self._none_since = None
            # Dask looks for a place for these only when a worker joins, and by then that worker
            # has not said yet that it can grade.
            for key in stuck:
                if key in self._flights:
                    flight = self._take(key)
                    self._client.cancel([flight.future], force=True)
                    self._send_again(flight)
        elif self._none_since is None:
            self._none_since = time.monotonic()
        elif time.monotonic() - self._none_since > self._seconds:
            raise ClusterError(
                f"{self._scheduler}: no worker that can grade is left, and none has come for "
                f"{self._seconds:g} seconds; start some with `dask worker {self._scheduler}`. "
                + _GO_ON
            )

    def _grade_alone(self, order: Order) -> Any:
        """Grade what has lost several workers while nothing runs beside it."""
        while not self._able:
            time.sleep(_LOOK_SECONDS / 2)
            self._look()
        address, (server, _) = next(iter(self._able.items()))
        key = self._send(order, workers=[address], allow_other_workers=False)
        flight = self._flights[key]
        while not flight.future.done():
            time.sleep(_LOOK_SECONDS / 2)
            self._looked = time.monotonic()
            self._look()
            if self._able.get(address, ("", 0))[0] != server:
                break
        if key in self._flights:
            self._take(key)
        values = self._gather({key: flight.future}) if flight.future.status == "finished" else {}
        self._client.cancel([flight.future], force=True)
        value = values.get(key)
        came = value is not None or (key in values and order.recorded is not None)
        if came and not isinstance(value, Refused):
            return value
        reason = "its worker process ended every time, also when it was graded alone"
        if isinstance(value, Refused):
            reason = value.reason
        elif flight.future.status == "error" and not isinstance(
            error := flight.future.exception(), KilledWorker
        ):
            reason = f"{type(error).__name__}: {error}"
        return not_graded(self._keys, order.student, reason)

    def _as_error(self, entry: Refused) -> Exception:
        if entry.kind == "oracle":
            return OracleError(entry.reason)
        if entry.kind == "cage":
            return NoCage(f"worker {entry.worker}: {entry.reason}")
        return ClusterError(
            f"{self._scheduler}: no worker can grade; {entry.worker}: {entry.reason}"
        )

    def _lost(self, error: Exception | None) -> ClusterError:
        why = f" ({error})" if error is not None and str(error) else ""
        return ClusterError(
            f"{self._scheduler}: the connection to the scheduler is lost{why}; {_GO_ON}"
        )


def _state_of(name: str, dask_scheduler: Any = None) -> tuple[dict[str, tuple[str, int]], list]:
    """The workers that can grade, and the submissions that wait for one; runs on the scheduler."""
    able = {
        address: (dask_scheduler.workers[address].server_id, int(threads))
        for address, threads in dask_scheduler.resources.get(name, {}).items()
        if threads > 0
    }
    stuck = [task.key for task in dask_scheduler.unrunnable if str(task.key).startswith(name)]
    return able, stuck


def _silence() -> None:
    """Keep Dask's log, tracebacks among it, to itself: its news are told in our words.

    Several of its loggers have a level of their own, which their parent's does not reach.
    """
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] in ("distributed", "tornado"):
            logging.getLogger(name).setLevel(logging.CRITICAL)


def _connect(scheduler: str, seconds: float) -> Client:
    try:
        client = Client(scheduler, timeout=seconds, set_as_default=False, name="certlab")
    except Exception as error:  # timeouts, addresses that are none, TLS, other versions
        raise ClusterError(
            f"{scheduler}: no Dask scheduler can be reached there within {seconds:g} seconds "
            f"({_first_line(error)}); start one with `dask scheduler`, or check the address, the "
            "firewall and, for tls://, the certificates in Dask's configuration"
        ) from error
    try:
        client.wait_for_workers(1, timeout=seconds)
    except TimeoutError as error:
        client.close(timeout=5)
        raise ClusterError(
            f"{scheduler}: the scheduler has no worker, and none has come within {seconds:g} "
            f"seconds; start some with `dask worker {scheduler}`"
        ) from error
    return client


def _check_versions(client: Client, scheduler: str) -> None:
    """Raise ClusterError unless everyone has this process's versions of what they share."""
    try:
        found: Any = client.get_versions(packages=["certlab"])
    except Exception as error:
        raise ClusterError(f"{scheduler}: it does not tell its versions ({error})") from error
    mine = _versions(found["client"])
    others = {f"the scheduler {scheduler}": found["scheduler"]}
    others |= {f"worker {address}": entry for address, entry in found["workers"].items()}
    differing = []
    for who, entry in others.items():
        theirs = _versions(entry)
        wrong = [
            f"{package} {theirs[package] or 'missing'} instead of {version}"
            for package, version in mine.items()
            if theirs[package] != version
        ]
        if wrong:
            differing.append(f"{who} has {', '.join(wrong)}")
    if differing:
        shown = "; ".join(differing[:_SHOWN])
        more = f"; and {len(differing) - _SHOWN} more" if len(differing) > _SHOWN else ""
        raise ClusterError(
            f"{shown}{more}. Install the same versions everywhere, by the same lock file or image"
        )


def _versions(entry: dict[str, Any]) -> dict[str, str | None]:
    packages = entry["packages"]
    python = ".".join(str(packages["python"]).split(".")[:2])
    shared = ("certlab", "dask", "distributed", "cloudpickle")
    return {"python": python} | {package: packages.get(package) for package in shared}


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
