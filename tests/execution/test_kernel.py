"""Cells run in a kernel under limits, whatever they do."""

from __future__ import annotations

import os
import time

from certlab.execution import Limits, Step, run_steps

LIMITS = Limits(step_seconds=30, total_seconds=60, output_bytes=200_000)


def run(*sources: str, limits: Limits = LIMITS, data_type: str | None = None) -> list:
    steps = [Step(str(number), source) for number, source in enumerate(sources)]
    return list(run_steps(steps, limits, data_type=data_type).values())


def test_goes_on_after_an_error_and_says_what_it_was() -> None:
    first, second, third = run("x = 1", "1 / 0", "assert x == 1")
    assert (first.status, second.status, third.status) == ("ok", "error", "ok")
    assert second.error == "ZeroDivisionError: division by zero"
    assert second.error_name == "ZeroDivisionError"


def test_an_endless_loop_is_interrupted_and_the_rest_runs() -> None:
    first, second = run("while True:\n    pass", "x = 1", limits=Limits(1, 30))
    assert (first.status, second.status) == ("timeout", "ok")


def test_a_loop_that_swallows_interrupts_is_killed() -> None:
    stubborn = (
        "import time\nwhile True:\n    try:\n        time.sleep(1)\n"
        "    except BaseException:\n        pass"
    )
    started = time.monotonic()
    first, second = run(stubborn, "x = 1", limits=Limits(1, 30))
    assert (first.status, second.status) == ("timeout", "not-run")
    assert time.monotonic() - started < 25


def test_the_whole_run_has_a_deadline() -> None:
    steps = ["import time; time.sleep(2)"] * 4
    results = run(*steps, limits=Limits(step_seconds=10, total_seconds=6))
    assert (results[0].status, results[-1].status) == ("ok", "not-run")


def test_a_dead_kernel_is_noticed() -> None:
    first, second = run("import os; os._exit(3)", "x = 1")
    assert (first.status, second.status) == ("died", "not-run")


def test_a_flood_of_output_is_cut_off() -> None:
    first, _ = run("print('x' * 1_000_000)", "x = 1")
    assert first.status == "flooded"


def test_input_is_refused() -> None:
    (only,) = run("input()")
    assert only.status == "error"
    assert only.error_name == "StdinNotImplementedError"


def test_wanted_data_comes_back_and_other_displays_do_not() -> None:
    source = (
        "from IPython.display import publish_display_data\n"
        "publish_display_data({'x/y': 'mine', 'text/plain': 'other'})\n"
        "publish_display_data({'text/plain': 'other'})"
    )
    (only,) = run(source, data_type="x/y")
    assert only.data == ["mine"]


def test_environment_is_a_short_allow_list() -> None:
    os.environ["CERTLAB_TEST_TOKEN"] = "secret"
    try:
        (only,) = run(
            "import os\n"
            "assert 'CERTLAB_TEST_TOKEN' not in os.environ\n"
            "assert os.environ['HOME'] != os.path.expanduser('~root')\n"
            "assert os.listdir() == []\n"
            "assert os.environ['OMP_NUM_THREADS'] == '1'"
        )
    finally:
        del os.environ["CERTLAB_TEST_TOKEN"]
    assert only.status == "ok", only.error


def test_what_a_cell_started_ends_with_the_kernel(tmp_path: object) -> None:
    marker = f"certlab-test-{os.getpid()}"
    (only,) = run(
        f"import subprocess; subprocess.Popen(['sleep', '300'], env={{'MARK': {marker!r}}})"
    )
    assert only.status == "ok"
    deadline = time.monotonic() + 5
    while marked_processes(marker) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not marked_processes(marker)


def marked_processes(marker: str) -> list[str]:
    found = []
    for process in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{process}/environ", "rb") as stream:
                if marker.encode() in stream.read():
                    found.append(process)
        except OSError:
            continue
    return found
