"""Caged children of a warm worker: they run cells as a kernel does, and reach nothing else."""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from certlab.execution import Limits, Step
from certlab.execution import warm as warm_module
from certlab.execution.kernel import kernel_environment
from certlab.execution.messages import send
from certlab.execution.warm import NoCage, Tier, WarmRunner

LIMITS = Limits(step_seconds=20, total_seconds=60, output_bytes=200_000, data_bytes=5_000_000)


@pytest.fixture(scope="module")
def caged() -> Iterator[WarmRunner]:
    yield from start("namespaces")


@pytest.fixture(scope="module")
def confined() -> Iterator[WarmRunner]:
    yield from start("landlock")


@pytest.fixture(params=["caged", "confined"])
def warm(request: pytest.FixtureRequest) -> WarmRunner:
    """A runner of each tier."""
    return request.getfixturevalue(request.param)


def start(tier: Tier) -> Iterator[WarmRunner]:
    try:
        with WarmRunner(["numpy"], tier) as runner:
            yield runner
    except NoCage as error:
        pytest.skip(f"this machine does not offer {tier}: {error}")


def run(warm: WarmRunner, *sources: str, limits: Limits = LIMITS) -> list:
    steps = [Step(str(number), source) for number, source in enumerate(sources)]
    return list(warm.run(steps, limits, data_type="x/y").values())


def shown(warm: WarmRunner, source: str) -> object:
    """What a cell sees as `seen`, sent out as JSON."""
    send = (
        "\nimport json\nfrom IPython.display import publish_display_data\n"
        "publish_display_data({'x/y': json.dumps(seen)})"
    )
    (result,) = run(warm, source + send)
    assert result.status == "ok", result.error
    return json.loads(result.data[0])


def test_goes_on_after_an_error_and_says_what_it_was(warm: WarmRunner) -> None:
    first, second, third = run(warm, "x = 1", "1 / 0", "assert x == 1")
    assert (first.status, second.status, third.status) == ("ok", "error", "ok")
    assert second.error == "ZeroDivisionError: division by zero"


def test_runs_know_nothing_of_each_other(warm: WarmRunner) -> None:
    run(warm, "import numpy; numpy.secret = 1; x = 1; open('left', 'w').write('x')")
    source = "import os, numpy\nseen = ['x' in globals(), hasattr(numpy, 'secret'), os.listdir()]"
    assert shown(warm, source) == [False, False, []]


def test_syntax_errors_magics_and_await(warm: WarmRunner) -> None:
    results = run(warm, "x =", "%time y = 1", "import asyncio\nawait asyncio.sleep(0)", "input()")
    assert [result.status for result in results] == ["error", "ok", "ok", "error"]
    assert results[0].error_name == "SyntaxError"


def test_an_endless_loop_is_interrupted_and_the_rest_runs(warm: WarmRunner) -> None:
    first, second = run(warm, "while True:\n    pass", "x = 1", limits=Limits(1, 30))
    assert (first.status, second.status) == ("timeout", "ok")


def test_a_loop_that_swallows_interrupts_is_killed(warm: WarmRunner) -> None:
    stubborn = (
        "import time\nwhile True:\n    try:\n        time.sleep(1)\n"
        "    except BaseException:\n        pass"
    )
    started = time.monotonic()
    first, second = run(warm, stubborn, "x = 1", limits=Limits(1, 30))
    assert (first.status, second.status) == ("timeout", "not-run")
    assert time.monotonic() - started < 20


def test_the_whole_run_has_a_deadline(warm: WarmRunner) -> None:
    steps = ["import time; time.sleep(2)"] * 4
    results = run(warm, *steps, limits=Limits(step_seconds=10, total_seconds=6))
    assert (results[0].status, results[-1].status) == ("ok", "not-run")


@pytest.mark.parametrize(
    "source",
    [
        "import os; os._exit(0)",
        "import ctypes; ctypes.string_at(0)",
        "import sys; sys.setrecursionlimit(10**9)\ndef f(): return f()\nf()",
    ],
)
def test_a_process_that_ends_costs_its_own_run_only(warm: WarmRunner, source: str) -> None:
    first, second = run(warm, source, "x = 1", limits=Limits(3, 20))
    assert first.status in ("died", "error", "timeout")
    assert second.status in ("not-run", "ok")
    (after,) = run(warm, "x = 1")
    assert after.status == "ok"


def test_packages_are_not_installed(warm: WarmRunner) -> None:
    (result,) = run(warm, "%pip install six")
    assert result.status == "error"
    assert "packages cannot be installed here" in result.error


def test_modules_can_be_imported_for_the_runs_to_come(warm: WarmRunner) -> None:
    source = "import sys; seen = 'wave' in sys.modules"
    assert shown(warm, source) is False
    warm.import_also(["wave", "no_such_module"])
    assert shown(warm, source) is True


def test_random_numbers_differ_between_runs(warm: WarmRunner) -> None:
    source = "import random, numpy\nseen = [random.random(), numpy.random.random()]"
    first, second = shown(warm, source), shown(warm, source)
    assert isinstance(first, list)
    assert isinstance(second, list)
    assert first[0] != second[0]
    assert first[1] != second[1]


def test_a_cell_sees_what_the_shell_gives(warm: WarmRunner) -> None:
    """Plain cells do not go through IPython; what they can see of it is there all the same."""
    assert shown(warm, "1 + 1\nseen = None") is None
    results = run(
        warm,
        "41",
        "assert _ == 41",
        "def f():\n    return 5",
        "import inspect; assert 'return 5' in inspect.getsource(f)",
        "from __future__ import annotations",
        "def g(x: nowhere): ...",
        "calls = []\nget_ipython().events.register('pre_run_cell', lambda info: calls.append(1))",
        "assert calls == [1]",
        "raise SystemExit(0)",
    )
    assert [result.status for result in results] == ["ok"] * 8 + ["error"]


def test_a_flood_of_output_is_cut_off(warm: WarmRunner) -> None:
    first, second = run(warm, "print('x' * 1_000_000)", "x = 1")
    assert (first.status, second.status) == ("flooded", "ok")


def test_several_runs_at_once(warm: WarmRunner) -> None:
    found: list[object] = []

    def one(number: int) -> None:
        found.append(shown(warm, f"import time; time.sleep(0.05); seen = {number}"))

    threads = [threading.Thread(target=one, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == list(range(8))


# ------------------------------------------------------------------------------ the cage


def test_sees_no_other_process_and_has_no_rights(caged: WarmRunner) -> None:
    source = (
        "import os\n"
        "status = open('/proc/self/status').read()\n"
        "seen = {'pids': [p for p in os.listdir('/proc') if p.isdigit()], 'pid': os.getpid(),\n"
        "        'caps': [l.split()[1] for l in status.splitlines() if l.startswith('Cap')],\n"
        "        'privs': 'NoNewPrivs:\\t1' in status}"
    )
    seen = shown(caged, source)
    assert isinstance(seen, dict)
    assert (seen["pid"], seen["pids"], seen["privs"]) == (1, ["1"], True)
    assert set(seen["caps"]) == {"0000000000000000"}


def test_sees_nothing_but_python_and_an_empty_folder(caged: WarmRunner, root: Path) -> None:
    hidden = [str(root / "curriculum"), str(root / "solutions"), str(root / ".git")]
    hidden += [str(Path.home() / ".ssh"), "/etc/passwd", "/var", "/home", "/sys", "/run"]
    source = f"import os\nseen = [path for path in {hidden!r} if os.path.exists(path)]"
    assert shown(caged, source) == []
    assert shown(caged, "import os; seen = [os.getcwd(), os.listdir()]") == ["/tmp/work", []]


def test_environment_is_short(warm: WarmRunner) -> None:
    assert set(shown(warm, "import os; seen = list(os.environ)")) <= {  # type: ignore[call-overload]
        "HOME",
        "LANG",
        "MPLBACKEND",
        "PATH",
        "TMPDIR",
    }


@pytest.mark.parametrize(
    "attack",
    [
        "open('/outside', 'w')",
        "import sys; open(sys.prefix + '/outside', 'w')",
        "import numpy; open(numpy.__file__, 'a')",
        "import socket; socket.create_connection(('127.0.0.1', 22), timeout=2)",
        "import socket; socket.create_connection(('1.1.1.1', 53), timeout=2)",
        "import socket; socket.socket(socket.AF_UNIX).connect('/run/docker.sock')",
        "import os; os.kill(-1, 9); raise OSError('nobody else to kill')",
        "import os; os.setuid(0)",
        "import os; os.chroot('/tmp')",
        "import ctypes; assert ctypes.CDLL(None).unshare(0x10000000) == 0",
        "import ctypes; assert ctypes.CDLL(None).mount(b'x', b'/tmp', b'tmpfs', 0, None) == 0",
        "import ctypes; assert ctypes.CDLL(None).ptrace(16, 1, 0, 0) == 0",
        "open('/proc/sys/kernel/pid_max', 'w').write('99999')",
        "open('/proc/1/mem', 'rb').read(1)",
        "open('/proc/sysrq-trigger', 'w').write('s')",
        "open('/proc/self/oom_score_adj', 'w').write('-1000')",
        "import os; os.chmod('/dev/null', 0o600)",
        "import os; os.utime('/dev/null')",
        "import ctypes; assert ctypes.CDLL(None).syscall(248, b'user', b'x', b'y', 1, -4) > 0",
        "import ctypes; assert ctypes.CDLL(None).setns(0, 0) == 0",
        "import socket; socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
        "x = bytearray(20 * 10**9)",
        "open('big', 'wb').write(b'x' * 10**9)",
        "fs = [open(f'f{n}', 'wb').write(b'x' * 10**8) for n in range(20)]",
        "import os; fds = [os.open('/dev/null', 0) for _ in range(10_000)]",
        "import os; os.fdopen(os.open('/dev/kmsg', 0))",
    ],
)
def test_what_is_refused(caged: WarmRunner, attack: str) -> None:
    (result,) = run(caged, attack)
    assert result.status in ("error", "died"), attack


@pytest.mark.parametrize(
    "attack",
    [
        "open('/etc/passwd').read()",
        "import os; os.listdir('/')",
        "import os; os.listdir(os.path.expanduser('~root'))",
        "open('/tmp/outside', 'w')",
        "import sys; open(sys.prefix + '/outside', 'w')",
        "open('/proc/self/environ').read()",
        "import os; open(f'/proc/{os.getppid()}/environ').read()",
        "import os; os.kill(os.getppid(), 9)",
        "import socket; socket.socket(socket.AF_INET)",
        "import socket; socket.socket(socket.AF_UNIX)",
        "import os; os.setuid(0); os.listdir('/root')",
        "import ctypes; assert ctypes.CDLL(None).ptrace(16, 1, 0, 0) == 0",
        "import ctypes; assert ctypes.CDLL(None).unshare(0x10000000) == 0",
        "x = bytearray(20 * 10**9)",
        "open('big', 'wb').write(b'x' * 10**9)",
    ],
)
def test_what_the_second_tier_refuses(confined: WarmRunner, attack: str) -> None:
    (result,) = run(confined, attack)
    assert result.status in ("error", "died"), attack


@pytest.fixture(params=["tmp_path", "home"])
def packaged(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """This package with a course inside, as a wheel installs it; under /tmp and elsewhere."""
    folder = tmp_path
    if request.param == "home":
        folder = Path(tempfile.mkdtemp(prefix="certlab-packaged-", dir="/var/tmp"))
    package = shutil.copytree(Path(warm_module.__file__).parents[1], folder / "certlab")
    solution = package / "course" / "curriculum" / "exercise.py"
    solution.parent.mkdir(parents=True)
    solution.write_text("answer = 42\n")
    (package / "lib64").symlink_to(".")  # as in a virtual environment: another way to the same
    yield package
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize("tier", ["namespaces", "landlock"])
def test_the_course_in_a_wheel_is_not_read(
    packaged: Path, tier: Tier, monkeypatch: pytest.MonkeyPatch
) -> None:
    def environment(home: Path, threads: int) -> dict[str, str]:
        return kernel_environment(home, threads) | {"PYTHONPATH": str(packaged.parent)}

    monkeypatch.setattr(warm_module, "kernel_environment", environment)
    look = (
        "import os, certlab, certlab.datasets\n"
        "def read(name):\n    try:\n        return open(name).read()[:11]\n"
        "    except OSError as error:\n        return type(error).__name__\n"
        "top = os.path.dirname(certlab.__file__)\n"
        "solution = '/course/curriculum/exercise.py'\n"
        "seen = [top, read(top + '/cli.py'), read(top + solution), read(top + '/lib64' + solution)]"
    )
    for runner in start(tier):
        top, own, *course = shown(runner, look)
        assert top == str(packaged)
        assert own == (packaged / "cli.py").read_text()[:11]
        assert set(course) <= {"FileNotFoundError", "PermissionError"}


def test_a_confined_run_has_a_folder_of_its_own(confined: WarmRunner) -> None:
    assert shown(confined, "import os\nopen('x', 'w').write('1'); seen = os.listdir()") == ["x"]
    assert shown(confined, "import os; seen = [os.listdir(), os.listdir(os.environ['HOME'])]") == [
        [],
        [],
    ]


def test_a_fork_bomb_ends_with_its_run(warm: WarmRunner) -> None:
    bomb = "import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass"
    started = time.monotonic()
    run(warm, bomb, limits=Limits(2, 10))
    assert time.monotonic() - started < 30
    (after,) = run(warm, "x = 1")
    assert after.status == "ok"


def test_a_daemon_ends_with_its_run(warm: WarmRunner) -> None:
    name = f"certlab-daemon-{os.getpid()}"
    daemon = (
        "import os, time\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    if os.fork() == 0:\n"
        f"        os.execv('/bin/sh', ['{name}', '-c', 'sleep 300; true'])\n"
        "    os._exit(0)\n"
        "time.sleep(0.5)"
    )
    (result,) = run(warm, daemon)
    assert result.status == "ok"
    deadline = time.monotonic() + 10
    while running(name) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not running(name)


def running(name: str) -> bool:
    for process in filter(str.isdigit, os.listdir("/proc")):
        try:
            command = Path(f"/proc/{process}/cmdline").read_bytes()
        except OSError:
            continue
        if command.startswith(name.encode()):
            return True
    return False


@pytest.mark.parametrize(
    "forged",
    [
        b"\xff\xff\xff\xff",  # a message of four gigabytes
        b"\x00\x00\x00\x02no",  # no JSON
        b"\x00\x00\x00\x02[]",  # no object
        b"\x00\x00\x00\x02{}",  # nothing in it
        b'\x00\x00\x00\x1a{"data": 5, "status": "ok"}'[:30],
        b"\x00",
        b"",
    ],
)
def test_forged_messages_end_the_run_and_nothing_else(warm: WarmRunner, forged: bytes) -> None:
    source = (
        "import os\nfor descriptor in range(3, 64):\n    try:\n"
        f"        os.write(descriptor, {forged!r})\n        os.close(descriptor)\n"
        "    except OSError:\n        pass\nos._exit(0)"
    )
    first, second = run(warm, source, "x = 1", limits=Limits(5, 20))
    assert first.status in ("died", "flooded", "timeout", "error")
    assert second.status in ("not-run", "died", "error", "timeout")
    (after,) = run(warm, "x = 1")
    assert after.status == "ok"


# ------------------------------------------------------------------------------ what is lost


def test_a_slot_that_is_lost_is_replaced(warm: WarmRunner) -> None:
    slot = warm._slots.get()
    assert slot is not None
    signal.pidfd_send_signal(slot._process, signal.SIGKILL)
    warm._slots.put(slot)
    for _ in range(2 * warm._count):
        assert run(warm, "x = 1")[0].status == "ok"


def test_a_worker_that_is_lost_is_named_and_another_one_takes_over() -> None:
    from certlab.grading.runners import runner

    try:
        with runner([], "namespaces") as chosen:
            step = Step("one", "x = 1")
            assert chosen([step], LIMITS)["one"].status == "ok"
            for _ in range(3):
                _kill_worker(chosen._warm)  # type: ignore[attr-defined]
                assert chosen([step], LIMITS)["one"].status == "ok"
            _kill_worker(chosen._warm)  # type: ignore[attr-defined]
            with pytest.raises(NoCage, match="4 times in this batch"):
                chosen([step], LIMITS)
    except NoCage as error:
        pytest.skip(f"no cage on this machine: {error}")


def _kill_worker(runner: WarmRunner) -> None:
    """Kill the first process of the worker's namespace, and so all of them."""
    children = Path(
        f"/proc/{runner._worker._process.pid}/task/{runner._worker._process.pid}/children"
    )
    os.kill(int(children.read_text()), signal.SIGKILL)


def test_a_run_that_comes_too_late_is_refused() -> None:
    try:
        runner = WarmRunner([])
    except NoCage as error:
        pytest.skip(f"no cage on this machine: {error}")
    runner.close()
    with pytest.raises(RuntimeError, match="closed"):
        run(runner, "x = 1")


def test_an_interrupt_at_the_terminal_does_not_reach_the_worker(warm: WarmRunner) -> None:
    assert os.getsid(warm._worker._process.pid) != os.getsid(0)


def test_folders_without_end_are_removed(confined: WarmRunner) -> None:
    (result,) = run(confined, "import os\nfor _ in range(3_000):\n    os.mkdir('d'); os.chdir('d')")
    assert result.status == "ok"
    assert os.listdir(confined._worker.folder / "runs") == []


def test_a_confined_run_ends_with_its_grader() -> None:
    """As after a SIGKILL of the grader: the other ends of all channels are closed."""
    try:
        runner = WarmRunner([], "landlock", jobs=1)
    except NoCage as error:
        pytest.skip(f"this machine does not offer landlock: {error}")
    slot = runner._slots.get()
    assert slot is not None
    folder = runner._worker.folder / "runs" / "left"
    folder.mkdir()
    channel, process = slot.start_run(folder)
    sleeping = {"sources": ["import time; time.sleep(300)"], "data_type": None}
    send(channel, sleeping)
    time.sleep(0.5)
    channel.close()
    ended = select.poll()
    ended.register(process, select.POLLIN)
    assert ended.poll(20_000)
    os.close(process)
    runner._slots.put(slot)
    runner.close()


def test_what_is_mounted_below_python_is_read_only(tmp_path: Path) -> None:
    """A volume below the environment, say: the view must not leave it writable."""
    if os.getuid() != 0:
        pytest.skip("mounting needs root")
    script = """
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
assert libc.unshare(0x00020000) == 0
assert libc.mount(None, b"/", None, ctypes.c_ulong(16384 | (1 << 18)), None) == 0
place = os.path.join(sys.prefix, "share").encode()
assert libc.mount(b"tmpfs", place, b"tmpfs", ctypes.c_ulong(0), None) == 0
from certlab.execution import Limits, Step
from certlab.execution import warm as warm_module
from certlab.execution.kernel import kernel_environment
from certlab.execution.warm import WarmRunner
with WarmRunner([]) as runner:
    planted = Step("planted", "import sys; open(sys.prefix + '/share/planted', 'w')")
    print(runner.run([planted], Limits())["planted"].error)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    if "NoCage" in done.stderr:
        pytest.skip(f"no cage on this machine: {done.stderr.splitlines()[-1]}")
    assert "Read-only file system" in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize("first", ["certlab.execution.engine", "papermill"])
def test_engine_and_papermill_may_be_imported_in_either_order(first: str) -> None:
    code = (
        f"import sys, {first}, papermill, papermill.engines as engines\n"
        "engine = engines.papermill_engines.get_engine('warm')\n"
        "print('certlab.execution.engine' in sys.modules, engine.nb_language)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.startswith(str(first != "papermill")), done.stderr
    assert "WarmEngine" in done.stdout
