"""Due dates, lateness, extensions and extra points: computed by hand here."""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path

import pytest

from certlab.grading.marks import Mark
from certlab.grading.policy import apply, read_handed_in, unmatched
from certlab.grading.policy_file import Policy, PolicyError, read_policy
from tests.grading.classroom import UNIT, graded, result

DUE = datetime.datetime(2026, 12, 1, 22, 59, tzinfo=datetime.UTC)  # 23:59 in Berlin, in winter


def policy(**values: object) -> Policy:
    data = {
        "timezone": "Europe/Berlin",
        "late": {"percent": 10, "grace_minutes": 15, "cap": 30},
        "exercises": {UNIT: {"due": "2026-12-01 23:59"}},
    }
    return Policy.model_validate(data | values)


def mark(minutes_late: float | None, *scores: float, **values: object) -> Mark:
    (found,) = graded([result("s1", *(scores or (2, 2, 2, 2, 2)), **values)])
    when = None if minutes_late is None else DUE + datetime.timedelta(minutes=minutes_late)
    return replace(found, submitted_at=when)


@pytest.mark.parametrize(
    ("minutes_late", "final"),
    [
        (-600, 10),
        (0, 10),
        (15, 10),  # within the grace period
        (15.1, 9),  # beyond it, the first day has begun
        (24 * 60, 9),
        (24 * 60 + 1, 8),
        (2 * 24 * 60 + 1, 7),
        (30 * 24 * 60, 7),  # the cap
    ],
)
def test_lateness_by_the_day(minutes_late: float, final: float) -> None:
    assert apply(policy(), mark(minutes_late)).final == pytest.approx(final)


@pytest.mark.parametrize(
    ("late", "scores", "minutes_late", "final"),
    [
        ({"percent": 2, "per": "hour"}, (2, 2, 2, 2, 2), 61, 9.6),
        ({"percent": 50}, (2, 0, 0, 0, 0), 1, 0.0),  # of the 10 to reach, yet never below zero
        ({"percent": 50, "of": "earned"}, (2, 0, 0, 0, 0), 1, 1.0),
        ({"percent": 0}, (2, 0), 1, 2.0),
    ],
)
def test_other_ways_to_count(late: dict, scores: tuple, minutes_late: float, final: float) -> None:
    assert apply(policy(late=late), mark(minutes_late, *scores)).final == pytest.approx(final)


def test_every_adjustment_says_why() -> None:
    rules = policy(
        extra=[
            {"student": "s1", "exercise": UNIT, "points": 1.5, "reason": "found a mistake"},
            {"student": "s2", "exercise": UNIT, "points": 9, "reason": "somebody else's"},
        ]
    )
    found = apply(rules, mark(25 * 60))
    assert [(entry.kind, entry.points) for entry in found.adjustments] == [
        ("late", -2.0),
        ("extra", 1.5),
    ]
    assert "1 d 1 h late: 2 started days at 10 %, so 20 % of the 10 points" in (
        found.adjustments[0].reason
    )
    assert found.adjustments[1].reason == "found a mistake"
    assert (found.points, found.late_penalty, found.extra, found.final) == (10, 2, 1.5, 9.5)
    capped = apply(policy(), mark(30 * 24 * 60)).adjustments[0].reason
    assert "so 30 % (the cap; 300 % without it)" in capped
    assert "grace" in apply(policy(), mark(10)).adjustments[0].reason


def test_an_extension_moves_the_due_date_of_one_student() -> None:
    rules = policy(
        extensions=[{"student": "s1", "exercise": UNIT, "due": "2026-12-03 12:00", "reason": "ill"}]
    )
    found = apply(rules, mark(36 * 60))
    assert found.final == 10
    assert found.adjustments[0].reason == "due date moved to 2026-12-03 12:00 CET: ill"
    assert apply(rules, replace(mark(36 * 60), student="s2")).final == 8


def test_an_exercise_may_have_its_own_rule_or_none() -> None:
    rules = policy(exercises={UNIT: {"due": "2026-12-01 23:59", "late": {"percent": 5}}})
    assert apply(rules, mark(60)).final == 9.5
    assert apply(policy(exercises={}), mark(60)).final == 10
    assert apply(policy(late=None), mark(60)).final == 10


def test_a_day_is_24_hours_when_the_clocks_change() -> None:
    """23:59 to 23:59 the next day is 25 hours when summer time ends: a second day has begun."""
    rules = policy(exercises={UNIT: {"due": "2026-10-24 23:59"}})
    handed_in = rules.moment(datetime.datetime(2026, 10, 25, 23, 58))
    assert apply(rules, replace(mark(0), submitted_at=handed_in)).final == 8


def test_without_a_time_nobody_is_late_but_it_is_said() -> None:
    found = apply(policy(), mark(None))
    assert found.final == 10
    assert [entry.kind for entry in found.adjustments] == ["note"]
    unreadable = apply(policy(), mark(None, 0, status="unreadable"))
    assert unreadable.adjustments == ()


def test_the_lms_times_win_over_the_files(tmp_path: Path) -> None:
    path = tmp_path / "times.csv"
    path.write_text(
        "\ufeffstudent,name,exercise,submitted_at\n"
        f"s1,A,{UNIT},2026-12-01T21:00:00Z\n"
        f"s1,A,{UNIT},2026-12-02 10:00\n"  # handed in again, in the policy's time zone
        f"s2,B,{UNIT},\n",
        "utf-8",
    )
    times = read_handed_in(path, policy())
    assert set(times) == {("s1", UNIT)}
    found = apply(policy(), mark(-600), times)
    assert found.final == 9
    assert found.submitted_at == datetime.datetime(2026, 12, 2, 9, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("student,exercise\n", "no column `submitted_at`"),
        ("student,exercise,submitted_at\ns1,e,yesterday\n", "line 2: `yesterday` is no time"),
        ("student,exercise,submitted_at\ns1,e,2026-12-01 10:00\n", "has no time zone"),
    ],
)
def test_times_that_cannot_be_read(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "times.csv").write_text(text, "utf-8")
    with pytest.raises(PolicyError, match=message) as caught:
        read_handed_in(tmp_path / "times.csv", Policy())
    assert "times.csv" in str(caught.value)


def test_a_whole_file(tmp_path: Path) -> None:
    (tmp_path / "policy.yml").write_text(
        f"""\
timezone: Europe/Berlin
late: {{percent: 10, per: hour, of: earned, cap: 50, grace_minutes: 5}}
exercises:
  {UNIT}: {{due: 2026-12-01 23:59}}
  01-basics/02-two: {{due: 2026-12-01T23:59:00+03:00}}
extensions:
  - {{student: s1, exercise: {UNIT}, due: 2026-12-03 23:59:00, reason: ill}}
extra:
  - {{student: s1, exercise: {UNIT}, points: -1, reason: agreed}}
""",
        "utf-8",
    )
    rules = read_policy(tmp_path / "policy.yml")
    dues = [rules.moment(entry.due) for entry in rules.exercises.values() if entry.due is not None]
    assert [f"{due:%d %H:%M}" for due in dues] == ["01 22:59", "01 20:59"]
    assert f"{rules.moment(rules.extensions[0].due):%d %H:%M}" == "03 22:59"
    (tmp_path / "empty.yml").write_text("", "utf-8")
    assert read_policy(tmp_path / "empty.yml") == Policy()


@pytest.mark.parametrize(
    ("text", "message", "mend"),
    [
        ("late: {percent: 10, per: week}", "late.per", "mend: correct `late.per`"),
        ("late: {per: day}", "late.percent", "mend: add `late.percent`"),
        ("lateness: {}", "lateness", "mend: remove `lateness`, or correct its spelling"),
        ("exercises: {x: {due: 2026-12-01}}", "exercises.x.due", "write it as 2026-12-01 23:59"),
        ("exercises: {x: {due: 2026-12-01 10:00}}", "no time zone", "timezone: Europe/Berlin"),
        ("timezone: Mars/Olympus", "unknown time zone `Mars/Olympus`", "Europe/Berlin"),
        ("late: [", "not valid YAML", "mend: correct the YAML"),
        ("exercises: {x: {due: 2026-13-01 10:00:00}}", "month must be", "2026-12-01 23:59"),
        ("extra: [{student: a, exercise: b, points: .nan, reason: c}]", "points", "finite"),
        (
            "timezone: UTC\nextensions:\n"
            "- &x {student: a, exercise: b, due: 2026-12-01 10:00, reason: c}\n- *x",
            "two for a and b",
            "keep one",
        ),
        ("- a list", "policy.yml", "mend"),
    ],
)
def test_a_mistake_names_the_file_and_the_mend(
    tmp_path: Path, text: str, message: str, mend: str
) -> None:
    (tmp_path / "policy.yml").write_text(text, "utf-8")
    with pytest.raises(PolicyError) as caught:
        read_policy(tmp_path / "policy.yml")
    said = str(caught.value)
    assert "policy.yml" in said
    assert message in said
    assert mend in said


def test_names_that_nobody_has_are_noticed() -> None:
    rules = policy(
        exercises={UNIT: {}, "01-basics/01-onne": {}},
        extra=[{"student": "student-01", "exercise": UNIT, "points": 1, "reason": "x"}],
        extensions=[
            {"student": "newcomer", "exercise": UNIT, "due": "2026-12-01 10:00", "reason": "x"}
        ],
    )
    found = graded([result("student-1", 2)])
    assert unmatched(rules, found, ["newcomer"]) == [
        f"exercises.01-basics/01-onne: no exercise `01-basics/01-onne` in the gradebook; did you "
        f"mean {UNIT}?",
        "extra: no student `student-01` in the gradebook; did you mean student-1?",
    ]
