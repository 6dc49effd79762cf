"""Runs steps in children of a warm worker: no start-up, no network, no view of the disk.

Linux only. What a child sends is data: a message that is too long, malformed or missing ends that
run and nothing else.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import queue
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

from . import cage, cgroups, confined
from .kernel import Limits, Step, StepResult, kernel_environment
from .messages import receive, send

Tier = Literal["namespaces", "landlock"]

_START_SECONDS = 120.0
_FORK_SECONDS = 20.0
_INTERRUPT_SECONDS = 2.0  # what a cell gets to answer an interrupt
_END_SECONDS = 10.0  # what the kernel gets to end a killed run's processes
_GONE_SECONDS = 2.0  # within which a lost process is known to be gone
_MAX_TEXT = 500
_MOST_PARTS = 5_000_000  # of a reply; honest ones have few besides those of their values
_MAX_ORDER = 100_000
_MOST_NAMES = 1_000  # in one order to a worker, which reads 128 KiB; TensorFlow alone has 4,000


class NoCage(Exception):
    """This machine cannot keep runs apart in the way that was asked for; says why."""


class WorkerEnded(Exception):
    """The worker is gone: killed from outside, or for want of memory."""


class Forker:
    """A process that forks children on order, and the socket that orders go to."""

    def __init__(self) -> None:
        self._control, self._theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._lock = threading.Lock()

    def fork(
        self,
        folder: Path | None = None,
        environment: dict[str, str] | None = None,
        standard: Sequence[int] = (),
    ) -> tuple[socket.socket, int]:
        """Fork a child; return the socket to it and a descriptor of its process.

        A child outside any cage works in `folder` with `environment`; `standard` are the
        descriptors that it has for stdout and stderr. Raises RuntimeError when it does not start.
        """
        channel, theirs = socket.socketpair()
        order = {"folder": str(folder) if folder else None, "environment": environment}
        process = -1
        try:
            with theirs:
                self._order(order, [theirs.fileno(), *standard])
            # The first messages come from the forker and from the child before untrusted code
            # runs.
            process = _process_from(channel)
            send(channel, {"go": True})
            said = receive(channel, 10_000, time.monotonic() + _FORK_SECONDS)
        except (OSError, IndexError) as error:
            said = {"failed": str(error)}
        if said is None or "ready" not in said:
            channel.close()
            if process != -1:
                os.close(process)
            reason = said.get("failed") if said else None
            raise RuntimeError(
                f"a caged process did not start ({reason or 'no reason given'}); "
                "see `certlab doctor`"
            )
        return channel, process

    def close(self) -> None:
        """Have the process end."""
        self._control.close()

    def _order(self, order: dict[str, Any], descriptors: Sequence[int]) -> None:
        with self._lock:
            socket.send_fds(self._control, [json.dumps(order).encode()], descriptors)


class Worker(Forker):
    """A process that has imported libraries, and its folder."""

    def __init__(
        self,
        imports: Iterable[str],
        tier: str,
        child: str,
        environment: dict[str, str] | None = None,
    ) -> None:
        """Start the worker; its children are of the kind `child`: "steps" or "notebook".

        `environment` is that of the imports; for a caged worker it is added to a short one.
        Raises NoCage.
        """
        super().__init__()
        self._folder = tempfile.TemporaryDirectory(prefix="certlab-warm-")
        self.folder = Path(self._folder.name)
        for name in ("root", "home", "runs"):
            (self.folder / name).mkdir()
        self.limits = cage.CageLimits()
        own = {} if tier == "none" else kernel_environment(self.folder / "home", 1)
        with self._theirs, (self.folder / "errors").open("wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "certlab.execution.worker", str(self._theirs.fileno())],
                pass_fds=[self._theirs.fileno()],
                env=own | (environment or {}),
                cwd=self.folder / "home",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                start_new_session=True,  # an interrupt at the terminal is for the caller
            )
        self._ask(
            {
                "imports": sorted(imports),
                "tier": tier,
                "child": child,
                "root": str(self.folder / "root"),
                "limits": asdict(self.limits),
            }
        )

    def close(self) -> None:
        """End the worker and every child that is left."""
        super().close()  # the worker ends, and with it the namespace that holds its children
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._folder.cleanup()

    def import_also(self, names: Iterable[str]) -> None:
        """Have the worker import more, in this order, for the children and slots to come."""
        ordered = list(names)
        with self._lock:
            for start in range(0, len(ordered), _MOST_NAMES):
                self._ask({"imports": ordered[start : start + _MOST_NAMES]})

    def _ask(self, order: dict[str, Any]) -> None:
        self._control.settimeout(_START_SECONDS)
        try:
            self._control.send(json.dumps(order).encode())
            answer = json.loads(self._control.recv(_MAX_ORDER) or b"{}")
        except (OSError, ValueError) as error:
            answer = {"failed": str(error)}
        if "ready" not in answer:
            lines = (self.folder / "errors").read_text("utf-8", "replace").splitlines()
            said = f" ({lines[-1][:_MAX_TEXT]})" if lines else ""
            self.close()
            raise NoCage(answer.get("failed", f"the worker ended while it started{said}"))

    @property
    def runs(self) -> bool:
        """Whether the process has not ended."""
        return self._process.poll() is None

    def ends_within(self, seconds: float) -> bool:
        """Whether the process has ended, or does so in the next seconds."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True


class Slot(Forker):
    """A copy of a worker that makes one run after another, all of them in its control group."""

    def __init__(self, worker: Worker, group: Sequence[Path]) -> None:
        """Raises RuntimeError when it does not start."""
        self._worker = worker
        self._group = group
        self._process = self._last = -1  # descriptors of its own process and the last run's
        self._start()

    def start_run(self, folder: Path | None) -> tuple[socket.socket, int]:
        """Fork a child after the last one has ended: what is left of it would count for both.

        A run's first process is the last one to end. A copy that is lost is made anew. Raises
        RuntimeError, and WorkerEnded when there is nothing left to copy.
        """
        self._await_last()
        try:
            channel, process = self.fork(folder)
        except RuntimeError:
            if not _wait(self._process, _GONE_SECONDS):
                raise
            self._end()
            self._start()
            channel, process = self.fork(folder)
        self._last = os.dup(process)
        return channel, process

    def close(self) -> None:
        """End the copy; its last run has ended or will be ended with the worker."""
        self._await_last()
        self._end()

    def _start(self) -> None:
        super().__init__()
        try:
            with self._theirs:
                self._worker._order({"slot": True}, [self._theirs.fileno()])
            self._process = _process_from(self._control)
        except (OSError, IndexError) as error:
            if self._worker.ends_within(_GONE_SECONDS):
                raise WorkerEnded("the process that forks the runs has ended") from error
            raise RuntimeError(f"a worker did not start ({error}); see `certlab doctor`") from error
        if self._group:
            with contextlib.suppress(OSError):  # the other limits hold
                cgroups.put(_number_of(self._process), self._group)

    def _end(self) -> None:
        super().close()
        if self._process != -1:  # lost, and not made anew
            _wait(self._process, _END_SECONDS)
            os.close(self._process)
            self._process = -1

    def _await_last(self) -> None:
        if self._last != -1:
            _wait(self._last, _END_SECONDS)
            os.close(self._last)
            self._last = -1


class WarmRunner:
    """Runs steps in fresh children of a worker, each in a cage.

    Use as a context manager. `run` may be called from several threads.
    """

    def __init__(self, imports: Iterable[str], tier: Tier = "namespaces", jobs: int = 2) -> None:
        """Start a worker that imports `imports`; `jobs` is how many will run at a time.

        Raises NoCage.
        """
        if (reason := why_not(tier)) is not None:
            raise NoCage(reason)
        self._tier = tier
        self._worker = Worker(imports, tier, "steps")
        self._numbers = itertools.count()
        self._count = 2 * jobs  # one run ends while another begins
        limits = self._worker.limits
        try:
            self._groups: cgroups.Groups | None = cgroups.Groups(
                self._count, limits.memory_bytes, limits.processes
            )
        except OSError:
            self._groups = None
        self._slots: queue.SimpleQueue[Slot | None] = queue.SimpleQueue()
        self._open: list[Slot] = []
        self._changing = threading.Lock()
        try:
            self._open_slots()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> WarmRunner:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """End the worker; a run that comes too late raises RuntimeError."""
        with self._changing:
            self._close_slots()
            self._slots.put(None)
            self._worker.close()
            if self._groups is not None:
                self._groups.close()

    def import_also(self, names: Iterable[str]) -> None:
        """Import more modules once, so that runs need not. They must be trusted ones."""
        with self._changing:
            self._worker.import_also(names)
            self._close_slots()
            self._open_slots()

    def run(
        self, steps: Sequence[Step], limits: Limits, *, data_type: str | None = None
    ) -> dict[str, StepResult]:
        """Run the steps in order in a fresh child; return a result for every step's key."""
        results: dict[str, StepResult] = {}
        deadline = time.monotonic() + limits.total_seconds
        with self._slot() as slot, self._place() as folder:
            channel, process = slot.start_run(folder)
            with _Child(channel, process, limits, data_type, self._tier) as child:
                for chunk in _chunks(steps):
                    child.send(chunk)
                    for step in chunk:
                        remaining = deadline - time.monotonic()
                        if child.dead or remaining <= 0:
                            results[step.key] = StepResult("not-run")
                        else:
                            seconds = min(limits.step_seconds, remaining)
                            results[step.key] = child.result(seconds)
        return results

    @contextlib.contextmanager
    def _slot(self) -> Iterator[Slot]:
        """A slot that no run uses. Raises RuntimeError after `close`."""
        slot = self._slots.get()
        if slot is None:
            self._slots.put(None)
            raise RuntimeError("the runner is closed")
        try:
            yield slot
        finally:
            self._slots.put(slot)

    def _open_slots(self) -> None:
        groups: list[list[Path]] = self._groups.folders if self._groups is not None else []
        for group in groups or [[]] * self._count:
            self._open.append(Slot(self._worker, group))
            self._slots.put(self._open[-1])

    def _close_slots(self) -> None:
        """Close every slot, each once its run is over."""
        for _ in range(len(self._open)):
            slot = self._slots.get()
            assert slot is not None
            slot.close()
        self._open.clear()

    @contextlib.contextmanager
    def _place(self) -> Iterator[Path | None]:
        """The folder of a run that has no file system of its own."""
        if self._tier == "namespaces":
            yield None
            return
        folder = self._worker.folder / "runs" / str(next(self._numbers))
        folder.mkdir()
        try:
            yield folder
        finally:
            _remove(folder)


def why_not(tier: Tier) -> str | None:
    """Why this machine does not offer a tier, or None when it does. Tries it."""
    if sys.platform != "linux":
        return "namespaces and Landlock are Linux's"
    with tempfile.TemporaryDirectory(prefix="certlab-try-") as folder:
        trial = cage.works if tier == "namespaces" else confined.works
        return trial(Path(folder))


class _Child:
    """One caged process and the socket to it."""

    def __init__(
        self,
        channel: socket.socket,
        process: int,
        limits: Limits,
        data_type: str | None,
        tier: Tier,
    ) -> None:
        self.dead = False
        self._tier = tier
        self._channel = channel
        self._process = process
        self._limits = limits
        self._data_type = data_type

    def __enter__(self) -> _Child:
        return self

    def __exit__(self, *exception: object) -> None:
        """Kill the process: all that it started ends with it."""
        self._signal(signal.SIGKILL)
        if self._tier == "landlock":
            self._wait_for_keeper()
        os.close(self._process)
        self._channel.close()

    def send(self, steps: Sequence[Step]) -> None:
        """Ask for steps to be run one after the other; each has its `result`."""
        request = {"sources": [step.source for step in steps], "data_type": self._data_type}
        with contextlib.suppress(OSError):  # a process that has ended; its results say so
            self._channel.settimeout(self._limits.step_seconds)
            send(self._channel, request)

    def result(self, seconds: float) -> StepResult:
        """What became of the next step, when it has ended."""
        started = time.monotonic()
        try:
            reply = self._reply(started + seconds)
        except TimeoutError:
            return self._interrupt(started)
        except (OSError, ValueError, KeyError, TypeError):
            reply = None
        if reply is None:
            self._end()
            return StepResult("died", seconds=time.monotonic() - started)
        return self._result(reply, time.monotonic() - started)

    def _reply(self, until: float) -> dict[str, Any] | None:
        most = self._limits.data_bytes + self._limits.output_bytes
        return receive(self._channel, most, until, _MOST_PARTS)

    def _interrupt(self, started: float) -> StepResult:
        """Time is up: ask the cell to stop; end the process when it does not."""
        self._signal(signal.SIGINT)
        try:
            if self._reply(time.monotonic() + _INTERRUPT_SECONDS) is None:
                self._end()
        except (OSError, ValueError):  # TimeoutError is an OSError
            self._end()
        return StepResult("timeout", seconds=time.monotonic() - started)

    def _result(self, reply: dict[str, Any], seconds: float) -> StepResult:
        data = reply.get("data")
        if not isinstance(data, list) or not all(isinstance(entry, str) for entry in data):
            self._end()
            return StepResult("died", seconds=seconds)
        if not isinstance(reply.get("output"), int) or reply["output"] > self._limits.output_bytes:
            return StepResult("flooded", seconds=seconds)
        ok = reply.get("status") == "ok"
        return StepResult(
            status="ok" if ok else "error",
            error="" if ok else str(reply.get("error", ""))[:_MAX_TEXT],
            error_name="" if ok else str(reply.get("error_name", ""))[:100],
            data=data,
            seconds=seconds,
        )

    def _wait_for_keeper(self) -> None:
        """Until the keeper has ended what is left of the run, and itself: it holds the channel."""
        until = time.monotonic() + _END_SECONDS
        with contextlib.suppress(OSError):
            while (remaining := until - time.monotonic()) > 0:
                self._channel.settimeout(remaining)
                if not self._channel.recv(1 << 16):
                    return

    def _end(self) -> None:
        self.dead = True
        self._signal(signal.SIGKILL)

    def _signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._process, number)


def _chunks(steps: Sequence[Step]) -> Iterator[list[Step]]:
    """Steps that can be sent together."""
    chunk: list[Step] = []
    for step in steps:
        chunk.append(step)
        if step.holds:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _remove(folder: Path) -> None:
    """Remove what a run left, however deep."""
    try:
        shutil.rmtree(folder, ignore_errors=True)
    except RecursionError:
        subprocess.run(["rm", "-rf", "--", folder], check=False, stderr=subprocess.DEVNULL)


def _process_from(channel: socket.socket) -> int:
    """The descriptor of a process that a forker sends. Raises OSError or IndexError.

    A descriptor of a process, unlike its number, cannot come to mean another one.
    """
    channel.settimeout(_FORK_SECONDS)
    _, descriptors, _, _ = socket.recv_fds(channel, 1, 1)
    return descriptors[0]


def _wait(process: int, seconds: float) -> bool:
    """Wait until the process behind a descriptor has ended; return whether it has."""
    ended = select.poll()
    ended.register(process, select.POLLIN)
    return bool(ended.poll(1_000 * seconds))


def _number_of(process: int) -> int:
    """The number by which this process knows the one behind a descriptor. Raises OSError."""
    text = Path(f"/proc/self/fdinfo/{process}").read_text(encoding="ascii")
    return int(text.split("Pid:")[1].split()[0])
