"""Control groups, and the slots of a worker that hold one each."""

from __future__ import annotations

import os
import signal
import socket
import threading
from pathlib import Path

import pytest

from certlab.execution import Limits, Step, cgroups
from certlab.execution.warm import NoCage, WarmRunner


def test_a_slot_makes_a_run_only_when_its_last_one_has_ended() -> None:
    """What is left of a run would count against the next one's memory."""
    try:
        runner = WarmRunner([], jobs=1)
    except NoCage as error:
        pytest.skip(f"no cage on this machine: {error}")
    with runner:
        slot = runner._slots.get()
        channel, process = slot.start_run(None)
        second: list[tuple[socket.socket, int]] = []
        starter = threading.Thread(target=lambda: second.append(slot.start_run(None)))
        starter.start()
        starter.join(0.3)
        assert second == []
        signal.pidfd_send_signal(process, signal.SIGKILL)
        starter.join(30)
        signal.pidfd_send_signal(second[0][1], signal.SIGKILL)
        for one, descriptor in ((channel, process), *second):
            one.close()
            os.close(descriptor)
        runner._slots.put(slot)


def test_all_processes_of_a_run_share_its_memory() -> None:
    if (reason := cgroups.why_not()) is not None:
        pytest.skip(f"no control groups here: {reason}")
    hungry = (
        "import os\n"
        "for _ in range(4):\n"
        "    if os.fork() == 0:\n"
        "        held = bytearray(1_500_000_000)\n"
        "        import time; time.sleep(30)\n"
        "for _ in range(4):\n"
        "    assert os.waitstatus_to_exitcode(os.wait()[1]) == 0\n"
    )
    try:
        with WarmRunner([], jobs=1) as runner:
            step = Step("hungry", hungry)
            result = runner.run([step], Limits(step_seconds=25, total_seconds=25))["hungry"]
    except NoCage as error:
        pytest.skip(f"no cage on this machine: {error}")
    assert result.status in ("error", "died")  # 6 GB in four processes, each within its own limit


def test_groups_of_a_grader_that_was_killed_are_removed() -> None:
    if (reason := cgroups.why_not()) is not None:
        pytest.skip(f"no control groups here: {reason}")
    own = cgroups.Groups(1, 1 << 30, 64)
    try:
        folder = Path(own.folders[0][0])
        left = folder.with_name("certlab-999999999-0-0")
        left.mkdir()
        cgroups.Groups(1, 1 << 30, 64).close()
        assert not left.exists()
        assert folder.exists()
    finally:
        own.close()
