"""The files that Canvas, Moodle and nbgrader's tools take.

A submission that could not be read has no grade in Canvas's and Moodle's files until someone
decides its points: an LMS would take a 0 for a mark.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from html import escape

from ..marks import Mark
from ..roster import Person
from .csv_text import number, write_csv
from .words import sentence

_CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
_MOODLE = (
    "Identifier",
    "Full name",
    "Email address",
    "Status",
    "Grade",
    "Maximum Grade",
    "Grade can be changed",
    "Last modified (submission)",
    "Last modified (grade)",
    "Feedback comments",
)
_NBGRADER = (
    "assignment",
    "duedate",
    "timestamp",
    "student_id",
    "last_name",
    "first_name",
    "email",
    "raw_score",
    "late_submission_penalty",
    "score",
    "max_score",
)


def canvas_csv(marks: Sequence[Mark], people: Mapping[str, Person]) -> str:
    """Canvas's gradebook import: one column per exercise, points possible in the second row.

    Canvas finds the assignment by the column's title, and a student by `ID`, then by the SIS ids,
    then by name; an empty cell leaves the grade as it is. Source: canvas-lms,
    lib/gradebook_importer.rb.
    """
    names = list(dict.fromkeys(mark.exercise for mark in marks))
    by_pair = {(mark.student, mark.exercise): mark for mark in marks}
    possible = {name: max(mark.max for mark in marks if mark.exercise == name) for name in names}
    students = sorted({mark.student for mark in marks} | set(people))
    rows: list[list[object]] = [
        ["    Points Possible", "", "", "", "", *(possible[name] for name in names)]
    ]
    for student in students:
        person = people.get(student, Person(student))
        grades = [_grade(by_pair.get((student, name))) for name in names]
        rows.append(
            [
                # a name with this text in it would be read as the row of points
                person.sortable_name.replace("Points Possible", "Points-Possible"),
                person.canvas_id,
                person.sis_id,
                person.sis_login or ("" if student in people else student),
                person.section,
                *grades,
            ]
        )
    return write_csv([*_CANVAS, *names], rows)


def moodle_csv(marks: Sequence[Mark], people: Mapping[str, Person], now: datetime.datetime) -> str:
    """Moodle's grading worksheet for one assignment, with feedback comments.

    `Identifier` is Moodle's participant number; where the roster has none, the gradebook's own CSV
    import takes the same file by `Email address`. Source: moodle,
    mod/assign/feedback/offline/importgradeslib.php and mod/assign/gradingtable.php.
    """
    by_student = {mark.student: mark for mark in marks}
    possible = max((mark.max for mark in marks), default=0.0)
    rows = []
    for student in sorted(set(by_student) | set(people)):
        person = people.get(student, Person(student))
        mark = by_student.get(student)
        submitted = mark.submitted_at if mark is not None else None
        rows.append(
            [
                _participant(person.moodle_id),
                person.full_name,
                person.email,
                "No submission" if mark is None else "Submitted for grading",
                _grade(mark),
                possible,
                "Yes",
                "-" if submitted is None else _moodle_time(submitted),
                "-" if mark is None else _moodle_time(now),
                "" if mark is None else _moodle_feedback(mark),
            ]
        )
    return write_csv(_MOODLE, rows)


def nbgrader_csv(marks: Sequence[Mark], people: Mapping[str, Person]) -> str:
    """The columns of `nbgrader export`: one line per exercise and student.

    As nbgrader does, whoever handed in nothing has 0; `raw_score` includes extra points.
    """
    names = list(dict.fromkeys(mark.exercise for mark in marks))
    by_pair = {(mark.student, mark.exercise): mark for mark in marks}
    students = sorted({mark.student for mark in marks} | set(people))
    rows = []
    for name in names:
        possible = max(mark.max for mark in marks if mark.exercise == name)
        for student in students:
            person = people.get(student, Person(student))
            first, last = person.first_and_last
            mark = by_pair.get((student, name))
            raw = mark.points + mark.extra if mark is not None else 0.0
            rows.append(
                [
                    name,
                    _plain_time(mark.due) if mark is not None else "",
                    _plain_time(mark.submitted_at) if mark is not None else "",
                    student,
                    last,
                    first,
                    person.email,
                    _float(raw),
                    _float(mark.late_penalty if mark is not None else 0.0),
                    _float(mark.final if mark is not None else 0.0),
                    _float(possible),
                ]
            )
    return write_csv(_NBGRADER, rows)


def _grade(mark: Mark | None) -> str:
    return number(mark.final) if mark is not None and mark.settled else ""


def _participant(identifier: str) -> str:
    return f"Participant {identifier}" if re.fullmatch(r"\d+", identifier) else identifier


def _moodle_time(time: datetime.datetime) -> str:
    return f"{time.astimezone(datetime.UTC):%A, %d %B %Y, %H:%M} UTC"


def _moodle_feedback(mark: Mark) -> str:
    """HTML, as Moodle stores comments; everything in it is escaped."""
    lines = [
        f"<li><b>{escape(entry.question)}</b> {number(entry.points)} of {number(entry.max)}: "
        f"{escape(sentence(entry))}</li>"
        for entry in mark.questions
    ]
    lines += [
        f"<li>{entry.points:+g}: {escape(entry.reason)}</li>"
        for entry in mark.adjustments
        if entry.kind != "note"
    ]
    lines += [f"<li>{escape(reason)}</li>" for reason in mark.reasons]
    return f"<ul>{''.join(lines)}</ul>".replace("\n", " ")


def _plain_time(time: datetime.datetime | None) -> str:
    """As nbgrader stores times: UTC without saying so."""
    if time is None:
        return ""
    return f"{time.astimezone(datetime.UTC).replace(tzinfo=None, microsecond=0)}"


def _float(value: float) -> str:
    return str(round(value, 2) + 0.0)
