"""`certlab report`: what a class did, for its instructor, its students and their LMS."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from .shared import choose, err, fail, located, open_gradebook, out

if TYPE_CHECKING:
    from certlab.curriculum import Exercise
    from certlab.grading.gradebook import GradedSubmission, Override


def report(
    gradebook: Annotated[str, typer.Argument(help="File for SQLite, or a database URL.")],
    out_folder: Annotated[
        Path,
        typer.Option(
            "--out", help="Folder or s3:// address to write into.", parser=located, metavar="FOLDER"
        ),
    ],
    exercise: Annotated[
        str | None, typer.Option(help="Only this exercise, as the gradebook names it.")
    ] = None,
    submissions: Annotated[
        Path | None,
        typer.Option(
            help="Folder or s3:// address with <student>/<exercise>.ipynb, for feedback notebooks.",
            parser=located,
            metavar="FOLDER",
        ),
    ] = None,
    roster: Annotated[
        Path | None,
        typer.Option(
            help="CSV with `student` and any of name, first_name, last_name, email, section, "
            "canvas_id, sis_id, sis_login, moodle_id."
        ),
    ] = None,
    policy: Annotated[
        Path | None, typer.Option(help="policy.yml: due dates, lateness, extra points.")
    ] = None,
    handed_in: Annotated[
        Path | None,
        typer.Option(
            help="CSV of hand-in times: student, exercise, submitted_at. Without it, the file's "
            "modification time when it was graded counts."
        ),
    ] = None,
) -> None:
    """Write the class report, feedback for every student, and files for LMSs.

    report.html, marks.csv, canvas.csv, moodle/, nbgrader.csv, gradescope/ and feedback/. The
    gradebook keeps raw marks: overrides and the policy are applied here, and shown with reasons.
    """
    import datetime

    from certlab.grading.batch import NoSubmissions
    from certlab.grading.gradebook import GradebookError
    from certlab.grading.marks import marks as marks_of
    from certlab.grading.policy import PolicyError, apply, read_handed_in, unmatched
    from certlab.grading.policy_file import Policy, read_policy
    from certlab.grading.reports import Context, write_reports
    from certlab.grading.roster import read_people
    from certlab.grading.variants import RosterError

    if handed_in is not None and policy is None:
        fail("--handed-in says when, and only a --policy says what follows from it; give both")
    try:
        people = read_people(roster) if roster is not None else {}
        rules = read_policy(policy) if policy is not None else Policy()
        times = read_handed_in(handed_in, rules) if handed_in is not None else {}
        book = open_gradebook(gradebook)
        rows, overrides = book.rows(), book.overrides()
        book.close()
    except (GradebookError, PolicyError, RosterError) as error:
        fail(str(error))
    everything = marks_of(rows)
    notes = unmatched(rules, everything, people) + _unused(overrides, rows)
    if exercise is not None:
        exercise = choose("exercise", exercise, {row.exercise for row in rows})
        rows = [row for row in rows if row.exercise == exercise]
    found = marks_of(rows, overrides, lambda mark: apply(rules, mark, times))
    context = Context(
        people=people,
        exercises=_known({row.exercise for row in rows}),
        submissions=submissions,
        notes=notes,
        zone=rules.zone if policy is not None else datetime.UTC,
    )
    try:
        with _progress() as progress:
            task = progress.add_task("writing", total=len({row.student for row in rows}))
            written = write_reports(found, out_folder, context, lambda: progress.advance(task))
    except NoSubmissions as error:
        fail(str(error))
    for path in written.paths:
        out.print(f"wrote {escape(str(path))}")
    for note in written.notes:
        err.print(f"[yellow]to look at:[/] {escape(note)}")
    _say_unsettled([mark.student for mark in found if not mark.settled])


def _say_unsettled(students: list[str]) -> None:
    if students:
        shown = ", ".join(students[:5]) + (", …" if len(students) > 5 else "")
        err.print(
            f"[yellow]to look at:[/] {len(students)} unreadable submissions have no grade in the "
            f"files for Canvas and Moodle: {escape(shown)}"
        )


def _unused(overrides: Iterable[Override], rows: Iterable[GradedSubmission]) -> list[str]:
    """Overrides of what the gradebook no longer holds, such as a question that was renamed."""
    graded = {
        (row.student, row.exercise, entry.question) for row in rows for entry in row.questions
    }
    return [
        f"the override of {entry.student}, {entry.exercise}, {entry.question} concerns nothing "
        "that is graded; see `certlab override --remove`"
        for entry in overrides
        if (entry.student, entry.exercise, entry.question) not in graded
    ]


def _known(names: Iterable[str]) -> dict[str, Exercise]:
    """The exercises that this course holds, for their questions' titles and cells."""
    from certlab.curriculum import CurriculumError, find_root, read_exercise

    try:
        root = find_root()
    except FileNotFoundError:
        return {}
    found = {}
    for name in names:
        source = root / "curriculum" / name / "exercise.py"
        if ".." not in Path(name).parts and source.is_file():
            try:
                found[name] = read_exercise(source, name)
            except CurriculumError:  # a report needs no sound course
                continue
    return found


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=err,
        transient=True,
    )
