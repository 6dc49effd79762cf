"""Finds submissions, and grades them several at a time on this machine."""

from __future__ import annotations

import datetime
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path

from certlab import storage

from .grader import Grader
from .harmless import harmless
from .results import SubmissionResult
from .runners import NoCage
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
    """Find `<student>/<exercise>.ipynb` below `folder`. Raises NoSubmissions, StorageError.

    A student's folder with a single notebook of another name counts as handed in.
    """
    return find_all(folder, [exercise_name])[exercise_name]


def find_all(folder: Path, exercise_names: Sequence[str]) -> dict[str, list[Submission]]:
    """What `find_submissions` finds for each of several exercises; a store is listed once."""
    wanted = {name: name.split("/")[-1] + ".ipynb" for name in exercise_names}
    if storage.is_remote(folder):
        students = _students_in_store(folder)
        return {
            name: [
                _find_in_store(folder, student, files, file_name)
                for student, files in sorted(students.items())
            ]
            for name, file_name in wanted.items()
        }
    folders = _students(folder)
    return {
        name: [_find(student, file_name) for student in folders]
        for name, file_name in wanted.items()
    }


@dataclass(frozen=True)
class Outcome:
    """What became of one submission of a batch."""

    student: str
    result: SubmissionResult | None  # None: the gradebook's row is of the same file and draws


@dataclass(frozen=True)
class Received:
    """A submission's file as it was read, or why it could not be."""

    data: bytes = b""
    problem: str = ""
    submitted_at: datetime.datetime | None = None

    @property
    def basis(self) -> bytes:
        """What a result rests on, for the grader's key."""
        return self.problem.encode() if self.problem else self.data


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


def receive(submission: Submission) -> Received:
    """Read a submission's file; what is wrong with it becomes the row's reason.

    Raises StorageError: a store that does not answer is no fault of the student's.
    """
    if submission.path is None:
        return Received(problem=submission.problem)
    try:
        content = storage.read(submission.path, MAX_BYTES)
    except storage.TooLarge as error:
        return Received(problem=str(error))
    except OSError as error:
        return Received(problem=f"the file cannot be read ({error.strerror or 'it is gone'})")
    return Received(content.data, submitted_at=content.changed)


def grade_one(
    grader: Grader, submission: Submission, recorded: str | None, own_seed: int | None
) -> SubmissionResult | None:
    """Grade one submission; None when its key is the recorded one. Raises OracleError."""
    received = receive(submission)
    if grader.key(received.basis, own_seed) == recorded:
        return None
    return grade_received(grader, submission.student, received, own_seed)


def grade_received(
    grader: Grader, student: str, received: Received, own_seed: int | None
) -> SubmissionResult:
    """Grade one file that has been read. Raises OracleError."""
    if received.problem:
        result = grader.unreadable(student, received.problem)
    else:
        result = grader.grade(student, received.data, own_seed)
    key = grader.key(received.basis, own_seed)
    return replace(result, key=key, submitted_at=received.submitted_at)


def not_graded(grader: Grader, student: str, reason: str) -> SubmissionResult:
    """The row of a submission that grading failed on; without a key, so that it is tried again."""
    return grader.unreadable(student, f"grading failed ({reason}); this is not the student's fault")


def _ready(
    waiting: dict[Future[SubmissionResult | None], Submission], grader: Grader
) -> Iterator[Outcome]:
    """Outcomes of what has been graded; waits for the first."""
    done, _ = wait(waiting, return_when=FIRST_COMPLETED)
    for future in done:
        submission = waiting.pop(future)
        yield Outcome(submission.student, _result(future, submission, grader))


def _students(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise NoSubmissions(f"{folder} is not a folder; give the one that holds <student>/…ipynb")
    students = sorted(
        path for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")
    )
    if not students:
        raise NoSubmissions(
            f"{folder} holds no student's folder; submissions are <student>/<exercise>.ipynb"
        )
    return students


def _students_in_store(folder: Path) -> dict[str, dict[str, int]]:
    """The sizes of the files in each student's folder, by their names."""
    students: dict[str, dict[str, int]] = {}
    for entry in storage.files_below(folder):
        student, *rest = entry.parts
        if rest and student and not student.startswith("."):
            files = students.setdefault(student, {})
            if len(rest) == 1:
                files[rest[0]] = entry.size
    if not students:
        raise NoSubmissions(
            f"{folder} holds no student's folder; submissions are <student>/<exercise>.ipynb"
        )
    return students


def _find_in_store(folder: Path, student: str, files: Mapping[str, int], wanted: str) -> Submission:
    name = wanted
    if wanted not in files:
        others = [name for name in files if name.endswith(".ipynb")]
        if len(others) != 1:
            return Submission(student, None, _not_handed_in(wanted, len(others)))
        name = others[0]
    if files[name] > MAX_BYTES:
        return Submission(student, None, str(storage.TooLarge(files[name])))
    return Submission(student, folder / student / name)


def _find(folder: Path, wanted: str) -> Submission:
    if folder.is_symlink():  # to another student's, say
        return Submission(folder.name, None, "the student's folder is a link to another folder")
    path = folder / wanted
    if not path.exists() and not path.is_symlink():
        others = sorted(folder.glob("*.ipynb"))
        if len(others) != 1:
            return Submission(folder.name, None, _not_handed_in(wanted, len(others)))
        path = others[0]
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode):
        return Submission(folder.name, None, "the notebook is a link to another file")
    if not stat.S_ISREG(mode):
        return Submission(folder.name, None, "the notebook is not a regular file")
    if path.stat().st_size > MAX_BYTES:
        return Submission(folder.name, None, str(storage.TooLarge(path.stat().st_size)))
    return Submission(folder.name, path)


def _not_handed_in(wanted: str, others: int) -> str:
    found = f"{others} other notebooks" if others else "no notebook"
    return f"no {wanted} handed in ({found} in the folder)"


def _result(
    future: Future[SubmissionResult | None], submission: Submission, grader: Grader
) -> SubmissionResult | None:
    try:
        return future.result()
    except NoCage:  # no submission's fault: without a cage there is no batch
        raise
    except Exception as error:  # one submission never ends the batch, whatever it ran into
        return not_graded(grader, submission.student, f"{type(error).__name__}: {error}")
