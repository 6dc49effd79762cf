"""Every student has a variant; nobody can compute another's."""

from __future__ import annotations

import stat
from pathlib import Path

import nbformat
import pytest

from certlab.curriculum import read_exercise
from certlab.grading.variants import (
    MANIFEST,
    RosterError,
    assign,
    hidden_seeds,
    read_manifest,
    read_roster,
    read_secret,
    student_seed,
)

SECRET = b"0123456789abcdef0123456789abcdef"


def test_seeds_depend_on_student_exercise_and_secret() -> None:
    seeds = {
        student_seed(secret, student, exercise)
        for secret in (SECRET, SECRET[::-1])
        for student in ("a", "b")
        for exercise in ("x", "y")
    }
    assert len(seeds) == 8
    assert student_seed(SECRET, "a", "x") == student_seed(SECRET, "a", "x")
    assert student_seed(SECRET, "ab", "c") != student_seed(SECRET, "a", "bc")


def test_hidden_draws_are_not_anybodys_variant() -> None:
    hidden = hidden_seeds(SECRET, "x", 20)
    assert len(set(hidden)) == 20
    assert hidden[:3] == hidden_seeds(SECRET, "x", 3)
    assert student_seed(SECRET, "0", "x") not in hidden
    assert all(0 <= seed < 2**31 for seed in hidden)


def test_secret_is_made_once_with_mode_600(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "secret"
    secret = read_secret(path)
    assert len(secret) >= 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_secret(path) == secret


def test_a_damaged_secret_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("short\n", "utf-8")
    with pytest.raises(ValueError, match="too short"):
        read_secret(tmp_path / "secret")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name\nx\n", "no column `student`.*found: name"),
        ("", "no column `student`"),
        ("student\n", "no student in it"),
        ("student\na\na\n", "line 3.*twice"),
        ("student\n../etc\n", "cannot be a folder's name"),
        ("student\n.hidden\n", "cannot be a folder's name"),
        ('student,x\n"",1\n', "line 2.*empty"),
    ],
)
def test_bad_rosters_say_where_and_why(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "roster.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(RosterError, match=message):
        read_roster(path)


def test_a_roster_from_a_spreadsheet(tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    path.write_bytes("\ufeffstudent,e-mail\r\nzoë,z@x\r\n".encode())
    assert read_roster(path) == ["zoë"]


def test_assign_writes_a_variant_each_and_keeps_started_work(tiny: Path, tmp_path: Path) -> None:
    exercise = read_exercise(tiny / "curriculum/01-basics/01-one/exercise.py", "01-basics/01-one")
    out = tmp_path / "handout"
    written = assign(exercise, ["s1", "s2"], SECRET, out)
    assert len({variant.seed for variant in written}) == 2
    for variant in written:
        notebook = nbformat.read(out / variant.file, as_version=4)
        nbformat.validate(notebook)
        injected = [
            cell
            for cell in notebook.cells
            if "injected-parameters" in cell.metadata.get("tags", [])
        ]
        assert [f"seed = {variant.seed}" in cell.source for cell in injected] == [True]
        assert "2 * values" not in (out / variant.file).read_text("utf-8")
    started = out / written[0].file
    started.write_text("begun", "utf-8")
    again = assign(exercise, ["s1", "s2", "s3"], SECRET, out)
    assert started.read_text("utf-8") == "begun"
    assert [variant.seed for variant in again[:2]] == [variant.seed for variant in written]
    assert [variant.student for variant in read_manifest(out / MANIFEST)] == ["s1", "s2", "s3"]
