"""Runs cells in caged children of a warm worker: no start-up, no network, no view of the disk.

Linux only. What a child sends is data: a message that is too long, malformed or missing ends that
run and nothing else.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from . import cage
from .kernel import Limits, Step, StepResult, kernel_environment
from .worker import receive, send

_START_SECONDS = 120.0
_FORK_SECONDS = 20.0
_INTERRUPT_SECONDS = 2.0  # what a cell gets to answer an interrupt
_MAX_TEXT = 500


class NoCage(Exception):
    """This machine cannot cage; says why."""


class WarmRunner:
    """A worker and the folder that its children's roots are mounted over.

    Use as a context manager. `run` may be called from several threads.
    """

    def __init__(self, imports: Iterable[str], threads: int = 1) -> None:
        """Start a worker that imports `imports`. Raises NoCage."""
        if sys.platform != "linux":
            raise NoCage("namespaces are Linux's")
        self._folder = tempfile.TemporaryDirectory(prefix="certlab-warm-")
        root = Path(self._folder.name) / "root"
        root.mkdir()
        if (reason := cage.works(root)) is not None:
            self._folder.cleanup()
            raise NoCage(reason)
        home = Path(self._folder.name) / "home"
        home.mkdir()
        mine, theirs = socket.socketpair()
        self._control = mine
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "certlab.execution.worker", str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            env=kernel_environment(home, threads),
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        theirs.close()
        mine.settimeout(_START_SECONDS)
        try:
            send(mine, {"imports": sorted(imports), "root": str(root)})
            started = receive(mine, 1000)
        except (OSError, ValueError) as error:
            self.close()
            raise NoCage(f"the worker did not start ({error})") from error
        if started is None:
            self.close()
            raise NoCage("the worker ended while it started")

    def __enter__(self) -> WarmRunner:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """End the worker."""
        self._control.close()
        self._process.kill()
        self._process.wait()
        self._folder.cleanup()

    def run(
        self, steps: Sequence[Step], limits: Limits, *, data_type: str | None = None
    ) -> dict[str, StepResult]:
        """Run the steps in order in a fresh child; return a result for every step's key."""
        results: dict[str, StepResult] = {}
        deadline = time.monotonic() + limits.total_seconds
        with _Child(self._control, self._lock, limits, data_type) as child:
            for step in steps:
                remaining = deadline - time.monotonic()
                if child.dead or remaining <= 0:
                    results[step.key] = StepResult("not-run")
                else:
                    results[step.key] = child.run(step.source, min(limits.step_seconds, remaining))
        return results


class _Child:
    """One caged process and the socket to it."""

    def __init__(
        self,
        control: socket.socket,
        lock: threading.Lock,
        limits: Limits,
        data_type: str | None,
    ) -> None:
        self.dead = False
        self._limits = limits
        self._data_type = data_type
        self._channel, theirs = socket.socketpair()
        with lock:
            socket.send_fds(control, [b"f"], [theirs.fileno()])
        theirs.close()
        self._channel.settimeout(_FORK_SECONDS)
        # The first message comes from the child's keeper, before any untrusted code runs. A
        # descriptor of the process, unlike its number, cannot come to mean another one.
        said = receive(self._channel, 1000)
        if said is None:
            self._channel.close()
            raise RuntimeError("a caged process did not start; see `certlab doctor`")
        self._process = os.pidfd_open(said["pid"])

    def __enter__(self) -> _Child:
        return self

    def __exit__(self, *exception: object) -> None:
        """Kill the process, which is pid 1 of its namespace: all that it started ends with it."""
        self._signal(signal.SIGKILL)
        os.close(self._process)
        self._channel.close()

    def run(self, source: str, seconds: float) -> StepResult:
        """Run one cell."""
        started = time.monotonic()
        try:
            self._channel.settimeout(seconds)
            send(self._channel, {"source": source, "data_type": self._data_type})
            reply = self._reply(started + seconds)
        except TimeoutError:
            return self._interrupt(started)
        except (OSError, ValueError, KeyError, TypeError):
            self._end()
            return StepResult("died", seconds=time.monotonic() - started)
        if reply is None:
            self._end()
            return StepResult("died", seconds=time.monotonic() - started)
        return self._result(reply, time.monotonic() - started)

    def _reply(self, until: float) -> dict | None:
        self._channel.settimeout(max(until - time.monotonic(), 0.001))
        return receive(self._channel, self._limits.data_bytes + self._limits.output_bytes)

    def _interrupt(self, started: float) -> StepResult:
        """Time is up: ask the cell to stop; end the process when it does not."""
        self._signal(signal.SIGINT)
        try:
            if self._reply(time.monotonic() + _INTERRUPT_SECONDS) is None:
                self._end()
        except (OSError, ValueError):  # TimeoutError is an OSError
            self._end()
        return StepResult("timeout", seconds=time.monotonic() - started)

    def _result(self, reply: dict, seconds: float) -> StepResult:
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

    def _end(self) -> None:
        self.dead = True
        self._signal(signal.SIGKILL)

    def _signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._process, number)
