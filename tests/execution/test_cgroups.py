"""Control groups that runs take in turn."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest

from certlab.execution import cgroups

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="control groups are Linux's")


def test_a_group_is_taken_again_only_when_the_run_in_it_has_ended() -> None:
    if (reason := cgroups.why_not()) is not None:
        pytest.skip(f"no control groups here: {reason}")
    groups = cgroups.Groups(1, 1 << 30, 64)
    taken = threading.Event()
    try:
        with subprocess.Popen(["sleep", "60"]) as process:
            groups.give_back(groups.take(), os.pidfd_open(process.pid))
            taker = threading.Thread(target=lambda: (groups.take(), taken.set()))
            taker.start()
            assert not taken.wait(0.3)
            process.kill()
            assert taken.wait(30)
            taker.join()
    finally:
        groups.close()
