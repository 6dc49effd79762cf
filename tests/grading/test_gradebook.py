"""The gradebook: SQLite and PostgreSQL alike; updates, never doubles, never half a row."""

from __future__ import annotations

import datetime
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from certlab.grading.gradebook import Gradebook, GradebookError
from certlab.grading.results import QuestionResult, SubmissionResult
from tests.grading.classroom import HANDED_IN, UNIT, a_class, result


def test_grading_again_updates(url: str) -> None:
    book = Gradebook(url)
    book.record(result("s1", 0, 0, 2))
    book.record(result("s2", 2, 2, 2))
    book.record(result("s1", 2, 0))  # the exercise has lost a question since
    rows = book.rows()
    assert [(row.student, row.score, len(row.questions)) for row in rows] == [
        ("s1", 2.0, 2),
        ("s2", 6.0, 3),
    ]
    assert abs(rows[0].graded_at - datetime.datetime.now(datetime.UTC)).total_seconds() < 3600


def test_what_is_recorded_comes_back_whole(url: str) -> None:
    book = Gradebook(url)
    recorded = SubmissionResult(
        student="s1",
        exercise=UNIT,
        status="needs-review",
        questions={
            "z": QuestionResult(1.5, 2.0, "wrong", "close", draws_right=2, draws=3),
            "a": QuestionResult(0.0, 3.0, "timeout", "endless", draws_right=0, draws=3),
        },
        seconds=1.25,
        reasons=("question missing: b", "there 2 times: a"),
        submission_hash="ab" * 32,
        key="cd" * 32,
        submitted_at=HANDED_IN.astimezone(datetime.timezone(datetime.timedelta(hours=5))),
    )
    book.record(recorded)
    found = book.result("s1", UNIT)
    assert found == recorded
    assert found is not None
    assert list(found.questions) == ["z", "a"]  # in the exercise's order, not the alphabet's
    assert found.submitted_at is not None
    assert found.submitted_at.utcoffset() == datetime.timedelta(0)
    assert book.result("s1", "another") is None
    assert book.result("s2", UNIT) is None


def test_keys_say_what_was_graded(url: str) -> None:
    book = Gradebook(url)
    book.record_many([replace(result("s1", 2), key="k1"), replace(result("s2", 2), key="k2")])
    book.record(result("s3", 2, exercise="another", key="k3"))
    assert book.keys(UNIT) == {"s1": "k1", "s2": "k2"}
    book.record(replace(result("s1", 2), key="k9"))
    assert book.keys(UNIT) == {"s1": "k9", "s2": "k2"}
    assert book.keys("nothing") == {}


def test_many_are_recorded_together_or_not_at_all(url: str) -> None:
    book = Gradebook(url)
    book.record_many(a_class(30))
    assert len(book.rows()) == 30
    broken = replace(result("late", 2), status=None)  # type: ignore[arg-type]
    with pytest.raises(GradebookError, match="cannot write"):
        book.record_many([result("early", 2), broken])
    assert len(book.rows()) == 30


def test_text_that_no_database_takes(url: str) -> None:
    """What submissions raise may hold NUL, and folders may have names that are no text."""
    book = Gradebook(url)
    odd = "caf\udce9 \0 end"
    book.record(result(odd, 0, message=odd, reasons=(odd,), status="needs-review"))
    row = book.row(odd, UNIT)
    assert row is not None
    assert "\0" not in row.student + row.questions[0].message + row.reasons[0]
    assert row.questions[0].message.endswith(" end")


def test_an_override_outlives_grading_again(url: str) -> None:
    book = Gradebook(url)
    book.record(result("s1", 0, 2))
    book.override("s1", UNIT, "q1", 1.5, "right idea")
    book.override("s1", UNIT, "q1", 1.0, "right idea, wrong sign")  # the last word counts
    book.record(result("s1", 2, 0))
    assert [(entry.points, entry.why) for entry in book.overrides()] == [
        (1.0, "right idea, wrong sign")
    ]
    assert book.rows()[0].score == 2.0  # the machine's mark is as it was graded
    assert book.overrides("another") == []
    assert book.remove_override("s1", UNIT, "q1") is True
    assert book.remove_override("s1", UNIT, "q1") is False
    assert book.overrides() == []


WRITER = """
import sys
from certlab.grading.gradebook import Gradebook
from certlab.grading.results import QuestionResult, SubmissionResult

book = Gradebook(sys.argv[1])
print("ready", flush=True)
while True:
    for version in (1.0, 2.0):
        questions = {f"q{n}": QuestionResult(version, 2.0, "wrong", str(version))
                     for n in range(int(version) * 60)}
        book.record(SubmissionResult("s1", "unit", "graded", questions, seconds=version))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX's")
def test_a_killed_writer_leaves_the_old_row_or_the_new(url: str) -> None:
    seen = set()
    rng = random.Random(0)
    for _ in range(8):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, url], stdout=subprocess.PIPE)
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(0.05 + rng.random() / 10)
        os.kill(writer.pid, signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        book = Gradebook(url)
        row = book.row("s1", "unit")
        assert row is not None
        versions = {row.seconds} | {entry.score for entry in row.questions}
        assert len(versions) == 1
        assert len(row.questions) == 60 * row.seconds
        seen.add(row.seconds)
        book.record(result("after", 2))  # and nothing stays locked
        book.close()
    assert seen <= {1.0, 2.0}


MANY = """
import sys
from certlab.grading.gradebook import Gradebook
from tests.grading.classroom import result

book = Gradebook(sys.argv[1])
for number in range(25):
    book.record(result(f"{sys.argv[2]}-{number}", 2, 0))
    book.record(result("shared", 2, 0))
"""


@pytest.mark.slow
def test_several_processes_write_at_once(url: str, root: Path) -> None:
    """Even the tables are made by all of them at the same time."""
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", MANY, url, str(number)], cwd=root, stderr=subprocess.PIPE
        )
        for number in range(4)
    ]
    for writer in writers:
        _, errors = writer.communicate(timeout=120)
        assert writer.returncode == 0, errors.decode()
    rows = Gradebook(url).rows()
    assert len(rows) == 4 * 25 + 1
    assert all(len(row.questions) == 2 for row in rows)


OLD_TABLES = """
CREATE TABLE submissions (
    student VARCHAR(200) NOT NULL, exercise VARCHAR(200) NOT NULL, status VARCHAR(20) NOT NULL,
    score FLOAT NOT NULL, max FLOAT NOT NULL, seconds FLOAT NOT NULL, reasons JSON NOT NULL,
    submission_hash VARCHAR(64) NOT NULL, graded_at {time} NOT NULL,
    PRIMARY KEY (student, exercise));
CREATE TABLE questions (
    student VARCHAR(200) NOT NULL, exercise VARCHAR(200) NOT NULL, question VARCHAR(200) NOT NULL,
    position INTEGER NOT NULL, score FLOAT NOT NULL, max FLOAT NOT NULL,
    status VARCHAR(20) NOT NULL, message VARCHAR NOT NULL,
    PRIMARY KEY (student, exercise, question),
    FOREIGN KEY (student, exercise) REFERENCES submissions (student, exercise) ON DELETE CASCADE);
INSERT INTO submissions VALUES
    ('s1', '01-basics/01-one', 'graded', 1, 2, 0.5, '[]', 'hash', '2026-11-01 10:00:00.000000');
INSERT INTO questions VALUES ('s1', '01-basics/01-one', 'q1', 0, 1, 2, 'wrong', 'no');
"""


def make_old(url: str) -> None:
    if "://" not in url:
        with sqlite3.connect(url) as connection:
            connection.executescript(OLD_TABLES.format(time="DATETIME"))
        connection.close()
        return
    import psycopg

    with psycopg.connect(url) as postgres:
        postgres.execute(OLD_TABLES.format(time="TIMESTAMPTZ"))


def test_a_gradebook_of_an_earlier_version_is_brought_up_to_date(url: str) -> None:
    make_old(url)
    book = Gradebook(url)
    assert book.keys(UNIT) == {"s1": ""}
    (row,) = book.rows()
    assert (row.score, row.submitted_at, row.questions[0].draws) == (1.0, None, 0)
    assert row.graded_at.isoformat()[:10] == "2026-11-01"
    book.override("s1", UNIT, "q1", 2, "fine")
    book.record(result("s1", 2, key="k"))
    assert Gradebook(url).keys(UNIT) == {"s1": "k"}


def test_tables_of_the_same_name_that_hold_something_else(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "other.db") as connection:
        connection.execute("CREATE TABLE submissions (id INTEGER PRIMARY KEY, poem TEXT)")
    connection.close()
    with pytest.raises(GradebookError, match="no gradebook of CertLab's"):
        Gradebook(str(tmp_path / "other.db"))


def test_a_gradebook_that_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(GradebookError, match="cannot open"):
        Gradebook(f"sqlite:///{tmp_path}/no/such/folder/book.db")
    with pytest.raises(GradebookError, match="cannot open"):
        Gradebook("nonsense://somewhere")
    (tmp_path / "text.db").write_text("this is no database" * 100, "utf-8")
    with pytest.raises(GradebookError, match=r"text\.db"):
        Gradebook(str(tmp_path / "text.db"))


def test_a_password_is_never_shown(tmp_path: Path) -> None:
    for url in (f"postgresql://me:secret@/x?host={tmp_path}", "nonsense://me:secret@host/x"):
        with pytest.raises(GradebookError) as caught:
            Gradebook(url)
        assert "secret" not in str(caught.value)
        assert "me:***@" in str(caught.value)


def test_without_the_driver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(GradebookError, match=r"pip install 'certlab\[postgres\]'"):
        Gradebook("postgresql://somewhere/x")


def test_sqlite_waits_for_a_writer_and_never_blocks_a_reader(tmp_path: Path) -> None:
    book = Gradebook(str(tmp_path / "book.db"))
    book.record(result("s1", 2))
    other = sqlite3.connect(tmp_path / "book.db", isolation_level=None)
    assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    other.execute("BEGIN IMMEDIATE")
    assert len(book.rows()) == 1  # while somebody writes
    other.execute("ROLLBACK")
    other.close()
    with book._reading() as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 60_000
