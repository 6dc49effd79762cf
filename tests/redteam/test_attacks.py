"""Every attack of the batch: no mark rises, nobody else is touched, the row says what happened."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from certlab.grading.harmless import harmless

from .attack import HONEST, Attack
from .attacks import ATTACKS
from .check import check
from .conftest import Batch
from .target import POINTS

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: f"{attack.family}-{attack.name}")
def test_attack(batch: Batch, attack: Attack) -> None:
    check(batch.results[harmless(attack.student)], attack, batch.hidden)

    # Others' marks and files are as they would be without it.
    for other in HONEST:
        assert batch.results[other.student].score == sum(POINTS[name] for name in other.honest)
        assert batch.results[other.student].status == "graded"
    assert batch.after == batch.before


def test_every_submission_has_its_row(batch: Batch) -> None:
    students = {harmless(attack.student) for attack in (*HONEST, *ATTACKS)}
    assert set(batch.results) == students
    assert len(students) == len(HONEST) + len(ATTACKS)


def test_the_graders_memory_stays_bounded(batch: Batch) -> None:
    assert batch.memory < 2e9


def test_no_process_outlives_the_batch(batch: Batch) -> None:
    assert not _running(b"certlab-redteam-daemon")


def _running(name: bytes) -> list[str]:
    found = []
    for process in filter(str.isdigit, os.listdir("/proc")):
        try:
            command = Path(f"/proc/{process}/cmdline").read_bytes()
        except OSError:
            continue
        if command.startswith(name):
            found.append(process)
    return found
