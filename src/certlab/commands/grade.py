"""`certlab grade`: grades a folder of submissions and records the marks."""

from __future__ import annotations

import json
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from .shared import course_secret, err, fail, find_exercise, located, out

if TYPE_CHECKING:
    from certlab.curriculum import Exercise
    from certlab.grading.batch import Submission
    from certlab.grading.executors import Executor, Job
    from certlab.grading.gradebook import Gradebook
    from certlab.grading.results import SubmissionResult

EXIT_UNREADABLE = 3  # the batch is complete, but some submissions could not be read
_MOST_ROWS = 200  # a longer table is for `certlab report`
_MARKS = {
    "correct": "✓",
    "wrong": "✗",
    "error": "!",
    "timeout": "…",
    "blank": "–",
    "missing": "?",
}


class Isolation(StrEnum):
    """How submissions are kept apart from the machine."""

    namespaces = "namespaces"
    landlock = "landlock"
    process = "process"


class Credit(StrEnum):
    """What a question earns that is right on some draws only."""

    all = "all"
    share = "share"


class Where(StrEnum):
    """Where submissions are graded."""

    local = "local"
    dask = "dask"


def grade(
    exercise: Annotated[str, typer.Argument(help="A module's name or an exercise's file.")],
    submissions: Annotated[
        Path,
        typer.Argument(
            help="Folder or s3:// address with <student>/<exercise>.ipynb.",
            parser=located,
            metavar="SUBMISSIONS",
        ),
    ],
    gradebook: Annotated[
        str, typer.Option(help="File for SQLite, or a database URL.")
    ] = "gradebook.db",
    draws: Annotated[int, typer.Option(min=1, help="Hidden variants to grade on.")] = 3,
    credit: Annotated[
        Credit,
        typer.Option(
            help="all: a question earns its points when right on every draw. "
            "share: the share of the draws on which it is right."
        ),
    ] = Credit.all,
    manifest: Annotated[
        Path | None,
        typer.Option(
            help="What `assign` wrote; the student's own variant is then graded too. "
            "Default: manifest.json beside the students' folders, if there.",
            parser=located,
            metavar="FILE",
        ),
    ] = None,
    executor: Annotated[
        Where,
        typer.Option(
            help="local: on this machine. dask: on the cluster of --scheduler, as many at a time "
            "as its workers have threads."
        ),
    ] = Where.local,
    scheduler: Annotated[
        str | None,
        typer.Option(
            help="Dask scheduler's address: tcp://host:8786 or tls://host:8786.",
            envvar="DASK_SCHEDULER_ADDRESS",
        ),
    ] = None,
    cluster_timeout: Annotated[
        float,
        typer.Option(
            min=1, help="Seconds to wait for the scheduler, and for a worker where there is none."
        ),
    ] = 60.0,
    jobs: Annotated[
        str, typer.Option(help="Submissions at a time; auto: as cores and memory allow.")
    ] = "auto",
    cell_timeout: Annotated[float, typer.Option(min=0.1, help="Seconds per cell.")] = 30.0,
    timeout: Annotated[float, typer.Option(min=1, help="Seconds per notebook and draw.")] = 120.0,
    isolation: Annotated[
        Isolation,
        typer.Option(
            help="namespaces: caged, without network and disk (Linux). landlock: the second best, "
            "where a machine offers no namespaces. process: own kernel and folder, with your "
            "user's rights and network."
        ),
    ] = Isolation.namespaces,
    secret: Annotated[
        Path | None, typer.Option(help="File of the course's secret; made when missing.")
    ] = None,
    regrade: Annotated[
        bool, typer.Option("--regrade", help="Grade what is in the gradebook already as well.")
    ] = False,
    only_review: Annotated[
        bool, typer.Option("--only-review", help="Grade again only what needs review.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON line per submission instead of a table.")
    ] = False,
) -> None:
    """Grade a folder of submissions on hidden variants and record the marks.

    What is in the gradebook already, of the same file, exercise, draws and options, is kept: a
    batch that was cut off goes on where it stopped.

    Exit status: 0 when every submission was graded, 3 when some could not be read (each has its
    row all the same), 1 when grading could not be done, 2 for wrong usage.
    """
    from certlab.execution import Limits
    from certlab.grading.batch import NoSubmissions, find_submissions
    from certlab.grading.executors import ClusterError, Job
    from certlab.grading.gradebook import Gradebook, GradebookError
    from certlab.grading.grader import OracleError
    from certlab.grading.runners import NoCage
    from certlab.grading.variants import hidden_seeds

    if executor is Where.dask:
        _check_cluster_options(scheduler, jobs)
    # Ended from outside, the batch still leaves no workers and no folders behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    loaded = find_exercise(exercise)
    at_a_time = _jobs(jobs)
    results: list[SubmissionResult] = []
    try:
        book = Gradebook(gradebook)
        found = find_submissions(submissions, loaded.name)
        if only_review:
            review = {row.student for row in book.rows(loaded.name) if row.status == "needs-review"}
            found = [entry for entry in found if entry.student in review]
        recorded = {} if regrade or only_review else book.keys(loaded.name)
        own_seeds = _own_seeds(manifest, submissions, loaded.name)
        job = Job.of(
            loaded,
            hidden_seeds(course_secret(secret), loaded.name, draws),
            Limits(step_seconds=cell_timeout, total_seconds=timeout),
            isolation.value,
            credit.value,
        )
        chosen = (
            _on_cluster(job, str(scheduler), cluster_timeout, found)
            if executor is Where.dask
            else _on_this_machine(job, at_a_time)
        )
        with (
            chosen as grade_all,
            _progress(len(found), hidden=as_json) as note,
        ):
            for outcome in grade_all(found, recorded, own_seeds):
                result = outcome.result
                if result is not None:
                    book.record(result)
                    note(result.status)
                else:
                    result = _kept(book, outcome.student, loaded.name)
                    note("kept")
                results.append(result)
                if as_json:
                    print(json.dumps(result.as_json(), ensure_ascii=False), flush=True)
        book.close()
    except (NoSubmissions, OracleError, GradebookError, ClusterError) as error:
        fail(str(error))
    except NoCage as error:
        who = "this machine does not offer" if executor is Where.local else "no worker offers"
        fail(
            f"{who} --isolation {isolation.value}: {error}. "
            "`certlab doctor` says what it offers. With --isolation process submissions run "
            "uncaged, with your user's rights and network; use it for code that you trust"
        )
    if not as_json:
        _print_results(loaded, sorted(results, key=lambda result: result.student))
        out.print(f"recorded in {escape(book.name)}")
    if any(result.status == "unreadable" for result in results):
        raise typer.Exit(EXIT_UNREADABLE)


def _jobs(wanted: str) -> int:
    from certlab.execution.cage import CageLimits
    from certlab.grading.capacity import jobs_for

    if wanted == "auto":
        return jobs_for(CageLimits().memory_bytes)
    if wanted.isdecimal() and int(wanted) >= 1:
        return int(wanted)
    raise typer.BadParameter(f"{wanted!r} is neither auto nor a number from 1", param_hint="--jobs")


def _check_cluster_options(scheduler: str | None, jobs: str) -> None:
    if not scheduler:
        raise typer.BadParameter(
            "--executor dask needs the scheduler's address, e.g. --scheduler tcp://host:8786",
            param_hint="--scheduler",
        )
    if jobs != "auto":
        raise typer.BadParameter(
            "on a cluster each worker grades as many at a time as it has threads: "
            "dask worker --nthreads N",
            param_hint="--jobs",
        )


def _on_this_machine(job: Job, at_a_time: int) -> AbstractContextManager[Executor]:
    from certlab.grading.executors import on_this_machine

    return on_this_machine(job, at_a_time)


def _on_cluster(
    job: Job, scheduler: str, seconds: float, found: list[Submission]
) -> AbstractContextManager[Executor]:
    from certlab.grading.executors import on_cluster
    from certlab.storage import is_remote

    paths = (entry.path for entry in found if entry.path is not None and is_remote(entry.path))
    return on_cluster(
        job,
        scheduler,
        seconds,
        next(paths, None),
        lambda message: err.print(f"[yellow]to look at:[/] {escape(message)}"),
    )


def _own_seeds(manifest: Path | None, submissions: Path, exercise: str) -> dict[str, int]:
    """The seeds of the variants that students were given, where a manifest tells."""
    from certlab.grading.variants import MANIFEST, read_manifest
    from certlab.storage import exists

    path = manifest or submissions / MANIFEST
    if not exists(path):
        if manifest is not None:
            fail(f"{path}: no such file")
        return {}
    try:
        variants = read_manifest(path)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        fail(f"{path}: not a manifest as `certlab assign` writes it ({error})")
    return {entry.student: entry.seed for entry in variants if entry.exercise == exercise}


def _kept(book: Gradebook, student: str, exercise: str) -> SubmissionResult:
    result = book.result(student, exercise)
    assert result is not None, "a key is recorded with its row"
    return result


@contextmanager
def _progress(total: int, *, hidden: bool) -> Iterator:
    """A bar with counts per status and the time that is left; yields what advances it."""
    counts: Counter[str] = Counter()
    with Progress(
        TextColumn("grading"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.description}"),
        TimeRemainingColumn(),
        console=err,
        transient=True,
        disable=hidden,
    ) as progress:
        task = progress.add_task("", total=total)

        def note(status: str) -> None:
            counts[status] += 1
            shown = " · ".join(f"{count} {name}" for name, count in counts.items())
            progress.update(task, advance=1, description=shown)

        yield note


def _print_results(exercise: Exercise, results: list[SubmissionResult]) -> None:
    """A table that stays narrow: a numbered column and a sign for each question."""
    counts = Counter(result.status for result in results)
    if len(results) <= _MOST_ROWS:
        _print_table(exercise, results)
    total = ", ".join(f"{count} {status}" for status, count in counts.items())
    out.print(f"{len(results)} submissions: {total}" if results else "nothing to grade")
    odd = [(result.student, reason) for result in results for reason in result.reasons]
    for student, reason in odd[:_MOST_ROWS]:
        out.print(f"{escape(student)}: {escape(reason)}")
    if len(odd) > _MOST_ROWS:
        out.print(f"… and {len(odd) - _MOST_ROWS} more; `certlab report` has all of them")


def _print_table(exercise: Exercise, results: list[SubmissionResult]) -> None:
    table = Table(title=escape(exercise.name))
    table.add_column("Student", overflow="fold")
    table.add_column("Score", justify="right", no_wrap=True)
    table.add_column("Status", no_wrap=True)
    for number in range(1, len(exercise.questions) + 1):
        table.add_column(str(number), no_wrap=True)
    for result in results:
        marks = (result.questions.get(question.id) for question in exercise.questions)
        table.add_row(
            escape(result.student),
            f"{result.score:g}/{result.max:g}",
            result.status,
            *(_MARKS[mark.status] if mark else " " for mark in marks),
        )
    out.print(table)
    names = [f"{n} {question.id}" for n, question in enumerate(exercise.questions, start=1)]
    out.print(escape(", ".join(names)))
    out.print("   ".join(f"{sign} {status}" for status, sign in _MARKS.items()))
