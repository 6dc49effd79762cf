"""Grades a folder of submissions, several at a time."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from .grader import Grader
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


def grade_batch(
    grader: Grader, submissions: list[Submission], jobs: int = 2
) -> Iterator[SubmissionResult]:
    """Yield a result for every submission as it is ready. Raises OracleError before the first."""
    for seed in grader.seeds:
        grader.expected(seed)
    with ThreadPoolExecutor(max_workers=jobs, thread_name_prefix="grade") as pool:
        futures = {pool.submit(_grade_one, grader, entry): entry for entry in submissions}
        try:
            for future in as_completed(futures):
                yield _result(future, futures[future], grader)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


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


def _grade_one(grader: Grader, submission: Submission) -> SubmissionResult:
    if submission.path is None:
        return grader.unreadable(submission.student, submission.problem)
    try:
        data = submission.path.read_bytes()
    except OSError as error:
        return grader.unreadable(submission.student, f"the file cannot be read ({error.strerror})")
    return grader.grade(submission.student, data)


def _result(
    future: Future[SubmissionResult], submission: Submission, grader: Grader
) -> SubmissionResult:
    try:
        return future.result()
    except Exception as error:  # one submission never ends the batch, whatever it ran into
        return grader.unreadable(
            submission.student,
            f"grading failed ({type(error).__name__}: {error}); this is not the student's fault",
        )
