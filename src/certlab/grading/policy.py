"""Applies a policy to marks. The gradebook keeps raw marks; this happens when reporting."""

from __future__ import annotations

import csv
import datetime
import difflib
import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from .marks import Adjustment, Mark
from .policy_file import Late, Policy, PolicyError

HandedIn = Mapping[tuple[str, str], datetime.datetime]  # (student, exercise) -> when, in UTC

_SECONDS = {"day": 86400, "hour": 3600}


def apply(policy: Policy, mark: Mark, handed_in: HandedIn | None = None) -> Mark:
    """The mark with its due date and every adjustment that the policy makes to it."""
    submitted = mark.submitted_at
    if handed_in is not None and (mark.student, mark.exercise) in handed_in:
        submitted = handed_in[mark.student, mark.exercise]
    mark = replace(mark, submitted_at=submitted)
    rules = policy.exercises.get(mark.exercise)
    due = policy.moment(rules.due) if rules is not None and rules.due is not None else None
    adjustments: list[Adjustment] = []
    for extension in policy.extensions:
        if (extension.student, extension.exercise) == (mark.student, mark.exercise):
            due = policy.moment(extension.due)
            shown = _shown(due, policy)
            adjustments.append(
                Adjustment("extension", 0.0, f"due date moved to {shown}: {extension.reason}")
            )
    late = (rules.late if rules is not None else None) or policy.late
    if due is not None and late is not None:
        adjustments += _lateness(mark, due, late)
    for extra in policy.extra:
        if (extra.student, extra.exercise) == (mark.student, mark.exercise):
            adjustments.append(Adjustment("extra", extra.points, extra.reason))
    return replace(mark, adjustments=tuple(adjustments), due=due)


def unmatched(policy: Policy, marks: Iterable[Mark], students: Iterable[str] = ()) -> list[str]:
    """What the policy says about students or exercises that nobody knows, with a guess."""
    marks = list(marks)
    known = {
        "student": {mark.student for mark in marks} | set(students),
        "exercise": {mark.exercise for mark in marks},
    }
    named = [("exercise", name, f"exercises.{name}") for name in policy.exercises]
    for place, entries in (("extensions", policy.extensions), ("extra", policy.extra)):
        for entry in entries:
            named.append(("student", entry.student, place))
            named.append(("exercise", entry.exercise, place))
    notes = []
    for kind, name, place in named:
        if name not in known[kind]:
            close = difflib.get_close_matches(name, known[kind], n=1)
            hint = f"; did you mean {close[0]}?" if close else ""
            notes.append(f"{place}: no {kind} `{name}` in the gradebook{hint}")
    return list(dict.fromkeys(notes))


def read_handed_in(path: Path, policy: Policy) -> dict[tuple[str, str], datetime.datetime]:
    """Hand-in times from a CSV file: student, exercise, submitted_at. Raises PolicyError, OSError.

    Times are ISO 8601; one without a time zone is in the policy's.
    """
    columns = ("student", "exercise", "submitted_at")
    times: dict[tuple[str, str], datetime.datetime] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = csv.DictReader(stream)
            missing = [name for name in columns if name not in (rows.fieldnames or ())]
            if missing:
                raise PolicyError(
                    f"{path}: no column `{missing[0]}` in the first line; the columns are "
                    f"{', '.join(columns)}"
                )
            for row in rows:
                student, exercise, text = ((row[name] or "").strip() for name in columns)
                if not text:  # an LMS lists those who handed nothing in, too
                    continue
                time = _read_time(f"{path}, line {rows.line_num}", text, policy)
                pair = (student, exercise)
                times[pair] = max(time, times.get(pair, time))  # the last hand-in is the one graded
    except UnicodeDecodeError as error:
        raise PolicyError(f"{path}: not UTF-8 text; save it as CSV UTF-8") from error
    except csv.Error as error:
        raise PolicyError(f"{path}: not a CSV file ({error})") from error
    return times


def _read_time(where: str, text: str, policy: Policy) -> datetime.datetime:
    try:
        time = datetime.datetime.fromisoformat(text)
    except ValueError as error:
        raise PolicyError(
            f"{where}: `{text}` is no time; write it as 2026-12-01T23:59:00+01:00"
        ) from error
    if time.tzinfo is None and policy.timezone is None:
        raise PolicyError(
            f"{where}: `{text}` has no time zone; add it, or `timezone` to the policy"
        )
    return policy.moment(time)


def _lateness(mark: Mark, due: datetime.datetime, late: Late) -> list[Adjustment]:
    if not mark.settled:
        return []
    if mark.submitted_at is None:
        return [Adjustment("note", 0.0, "no hand-in time is known, so lateness was not judged")]
    seconds = (mark.submitted_at.astimezone(datetime.UTC) - due).total_seconds()
    if seconds <= 0:
        return []
    if seconds <= 60 * late.grace_minutes:
        return [Adjustment("late", 0.0, f"{_duration(seconds)} late, within the grace period")]
    units = math.ceil(seconds / _SECONDS[late.per])
    of = mark.max if late.of == "max" else mark.points
    whose = "points that can be reached" if late.of == "max" else "points earned"
    uncapped = units * late.percent
    capped = f" (the cap; {uncapped:g} % without it)" if uncapped > late.cap else ""
    percent = min(uncapped, late.cap)
    points = min(percent / 100 * of, max(mark.points, 0.0))
    reason = (
        f"{_duration(seconds)} late: {units} started {late.per}{'s' if units > 1 else ''} at "
        f"{late.percent:g} %, so {percent:g} %{capped} of the {of:g} {whose}"
    )
    return [Adjustment("late", 0.0 - points, reason)]


def _shown(time: datetime.datetime, policy: Policy) -> str:
    return f"{time.astimezone(policy.zone):%Y-%m-%d %H:%M %Z}"


def _duration(seconds: float) -> str:
    minutes = math.ceil(seconds / 60)
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    parts = [(days, "d"), (hours, "h"), (minutes, "min")]
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "0 min"
