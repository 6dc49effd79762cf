"""Grades a folder of submissions, several at a time."""

from __future__ import annotations

import datetime
import stat
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path

from .grader import Grader
from .harmless import harmless
from .results import SubmissionResult
from .splice import MAX_BYTES


@dataclass(frozen=True)
class Submission:
    """A student's folder and the notebook in it, or why there is none."""

    student: str
    path: Path | None
    problem: str = ""


class NoSubmissions(Exception):
    """A folder without students' folders in it."""


def find_submissions(folder: Path, exercise_name: str) -> list[Submission]:
    """Find `<student>/<exercise>.ipynb` below `folder`. Raises NoSubmissions.

    A student's folder with a single notebook of another name counts as handed in.
    """
    if not folder.is_dir():
        raise NoSubmissions(f"{folder} is not a folder; give the one that holds <student>/…ipynb")
    students = sorted(
        path for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")
    )
    if not students:
        raise NoSubmissions(
            f"{folder} holds no student's folder; submissions are <student>/<exercise>.ipynb"
        )
    wanted = exercise_name.split("/")[-1] + ".ipynb"
    return [_find(student, wanted) for student in students]


@dataclass(frozen=True)
class Outcome:
    """What became of one submission of a batch."""

    student: str
    result: SubmissionResult | None  # None: the gradebook's row is of the same file and draws


def grade_batch(
    grader: Grader,
    submissions: Iterable[Submission],
    jobs: int = 2,
    *,
    recorded: Mapping[str, str] | None = None,
    own_seeds: Mapping[str, int] | None = None,
) -> Iterator[Outcome]:
    """Yield an outcome for every submission as it is ready. Raises OracleError before the first.

    `recorded` holds the keys that the gradebook has by student: what has the same key is kept.
    `own_seeds` are the seeds of the variants that students were given. No more submissions are in
    memory than are being graded.
    """
    recorded, own_seeds = recorded or {}, own_seeds or {}
    for seed in grader.seeds:
        grader.expected(seed)
    waiting: dict[Future[SubmissionResult | None], Submission] = {}
    with ThreadPoolExecutor(max_workers=jobs, thread_name_prefix="grade") as pool:
        try:
            for submission in submissions:
                student = submission.student
                future = pool.submit(
                    grade_one,
                    grader,
                    submission,
                    recorded.get(harmless(student)),
                    own_seeds.get(student),
                )
                waiting[future] = submission
                if len(waiting) >= 2 * jobs:
                    yield from _ready(waiting, grader)
            while waiting:
                yield from _ready(waiting, grader)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def grade_one(
    grader: Grader, submission: Submission, recorded: str | None, own_seed: int | None
) -> SubmissionResult | None:
    """Grade one submission; None when its key is the recorded one. Raises OracleError."""
    data, problem, submitted_at = b"", submission.problem, None
    if submission.path is not None:
        try:
            data = submission.path.read_bytes()
            changed = submission.path.stat().st_mtime
            submitted_at = datetime.datetime.fromtimestamp(changed, datetime.UTC)
        except OSError as error:
            problem = f"the file cannot be read ({error.strerror})"
    key = grader.key(problem.encode() if problem else data, own_seed)
    if key == recorded:
        return None
    if problem:
        result = grader.unreadable(submission.student, problem)
    else:
        result = grader.grade(submission.student, data, own_seed)
    return replace(result, key=key, submitted_at=submitted_at)


def _ready(
    waiting: dict[Future[SubmissionResult | None], Submission], grader: Grader
) -> Iterator[Outcome]:
    """Outcomes of what has been graded; waits for the first."""
    done, _ = wait(waiting, return_when=FIRST_COMPLETED)
    for future in done:
        submission = waiting.pop(future)
        yield Outcome(submission.student, _result(future, submission, grader))


def _find(folder: Path, wanted: str) -> Submission:
    if folder.is_symlink():  # to another student's, say
        return Submission(folder.name, None, "the student's folder is a link to another folder")
    path = folder / wanted
    if not path.exists() and not path.is_symlink():
        others = sorted(folder.glob("*.ipynb"))
        if len(others) != 1:
            found = f"{len(others)} other notebooks" if others else "no notebook"
            return Submission(folder.name, None, f"no {wanted} handed in ({found} in the folder)")
        path = others[0]
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode):
        return Submission(folder.name, None, "the notebook is a link to another file")
    if not stat.S_ISREG(mode):
        return Submission(folder.name, None, "the notebook is not a regular file")
    if path.stat().st_size > MAX_BYTES:
        size = path.stat().st_size / 1e6
        return Submission(folder.name, None, f"the file is too large ({size:.0f} MB)")
    return Submission(folder.name, path)


def _result(
    future: Future[SubmissionResult | None], submission: Submission, grader: Grader
) -> SubmissionResult | None:
    try:
        return future.result()
    except Exception as error:  # one submission never ends the batch, whatever it ran into
        # Without a key, so that the next run grades it again.
        return grader.unreadable(
            submission.student,
            f"grading failed ({type(error).__name__}: {error}); this is not the student's fault",
        )
