"""`certlab override`: an instructor's word against the machine's."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from .shared import choose, fail, open_gradebook, out

if TYPE_CHECKING:
    from certlab.grading.gradebook import Gradebook


def override(
    student: Annotated[str, typer.Argument(help="As the gradebook names the student.")],
    exercise: Annotated[str, typer.Argument(help="An exercise in the gradebook.")],
    question: Annotated[str, typer.Argument(help="A question of the exercise.")],
    points: Annotated[float | None, typer.Argument(help="What the answer is worth.")] = None,
    why: Annotated[str, typer.Option(help="The reason; students see it.")] = "",
    gradebook: Annotated[
        str, typer.Option(help="File for SQLite, or a database URL.")
    ] = "gradebook.db",
    remove: Annotated[
        bool, typer.Option("--remove", help="Let the machine's mark count again.")
    ] = False,
    allow_extra: Annotated[
        bool, typer.Option("--allow-extra", help="Allow more points than the question has.")
    ] = False,
) -> None:
    """Decide a question's points by hand; grading again never changes them."""
    from certlab.grading.gradebook import GradebookError

    if not remove and points is None:
        fail("give the POINTS, or --remove to let the machine's mark count again")
    if not remove and not why.strip():
        fail("give the reason with --why; reports show it beside the points")
    if remove and (points is not None or why):
        fail("--remove takes neither POINTS nor --why")
    try:
        book = open_gradebook(gradebook)
        if remove:
            _remove(book, student, exercise, question)
            return
        assert points is not None
        rows = book.rows()
        exercise = choose("exercise", exercise, (row.exercise for row in rows))
        rows = [row for row in rows if row.exercise == exercise]
        student = choose("student", student, (row.student for row in rows))
        graded = next(row for row in rows if row.student == student).questions
        question = choose("question", question, (entry.question for entry in graded))
        machine = next(entry for entry in graded if entry.question == question)
        if not math.isfinite(points) or points < 0:
            fail(f"{points:g} points: give 0 to {machine.max:g}")
        if points > machine.max and not allow_extra:
            fail(
                f"{question} has {machine.max:g} points, not {points:g}; with --allow-extra it "
                "may be worth more"
            )
        book.override(student, exercise, question, points, why.strip())
        book.close()
    except GradebookError as error:
        fail(str(error))
    out.print(
        f"{escape(student)}, {escape(exercise)}, {escape(question)}: {points:g} of "
        f"{machine.max:g} points by hand; the machine's mark is {machine.score:g}"
    )


def _remove(book: Gradebook, student: str, exercise: str, question: str) -> None:
    """Remove an override; the names are those of overrides, whose row may be gone."""
    made = book.overrides()
    exercise = choose("overridden exercise", exercise, (entry.exercise for entry in made))
    made = [entry for entry in made if entry.exercise == exercise]
    student = choose("overridden student", student, (entry.student for entry in made))
    made = [entry for entry in made if entry.student == student]
    question = choose("overridden question", question, (entry.question for entry in made))
    book.remove_override(student, exercise, question)
    where = f"{escape(student)}, {escape(exercise)}, {escape(question)}"
    out.print(f"{where}: the machine's mark counts again")
