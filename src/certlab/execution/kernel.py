"""Runs a list of code cells in a fresh Jupyter kernel, going on after one fails.

A step that takes too long is interrupted; a kernel that does not answer the interrupt is killed,
and so is one that is still busy when the whole run's time is up. Nothing that the kernel sends is
interpreted here: text and data come back as they are, cut off at the limits.
"""

from __future__ import annotations

import contextlib
import os
import queue
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

StepStatus = Literal["ok", "error", "timeout", "died", "flooded", "not-run"]

_START_SECONDS = 60.0
_INTERRUPT_SECONDS = 2.0  # what a kernel gets to answer an interrupt
_POLL_SECONDS = 0.2
_ANSI = re.compile(r"\x1b\[[0-9;]*m")

# What a run needs of the environment. Everything else stays outside: names of accounts, tokens.
_INHERITED = ("PATH", "LANG", "LC_ALL", "TZ", "SYSTEMROOT", "TEMP", "TMP", "LD_LIBRARY_PATH")


@dataclass(frozen=True)
class Step:
    """One cell to run; `key` names it for the caller.

    What comes after a step that `holds` leaves the caller only once the step has ended: untrusted
    code should not find it lying about.
    """

    key: str
    source: str
    holds: bool = False


@dataclass(frozen=True)
class StepResult:
    """What became of a step."""

    status: StepStatus
    error: str = ""  # "ValueError: too short", without colours or traceback
    error_name: str = ""
    data: list[str] = field(default_factory=list)  # payloads of the wanted MIME type, in order
    seconds: float = 0.0


@dataclass(frozen=True)
class Limits:
    """How long a run may take and how much it may say."""

    step_seconds: float = 30.0
    total_seconds: float = 120.0
    output_bytes: int = 4_000_000  # text and display data of one step
    data_bytes: int = 50_000_000  # payloads of the wanted MIME type of one step


def run_steps(
    steps: Sequence[Step],
    limits: Limits,
    *,
    data_type: str | None = None,
    threads: int = 1,
    environment: dict[str, str] | None = None,
) -> dict[str, StepResult]:
    """Run the steps in order in a fresh kernel; return a result for every step's key.

    Results carry what the steps displayed under the MIME type `data_type`. The kernel works in
    an empty temporary folder and has another as its home; numerical libraries use `threads`.
    """
    results: dict[str, StepResult] = {}
    deadline = time.monotonic() + limits.total_seconds
    with _kernel(threads, environment or {}) as (manager, client):
        session = _Session(manager, client, limits, data_type)
        for step in steps:
            remaining = deadline - time.monotonic()
            if session.dead or remaining <= 0:
                results[step.key] = StepResult("not-run")
                continue
            results[step.key] = session.run(step.source, min(limits.step_seconds, remaining))
    return results


def private_manager(folder: Path) -> KernelManager:
    """A manager whose kernel is reached by sockets in `folder`, which only this user may open.

    The usual ports can be reached by everybody on the machine, and kernels warn about them. Paths
    of sockets must be short; Windows has none and keeps to ports.
    """
    transport = {} if os.name == "nt" else {"transport": "ipc", "ip": str(folder / "k")}
    return KernelManager(
        kernel_name="python3", connection_file=str(folder / "kernel.json"), **transport
    )


@contextlib.contextmanager
def _kernel(
    threads: int, environment: dict[str, str]
) -> Iterator[tuple[KernelManager, BlockingKernelClient]]:
    with tempfile.TemporaryDirectory(prefix="certlab-run-", ignore_cleanup_errors=True) as folder:
        private = Path(folder)
        manager = private_manager(private)
        home, work = private / "home", private / "work"
        home.mkdir()
        work.mkdir()
        manager.start_kernel(
            cwd=str(work),
            env=kernel_environment(home, threads) | environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        client = manager.blocking_client()
        try:
            client.start_channels()
            client.wait_for_ready(timeout=_START_SECONDS)
            yield manager, client
        finally:
            client.stop_channels()
            _end(manager)


def kernel_environment(home: Path, threads: int) -> dict[str, str]:
    """The environment of a process that runs cells: a short allow-list, and `home` as its home."""
    environment = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    environment["HOME"] = str(home)
    environment["PATH"] = os.pathsep.join(
        [str(Path(sys.executable).parent), environment.get("PATH", os.defpath)]
    )
    for variable in (
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "TF_NUM_INTRAOP_THREADS",
        "TF_NUM_INTEROP_THREADS",
    ):
        environment[variable] = str(threads)
    environment["MPLBACKEND"] = "agg"
    environment["PYTHONHASHSEED"] = "0"
    return environment


def _end(manager: KernelManager) -> None:
    """Kill the kernel and everything in its process group."""
    provisioner = manager.provisioner
    group = getattr(provisioner, "pgid", None)
    with contextlib.suppress(Exception):
        manager.shutdown_kernel(now=True)
    if group and hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)


class _Session:
    """A running kernel and what is left of it."""

    def __init__(
        self,
        manager: KernelManager,
        client: BlockingKernelClient,
        limits: Limits,
        data_type: str | None,
    ) -> None:
        self.dead = False
        self._manager = manager
        self._client = client
        self._limits = limits
        self._data_type = data_type

    def run(self, source: str, seconds: float) -> StepResult:
        started = time.monotonic()
        collected = _Collected(self._limits, self._data_type)
        message_id = self._client.execute(source, allow_stdin=False, stop_on_error=False)
        status = self._follow(message_id, collected, lambda: started + seconds)
        if status in ("timeout", "flooded"):
            self._manager.interrupt_kernel()
            until = time.monotonic() + _INTERRUPT_SECONDS
            after = self._follow(message_id, _Collected(self._limits, None), lambda: until)
            if after != "ok":
                self.dead = True
        elif status == "died":
            self.dead = True
        elif collected.error_name:
            status = "error"
        return StepResult(
            status=status,
            error=collected.error if status == "error" else "",
            error_name=collected.error_name if status == "error" else "",
            data=collected.data,
            seconds=time.monotonic() - started,
        )

    def _follow(
        self, message_id: str, collected: _Collected, deadline: Callable[[], float]
    ) -> StepStatus:
        """Read what the kernel says about a request until it is idle again, or time is up."""
        while True:
            remaining = deadline() - time.monotonic()
            if remaining <= 0:
                return "timeout"
            try:
                message = self._client.get_iopub_msg(timeout=min(_POLL_SECONDS, remaining))
            except queue.Empty:
                if not self._manager.is_alive():
                    return "died"
                continue
            if message["parent_header"].get("msg_id") != message_id:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "status" and content.get("execution_state") == "idle":
                return "ok"
            if not collected.add(kind, content):
                return "flooded"


class _Collected:
    """What one step said, within limits."""

    def __init__(self, limits: Limits, data_type: str | None) -> None:
        self.data: list[str] = []
        self.error = ""
        self.error_name = ""
        self._limits = limits
        self._data_type = data_type
        self._output_bytes = 0
        self._data_bytes = 0

    def add(self, kind: str, content: dict) -> bool:
        """Take in one message; False when a limit is passed."""
        if kind == "error":
            name = _plain_text(content.get("ename"), 100)
            text = _plain_text(content.get("evalue"), 500)
            self.error_name, self.error = name, f"{name}: {text}" if text else name
        elif kind == "stream":
            self._output_bytes += len(str(content.get("text", "")))
        elif kind in ("display_data", "execute_result", "update_display_data"):
            data = content.get("data")
            for mime, payload in data.items() if isinstance(data, dict) else ():
                size = len(payload) if isinstance(payload, str) else len(str(payload))
                if mime == self._data_type and isinstance(payload, str):
                    self._data_bytes += size
                    self.data.append(payload)
                else:
                    self._output_bytes += size
        return (
            self._output_bytes <= self._limits.output_bytes
            and self._data_bytes <= self._limits.data_bytes
        )


def _plain_text(value: object, most: int) -> str:
    text = _ANSI.sub("", str(value)) if value is not None else ""
    return text[:most]
