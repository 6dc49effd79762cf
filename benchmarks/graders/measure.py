"""Runs commands and measures seconds and the memory of everything they start."""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

_SECONDS_BETWEEN = 0.4  # reading the memory of large processes takes milliseconds of their time


class ToolFailed(Exception):
    """A grader ended with an error; says which and its last words."""


@dataclass(frozen=True)
class Measured:
    """What a batch took."""

    seconds: float
    peak_mb: float  # sum of the proportional set sizes (PSS) of the whole process tree
    complete: bool  # whether the system let every process be looked at


def measure(
    commands: Sequence[list[str]], *, cwd: Path, env: dict[str, str] | None = None, jobs: int = 1
) -> Measured:
    """Run the commands, `jobs` at a time. Raises ToolFailed when one fails."""
    with watched_memory() as memory:
        started = time.perf_counter()
        with ThreadPoolExecutor(jobs) as pool:
            list(pool.map(lambda command: _run(command, cwd, env), commands))
        seconds = time.perf_counter() - started
    return Measured(seconds, memory.peak_mb, memory.complete)


class Memory:
    """The memory of all processes below this one."""

    def __init__(self) -> None:
        self.peak_mb = 0.0
        self.complete = True  # only root may look at caged processes

    def sample(self) -> float:
        """The sum now, in MB; remembers the largest."""
        total = sum(self._pss(process) for process in _below(os.getpid()))
        self.peak_mb = max(self.peak_mb, total / 1e6)
        return total / 1e6

    def _pss(self, process: int) -> int:
        """Bytes of a process; 0 for one that has ended or must not be looked at."""
        try:
            text = Path(f"/proc/{process}/smaps_rollup").read_text("ascii")
        except PermissionError:
            self.complete = False
            return 0
        except OSError:
            return 0
        return sum(
            int(line.split()[1]) * 1024 for line in text.splitlines() if line.startswith("Pss:")
        )


@contextlib.contextmanager
def watched_memory() -> Iterator[Memory]:
    """Sample the memory until the end of the block."""
    memory, over = Memory(), threading.Event()

    def watch() -> None:
        while not over.wait(_SECONDS_BETWEEN):
            memory.sample()

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield memory
    finally:
        over.set()
        thread.join()


def _run(command: list[str], cwd: Path, env: dict[str, str] | None) -> None:
    done = subprocess.run(
        command, cwd=cwd, env=env, capture_output=True, text=True, check=False, errors="replace"
    )
    if done.returncode:
        said = (done.stderr or done.stdout)[-2000:]
        raise ToolFailed(f"{' '.join(command[:6])} … ended with {done.returncode}:\n{said}")


def _below(process: int) -> Iterator[int]:
    try:
        threads = list(Path(f"/proc/{process}/task").iterdir())
    except OSError:  # ended in the meantime
        return
    for child in (int(word) for thread in threads for word in _words(thread / "children")):
        yield child
        yield from _below(child)


def _words(path: Path) -> list[str]:
    try:
        return path.read_text("ascii").split()
    except OSError:  # ended in the meantime
        return []
