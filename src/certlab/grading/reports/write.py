"""Decides which files there are, and writes them."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from certlab.curriculum import Exercise
from certlab.storage import uploads, write_atomically

from ..marks import Mark
from ..roster import Person
from . import lms
from .charts import histogram, item_map, status_bar
from .csv_text import write_csv
from .gradescope import gradescope_json
from .html import render
from .items import FEWEST, STEADY
from .names import file_names
from .notebook import feedback_notebook
from .submitted import Desk
from .summary import ExerciseSummary, summarise

_NUMBER = re.compile(r"^Question \d+\s*[·:.–-]\s*")  # the reports number the questions themselves

_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Context:
    """What reports are made of, besides the marks."""

    people: Mapping[str, Person] = field(default_factory=dict)
    exercises: Mapping[str, Exercise] = field(default_factory=dict)  # for the questions' titles
    submissions: Path | None = None
    notes: Sequence[str] = ()  # what an instructor should look at first
    zone: datetime.tzinfo = datetime.UTC

    def titles(self, exercise: str) -> dict[str, str]:
        """The questions' titles, where the exercise is known."""
        found = self.exercises.get(exercise)
        if found is None:
            return {}
        return {entry.id: _NUMBER.sub("", entry.title) for entry in found.questions}

    def name(self, student: str) -> str:
        """What a student is called, without characters that turn the reading direction round."""
        name = self.people[student].full_name if student in self.people else student
        return _DIRECTION.sub("\N{REPLACEMENT CHARACTER}", name)


@dataclass(frozen=True)
class Written:
    """What came of it: files and folders for people to open, and what to look at."""

    paths: list[Path]
    notes: list[str]


def write_reports(
    marks: Sequence[Mark],
    out: Path,
    context: Context | None = None,
    progress: Callable[[], None] = lambda: None,
) -> Written:
    """Write every report of `marks` into `out`; `progress` is called after each student.

    Raises NoSubmissions when `context.submissions` is no folder of submissions; StorageError.
    """
    with uploads():
        return _write_reports(marks, out, context or Context(), progress)


def _write_reports(
    marks: Sequence[Mark], out: Path, context: Context, progress: Callable[[], None]
) -> Written:
    exercises = list(dict.fromkeys(mark.exercise for mark in marks))
    students = sorted({mark.student for mark in marks})
    folders, files = file_names(students), file_names(exercises)
    summaries = summarise(marks, {name: context.titles(name) for name in exercises})
    desk = None
    if context.submissions is not None:
        desk = Desk(context.submissions, exercises, context.exercises)

    notes = list(context.notes)
    for student in students:
        own = [mark for mark in marks if mark.student == student]
        notes += _write_feedback(own, out / "feedback" / folders[student], files, desk, context)
        for mark in own:
            folder = out / "gradescope" / files[mark.exercise] / folders[student]
            write_atomically(folder / "results.json", gradescope_json(mark))
        progress()

    texts = {
        "report.html": _class_page(summaries, students, folders, notes, context),
        "marks.csv": _marks_csv(marks),
        "canvas.csv": lms.canvas_csv(marks, context.people),
        "nbgrader.csv": lms.nbgrader_csv(marks, context.people),
    }
    now = datetime.datetime.now(datetime.UTC)
    for summary in summaries:
        name = f"moodle/{files[summary.exercise]}.csv"
        texts[name] = lms.moodle_csv(summary.marks, context.people, now)
    for name, text in texts.items():
        write_atomically(out / name, text)
    folder_names = ("gradescope", "feedback") if marks else ()
    return Written([out / name for name in (*texts, *folder_names)], notes)


def _write_feedback(
    own: Sequence[Mark],
    folder: Path,
    files: Mapping[str, str],
    desk: Desk | None,
    context: Context,
) -> list[str]:
    """One student's page, and a notebook for each exercise that was handed in."""
    sheets, notes = [], []
    for mark in own:
        titles, answers = context.titles(mark.exercise), {}
        found = desk.read(mark) if desk is not None else None
        if isinstance(found, str):
            notes.append(found)
        elif found is not None:
            answers = found.answers
            text = feedback_notebook(mark, found.notebook, found.positions, titles)
            write_atomically(folder / f"{files[mark.exercise]}.ipynb", text)
        sheets.append({"mark": mark, "titles": titles, "answers": answers})
    name = context.name(own[0].student)
    write_atomically(
        folder / "index.html", render("feedback.html", zone=context.zone, sheets=sheets, name=name)
    )
    return notes


def _class_page(
    summaries: Sequence[ExerciseSummary],
    students: Sequence[str],
    folders: Mapping[str, str],
    notes: Sequence[str],
    context: Context,
) -> str:
    return render(
        "report.html",
        script=True,
        zone=context.zone,
        summaries=summaries,
        students=students,
        notes=notes,
        name=context.name,
        matrix=_matrix(summaries, students),
        charts={summary.exercise: _charts(summary) for summary in summaries},
        status_bar=lambda counts: status_bar(counts, "see the numbers below"),
        feedback={student: f"feedback/{folders[student]}/index.html" for student in students},
        any_adjusted={
            summary.exercise: any(mark.adjustments or mark.overridden for mark in summary.marks)
            for summary in summaries
        },
        fewest=FEWEST,
        steady=STEADY,
    )


def _charts(summary: ExerciseSummary) -> dict[str, Any]:
    seconds = summary.seconds
    top = max([summary.max, *summary.scores])
    return {
        "marks": histogram(summary.scores, 0.0, top, "Distribution of the marks", "points"),
        "questions": item_map(summary.items),
        "seconds": histogram(seconds, 0.0, max(seconds), "Distribution of grading time", "seconds")
        if seconds and max(seconds) > 0
        else None,
    }


def _matrix(summaries: Sequence[ExerciseSummary], students: Sequence[str]) -> list[dict[str, Any]]:
    """Each student's mark for each exercise; None where there is none."""
    found = {(mark.student, mark.exercise): mark for entry in summaries for mark in entry.marks}
    rows = []
    for student in students:
        own = [found.get((student, summary.exercise)) for summary in summaries]
        counted = [mark.final for mark in own if mark is not None and mark.settled]
        rows.append({"student": student, "marks": own, "sum": sum(counted)})
    return rows


def _marks_csv(marks: Sequence[Mark]) -> str:
    """One line per student, exercise and question, and one with the exercise's total."""
    header = [
        "student",
        "exercise",
        "question",
        "score",
        "max",
        "status",
        "message",
        "machine_score",
        "why",
    ]
    rows: list[tuple[object, ...]] = []
    for mark in marks:
        why = "; ".join(
            f"{entry.kind} {entry.points:+g}: {entry.reason}" for entry in mark.adjustments
        )
        start = (mark.student, mark.exercise)
        reasons = "; ".join(mark.reasons)
        total = (mark.final, mark.max, mark.status, reasons, mark.machine, why)
        rows.append((*start, "total", *total))
        for entry in mark.questions:
            why = entry.override.why if entry.override is not None else ""
            result = (entry.points, entry.max, entry.status, entry.message, entry.machine, why)
            rows.append((*start, entry.question, *result))
    return write_csv(header, rows)
