"""One batch with every attack in it and three honest students, graded once for all tests."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import pickle
import resource
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from certlab.curriculum import Exercise, read_exercise
from certlab.execution.warm import NoCage
from certlab.grading.batch import find_submissions, grade_batch
from certlab.grading.gradebook import Gradebook
from certlab.grading.grader import Grader
from certlab.grading.marks import marks as marks_of
from certlab.grading.reports import Context, write_reports
from certlab.grading.results import SubmissionResult
from certlab.grading.runners import runner

from .attack import HONEST
from .attacks import ATTACKS
from .check import LIMITS, SEEDS
from .target import SOURCE

MOST_SECONDS = 480.0  # nobody waits longer for a batch of this size; an endless one fails


@dataclass
class Batch:
    """What grading the batch gave."""

    folder: Path
    results: dict[str, SubmissionResult]
    hidden: list[str]  # what the solution's values look like in text
    before: dict[str, str]  # files of others and their hashes
    after: dict[str, str]
    seconds: float
    memory: int  # bytes that the grading process took more than before, at most


@pytest.fixture(scope="session")
def target(tmp_path_factory: pytest.TempPathFactory) -> Exercise:
    path = tmp_path_factory.mktemp("solution") / "exercise.py"
    path.write_text(SOURCE, "utf-8")
    return read_exercise(path, "target")


@pytest.fixture(scope="session")
def batch(target: Exercise, tmp_path_factory: pytest.TempPathFactory) -> Batch:
    """Graded by the first worker of the tests that asks; the others read what it found."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    kept = folder / "redteam.pickle"
    with (folder / "redteam.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            kept.write_bytes(pickle.dumps(_graded(target, folder / "redteam")))
    found = pickle.loads(kept.read_bytes())
    if isinstance(found, str):
        pytest.skip(found)
    return found


def _graded(target: Exercise, folder: Path) -> Batch | str:
    submissions = folder / "submissions"
    submissions.mkdir(parents=True)
    for attack in (*HONEST, *ATTACKS):
        attack.hand_in(target, submissions)
    (folder / "secret").write_text("RT7MARK-secret-of-the-course")
    before = _hashes(folder)
    book = Gradebook(str(folder / "gradebook.db"))
    results: dict[str, SubmissionResult] = {}
    hidden: list[str] = []
    failed: list[BaseException] = []

    def grade() -> None:
        try:
            with runner([target], "namespaces") as run:
                grader = Grader(target, SEEDS, LIMITS, run)
                for seed in SEEDS:
                    values = grader.expected(seed).values
                    hidden.extend((f"{values['probe-total-1']:.4f}", values["probe-text-1"]))
                found = find_submissions(submissions, target.name)
                for outcome in grade_batch(grader, found, jobs=2):
                    assert outcome.result is not None
                    book.record(outcome.result)
                    results[outcome.result.student] = outcome.result
        except BaseException as error:
            failed.append(error)

    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.monotonic()
    thread = threading.Thread(target=grade, daemon=True)
    thread.start()
    thread.join(MOST_SECONDS)
    assert not thread.is_alive(), f"still grading; {len(results)} results"
    if failed and isinstance(failed[0], NoCage):
        return f"no cage on this machine: {failed[0]}"
    if failed:
        raise failed[0]
    marks = marks_of(book.rows(), book.overrides())
    write_reports(marks, folder / "report", Context(submissions=submissions))
    book.close()
    return Batch(
        folder=folder,
        results=results,
        hidden=hidden,
        before=before,
        after=_hashes(folder, list(before)),
        seconds=time.monotonic() - started,
        memory=1024 * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory),
    )


def _hashes(folder: Path, names: list[str] | None = None) -> dict[str, str]:
    """The regular files below a folder with their contents' hashes."""
    if names is None:
        names = [os.path.join(place, name) for place, _, files in os.walk(folder) for name in files]
    found = {}
    for name in names:
        with contextlib.suppress(OSError):
            if os.path.isfile(name) and not os.path.islink(name) and os.path.getsize(name) < 2**30:
                found[name] = hashlib.sha256(Path(name).read_bytes()).hexdigest()
    return found
