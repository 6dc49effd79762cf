"""What grading on a Dask cluster costs for each submission, measured on this machine.

    python benchmarks/scale.py [--only light] [--few 20] [--many 300] [--draws 3] [--json FILE]

Starts a scheduler and two workers of one thread each, and grades batches of two sizes; their
difference is what a further submission costs, free of start-up. Costs are seconds of processor
time, counted by control groups, because seconds on the clock depend on what else the machine does:
coordinator, scheduler and workers each run in a group of their own (Linux; root, or a group that
may be written to). The assignment `nothing` is `light` with files that are no notebooks: what is
left is the cost of handing submissions round. The coordinator's traffic goes through a port that
counts it. docs/scale.md shows what came out, and what it means for 100,000 submissions.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil
from graders.students import load_assignment, make_students

from certlab.build import exercise_notebook
from certlab.curriculum.cells import BUILT_KEY

ASSIGNMENTS = Path(__file__).parent / "assignments"
CGROUPS = Path("/sys/fs/cgroup")
WORKERS = 2


@dataclass(frozen=True)
class Batch:
    """One batch: seconds of processor time by role, bytes, and the file that came of it."""

    submissions: int
    wall: float
    coordinator: float
    scheduler: float
    workers: float
    to_cluster: int
    from_cluster: int
    gradebook: int


class Group:
    """A control group that counts the processor time of everything started in it."""

    def __init__(self, name: str) -> None:
        first = CGROUPS / "cpuacct"
        self._folder = (
            first if first.is_dir() else CGROUPS
        ) / f"certlab-scale-{os.getpid()}-{name}"
        self._folder.mkdir()

    def enter(self) -> None:
        """Move the calling process into the group."""
        (self._folder / "cgroup.procs").write_text(str(os.getpid()))

    def seconds(self) -> float:
        """Processor time so far."""
        old = self._folder / "cpuacct.usage"
        if old.is_file():
            return int(old.read_text()) / 1e9
        return int((self._folder / "cpu.stat").read_text().split()[1]) / 1e6

    def remove(self) -> None:
        """Give the group back, once its processes have ended."""
        for _ in range(50):
            with contextlib.suppress(OSError):
                return self._folder.rmdir()
            time.sleep(0.1)


class CountingPort:
    """Passes connections on to a port and counts the bytes."""

    def __init__(self, target: int) -> None:
        self.sent = self.received = 0
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            near, _ = self._listener.accept()
            far = socket.create_connection(("127.0.0.1", self._target))
            for one, other, name in ((near, far, "sent"), (far, near, "received")):
                threading.Thread(target=self._pass, args=(one, other, name), daemon=True).start()

    def _pass(self, one: socket.socket, other: socket.socket, name: str) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(1 << 16):
                setattr(self, name, getattr(self, name) + len(data))
                other.sendall(data)
        with contextlib.suppress(OSError):
            other.shutdown(socket.SHUT_WR)


class Memory:
    """The largest sizes seen in the processes of the workers, in MB."""

    def __init__(self, workers: list[int]) -> None:
        self.peak = {
            "dask_worker_rss": 0.0,
            "warm_parent_rss": 0.0,
            "run_own": 0.0,
            "tree_pss": 0.0,
        }
        self._workers = workers
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while True:
            for worker in self._workers:
                with contextlib.suppress(psutil.Error, OSError):
                    self._look(psutil.Process(worker))
            time.sleep(1.0)

    def _look(self, worker: psutil.Process) -> None:
        below = worker.children(recursive=True)
        total = worker.memory_full_info().pss
        self._note("dask_worker_rss", worker.memory_info().rss)
        for process in below:
            with contextlib.suppress(psutil.Error, OSError):
                memory = process.memory_full_info()
                total += memory.pss
                is_parent = bool(process.children())
                self._note(
                    *(("warm_parent_rss", memory.rss) if is_parent else ("run_own", memory.uss))
                )
        self._note("tree_pss", total)

    def _note(self, name: str, size: int) -> None:
        self.peak[name] = max(self.peak[name], size / 1e6)


def main() -> None:
    """Measure the assignments that the options name, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="*", default=["light", "deep"])
    parser.add_argument("--few", type=int, default=20)
    parser.add_argument("--many", type=int, default=300)
    parser.add_argument("--draws", type=int, default=3)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    found = {}
    for name in options.only:
        found[name] = measure(name, options.few, options.many, options.draws)
        print(name, json.dumps(found[name], indent=1), flush=True)
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n", "utf-8")


def measure(name: str, few: int, many: int, draws: int) -> dict:
    """Grade two batches of an assignment; return both, and what one more submission costs."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        source = ASSIGNMENTS / ("light" if name == "nothing" else name) / "exercise.py"
        with cluster(folder) as (port, groups, workers):
            memory = Memory(workers)
            batches = []
            for place, count in (("first", few), ("few", few), ("many", many)):
                size = hand_in(name, count, folder / place)
                batches.append(grade(source, folder / place, port, groups, draws))
            again = grade(source, folder / "many", port, groups, draws)
    _, one, other = batches  # the first one also makes the workers import the grader
    more = other.submissions - one.submissions
    each = {
        key: (value - getattr(one, key)) / more
        for key, value in asdict(other).items()
        if key not in ("submissions", "gradebook", "wall")
    }
    return {
        "batches": [asdict(batch) for batch in (*batches, again)],
        "each": each,
        "kept_coordinator": again.coordinator,
        "notebook_bytes": size,
        "per_minute_and_core": 60 / each["workers"],
        "gradebook_bytes_per_1000": (other.gradebook - one.gradebook) / more * 1000,
        "memory_mb": memory.peak,
    }


def hand_in(name: str, count: int, folder: Path) -> float:
    """Write the submissions of students that a seed fixes; return a notebook's mean size."""
    broken = name == "nothing"
    assignment = load_assignment(ASSIGNMENTS / ("light" if broken else name))
    handed_out = exercise_notebook(assignment.exercise)
    total = 0
    for student in make_students(assignment, count, 1):
        notebook = json.loads(json.dumps(handed_out))
        for cell in notebook["cells"]:
            if (question := cell["metadata"].get(BUILT_KEY, {}).get("question")) is not None:
                cell["source"] = student.answers[question]
        path = folder / "submissions" / student.name / f"{assignment.name}.ipynb"
        path.parent.mkdir(parents=True)
        text = json.dumps(notebook)
        total += path.write_text(text[:-1] if broken else text, "utf-8")
    return total / count


@contextlib.contextmanager
def cluster(folder: Path) -> Iterator[tuple[int, dict[str, Group], list[int]]]:
    """A scheduler and its workers; yields the scheduler's port, groups and the workers' ids."""
    groups = {name: Group(name) for name in ("coordinator", "scheduler", "workers")}
    file = folder / "scheduler.json"
    options = ["--host", "127.0.0.1", "--no-dashboard"]
    processes = []

    def start(kind: str, group: str, *more: str) -> int:
        command = [sys.executable, "-m", f"distributed.cli.dask_{kind}", *more, *options]
        log = (folder / f"{kind}.log").open("ab")
        processes.append(
            subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                cwd=folder,
                start_new_session=True,
                preexec_fn=groups[group].enter,
            )
        )
        return processes[-1].pid

    try:
        start("scheduler", "scheduler", "--port", "0", "--scheduler-file", str(file))
        while not file.is_file():
            time.sleep(0.1)
        port = int(json.loads(file.read_text("utf-8"))["address"].rpartition(":")[2])
        address = f"tcp://127.0.0.1:{port}"
        one = [address, "--nthreads", "1", "--no-nanny"]
        yield port, groups, [start("worker", "workers", *one) for _ in range(WORKERS)]
    finally:
        for process in reversed(processes):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        for group in groups.values():
            group.remove()


def grade(source: Path, folder: Path, port: int, groups: dict[str, Group], draws: int) -> Batch:
    """Grade the submissions in a folder; what the gradebook there has is kept."""
    counting = CountingPort(port)
    before = {name: group.seconds() for name, group in groups.items()}
    started = time.monotonic()
    command = [sys.executable, "-m", "certlab.cli", "grade", str(source), "submissions", "--json"]
    command += ["--executor", "dask", "--scheduler", f"tcp://127.0.0.1:{counting.port}"]
    command += ["--draws", str(draws), "--secret", str(folder.parent / "secret")]
    done = subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=groups["coordinator"].enter,
    )
    if done.returncode not in (0, 3):  # 3: some could not be read
        sys.exit(f"scale: certlab grade ended with {done.returncode}:\n{done.stderr[-2000:]}")
    wall = time.monotonic() - started
    time.sleep(2)  # the workers close what they opened
    after = {name: group.seconds() - before[name] for name, group in groups.items()}
    rows = len(done.stdout.splitlines())
    size = (folder / "gradebook.db").stat().st_size
    return Batch(
        rows,
        wall,
        **after,
        to_cluster=counting.sent,
        from_cluster=counting.received,
        gradebook=size,
    )


if __name__ == "__main__":
    main()
