"""The second tier, for machines without namespaces: Landlock, seccomp and limits.

It shares process numbers, the network's names and the disk with the machine, so that more must be
refused one by one. What it cannot hide: that a file exists, and how large it is.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from certlab.curriculum import Exercise
from certlab.execution import Limits, Step, StepResult
from certlab.execution.warm import NoCage
from certlab.grading.batch import find_submissions, grade_batch
from certlab.grading.grader import Grader
from certlab.grading.harmless import harmless
from certlab.grading.runners import Runner, runner

from .attack import HONEST
from .attacks import ATTACKS
from .check import LIMITS, SEEDS, check
from .target import POINTS

pytestmark = pytest.mark.slow
CHOSEN = {
    "values-number",
    "patches-publish",
    "protocol-answers-in-advance",
    "protocol-one-byte-at-a-time",
    "protocol-parts",
    "timing-interrupt-swallowed",
    "exhaustion-forks",
    "exhaustion-kill-the-group",
    "exhaustion-segfault",
    "exhaustion-memory",
    "exhaustion-daemon",
    "exhaustion-daemon-that-always-moves",
    "exhaustion-exit-at-once",
    "outside-others-limits",
    "outside-netlink",
    "markup-terminal",
}


@pytest.fixture(scope="module")
def run(target: Exercise) -> Iterator[Runner]:
    try:
        with runner([target], "landlock") as run:
            yield run
    except NoCage as error:
        pytest.skip(f"no Landlock on this machine: {error}")


@pytest.fixture(scope="module")
def victim() -> Iterator[subprocess.Popen[bytes]]:
    """A process of the same user, as the grader and other runs are."""
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) as process:
        yield process
        process.kill()


def one(run: Runner, source: str) -> StepResult:
    return run([Step("a", source)], Limits(5, 20))["a"]


def test_a_batch_of_chosen_attacks(run: Runner, target: Exercise, tmp_path: Path) -> None:
    attacks = [attack for attack in ATTACKS if attack.student in CHOSEN]
    assert len(attacks) == len(CHOSEN)
    for attack in (*HONEST, *attacks):
        attack.hand_in(target, tmp_path)
    grader = Grader(target, SEEDS, LIMITS, run)
    found = find_submissions(tmp_path, target.name)
    outcomes = grade_batch(grader, found, jobs=2)
    results = {outcome.student: outcome.result for outcome in outcomes if outcome.result}
    for attack in attacks:
        check(results[harmless(attack.student)], attack, [])
    for other in HONEST:
        assert results[other.student].score == sum(POINTS[name] for name in other.honest)


_CALL = "import ctypes\nlibc = ctypes.CDLL(None)\n"
ON_PROCESSES = {
    "kill": "import os\nos.kill({pid}, 9)",
    "stop": "import os\nos.kill({pid}, 19)",
    "ask whether it is there": "import os\nos.kill({pid}, 0)",
    "signal by descriptor": "import os, signal\nsignal.pidfd_send_signal(os.pidfd_open({pid}), 9)",
    "limit its time": "import resource\nresource.prlimit({pid}, resource.RLIMIT_CPU, (1, 1))",
    "read its limits": "import resource\nresource.prlimit({pid}, resource.RLIMIT_CPU)",
    "lower its priority": "import os\nos.setpriority(os.PRIO_PROCESS, {pid}, 19)",
    "lower its user's priority": "import os\nos.setpriority(os.PRIO_USER, 0, 19)",
    "move it to another processor": "import os\nos.sched_setaffinity({pid}, [0])",
    "make it idle": "import os\nos.sched_setscheduler({pid}, os.SCHED_IDLE, os.sched_param(0))",
    "trace": _CALL + "assert libc.ptrace(16, {pid}, 0, 0) == 0",
    "read its memory": "open('/proc/{pid}/mem', 'rb').read(1)",
    "read its environment": "open('/proc/{pid}/environ', 'rb').read(1)",
    "read its command": "open('/proc/{pid}/cmdline', 'rb').read(1)",
    "copy its descriptor": "import os\n"
    + _CALL
    + "assert libc.syscall(438, os.pidfd_open({pid}), 1, 0) >= 0",
    "list processes": "import os\nos.listdir('/proc')",
}


@pytest.mark.parametrize("name", ON_PROCESSES)
def test_other_processes_are_out_of_reach(
    run: Runner, victim: subprocess.Popen[bytes], name: str
) -> None:
    before = os.getpriority(os.PRIO_PROCESS, victim.pid), os.sched_getaffinity(victim.pid)
    result = one(run, ON_PROCESSES[name].format(pid=victim.pid))
    assert result.status == "error", result
    assert result.error_name in ("PermissionError", "AssertionError"), result
    assert victim.poll() is None
    assert (os.getpriority(os.PRIO_PROCESS, victim.pid), os.sched_getaffinity(victim.pid)) == before


ON_FILES = {
    "read": "open({path!r}).read()",
    "write": "open({path!r}, 'w')",
    "truncate": "import os\nos.truncate({path!r}, 0)",
    "delete": "import os\nos.unlink({path!r})",
    "rename": "import os\nos.rename({path!r}, 'mine')",
    "link": "import os\nos.link({path!r}, 'mine')",
    "read through a link": "import os\nos.symlink({path!r}, 'mine')\nopen('mine').read()",
    "list its folder": "import os\nos.listdir(os.path.dirname({path!r}))",
    "mode": "import os\nos.chmod({path!r}, 0)",
    "owner": "import os\nos.chown({path!r}, 1, 1)",
    "times": "import os\nos.utime({path!r}, (0, 0))",
    "attribute": "import os\nos.setxattr({path!r}, 'user.x', b'x')",
    "execute": "import subprocess\nsubprocess.run([{path!r}], check=True)",
    "a device": "import os\nos.mknod('disk', 0o60666, os.makedev(8, 0))",
    "a pipe beside it": "import os\nos.mkfifo({path!r} + '.pipe')",
    "another run's folder": "import os\nos.listdir('../..')",
    "a library's mode": "import os, numpy\nos.chmod(numpy.__file__, 0)",
    "a library": "import numpy\nopen(numpy.__file__, 'a')",
}


@pytest.mark.parametrize("name", ON_FILES)
def test_other_files_are_untouched(run: Runner, tmp_path: Path, name: str) -> None:
    path = tmp_path / "gradebook.db"
    path.write_text("marks")
    path.chmod(0o700)
    before = path.stat()
    result = one(run, ON_FILES[name].format(path=str(path)))
    assert result.status == "error", result
    assert result.error_name in ("PermissionError", "OSError"), result
    after = path.stat()
    assert path.read_text() == "marks"
    assert (after.st_mode, after.st_uid, after.st_mtime_ns) == (
        before.st_mode,
        before.st_uid,
        before.st_mtime_ns,
    )
    assert os.listdir(tmp_path) == ["gradebook.db"]


@pytest.mark.parametrize(
    "source",
    [
        "socket.socket(socket.AF_INET)",
        "socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)",
        "socket.socket(socket.AF_UNIX).connect('/run/docker.sock')",
        "socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b'x', '\\0abstract')",
        "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
    ],
)
def test_no_socket_can_be_made(run: Runner, source: str) -> None:
    result = one(run, f"import socket\n{source}")
    assert (result.status, result.error_name) == ("error", "PermissionError"), result


@pytest.mark.parametrize("number", [29, 64, 68, 240, 319], ids=["shm", "sem", "msg", "mq", "memfd"])
def test_no_memory_outlives_a_run(run: Runner, number: int) -> None:
    if os.uname().machine != "x86_64":
        pytest.skip("the numbers are x86-64's")
    for given in ("0x5254, 4096, 0o1600", "b'x', 0"):
        result = one(run, f"{_CALL}assert libc.syscall({number}, {given}) >= 0")
        assert result.error_name == "AssertionError", result


def test_that_a_file_exists_can_be_seen_and_no_more(run: Runner, tmp_path: Path) -> None:
    path = tmp_path / "gradebook.db"
    path.write_text("marks")
    assert one(run, f"import os\nassert os.stat({str(path)!r}).st_size == 5").status == "ok"


@pytest.mark.parametrize("moves", [False, True], ids=["stays", "always-moves"])
def test_a_daemon_and_its_files_end_with_the_run(run: Runner, tmp_path: Path, moves: bool) -> None:
    # Where processes are short, on a busy machine, a fork is tried again: a daemon that dies of
    # it would end in the run's own code and answer in its place.
    fork = (
        "def fork():\n    while True:\n        try:\n            return os.fork()\n"
        "        except BlockingIOError:\n            time.sleep(0.001)\n"
    )
    forks = "while True:\n        if fork(): os._exit(0)\n        "
    daemon = (
        f"import os, time\nplace = os.getcwd()\n{fork}if fork() == 0:\n    os.setsid()\n    "
        + (forks if moves else "while True:\n        ")
        + "open('alive', 'a').write('x'); time.sleep(0.001)\n"
        "time.sleep(0.3)\nraise ValueError(place)"
    )
    result = one(run, daemon)
    place = Path(result.error.removeprefix("ValueError: "))
    assert place.name == "work"
    assert not place.exists()  # it was removed, and nothing is left to make it again
    time.sleep(0.3)
    assert not place.exists()
    for process in filter(str.isdigit, os.listdir("/proc")):
        try:
            assert not os.readlink(f"/proc/{process}/cwd").startswith(str(place))
        except OSError:
            continue
