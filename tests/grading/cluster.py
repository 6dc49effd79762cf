"""Dask schedulers and workers to test with: real processes on this machine."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path


class Cluster:
    """A scheduler on a free port, and the workers that a test starts."""

    def __init__(self, folder: Path, *options: str) -> None:
        """`options` are the scheduler's."""
        self._folder = folder
        self._file = folder / "scheduler.json"
        self._processes: list[subprocess.Popen] = []
        self.scheduler = self._start(
            *("scheduler", "--port", "0", "--host", "127.0.0.1", *options),
            *("--scheduler-file", self._file),
        )
        self._wait(self._is_written, self.scheduler)
        self.address: str = json.loads(self._file.read_text("utf-8"))["address"]

    def worker(self, *options: str, nthreads: int = 1, **environment: str) -> subprocess.Popen:
        """Start a worker, without a nanny that would start it again; wait until it has come."""
        before = self._known()
        options = options or ("--no-nanny",)
        worker = self._start(
            *("worker", self.address, "--nthreads", str(nthreads), "--host", "127.0.0.1", *options),
            **environment,
        )
        self._wait(lambda: self._known() != before, worker)
        return worker

    def worker_processes(self) -> list[int]:
        """The numbers of the workers' processes, also of those that a nanny started."""
        with self._client() as client:
            return list(client.run(os.getpid, on_error="ignore").values())

    def certlab(self, *arguments: object) -> list[str]:
        """The command that grades on this cluster."""
        command = [sys.executable, "-m", "certlab.cli", *map(str, arguments)]
        return [*command, "--executor", "dask", "--scheduler", self.address]

    def log(self) -> str:
        return "\n".join(path.read_text("utf-8", "replace") for path in self._folder.glob("*.log"))

    def close(self) -> None:
        for process in reversed(self._processes):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _start(self, kind: str, *options: object, **environment: str) -> subprocess.Popen:
        module = f"distributed.cli.dask_{kind}"
        log = self._folder / f"{kind}-{len(self._processes)}.log"
        with log.open("wb") as stream:
            process = subprocess.Popen(
                [sys.executable, "-m", module, *map(str, options), "--no-dashboard"],
                stdout=stream,
                stderr=subprocess.STDOUT,
                cwd=self._folder,
                env=os.environ | environment,
                start_new_session=True,  # so that what it starts can be ended with it
            )
        self._processes.append(process)
        return process

    def _is_written(self) -> bool:
        """Whether the scheduler has written all of its file; the file is there before the text."""
        return self._file.is_file() and self._file.read_text("utf-8").endswith("\n}")

    def _known(self) -> set[str]:
        with self._client() as client:
            return set(client.nthreads())

    def _client(self):
        from distributed import Client

        return Client(self.address, set_as_default=False, timeout=60)

    def _wait(self, done, process: subprocess.Popen) -> None:
        deadline = time.monotonic() + 120
        while not done():
            assert process.poll() is None, self.log()
            assert time.monotonic() < deadline, self.log()
            time.sleep(0.2)
