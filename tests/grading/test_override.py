"""`certlab override`: checks what it is told, and says what it did."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from certlab import cli
from certlab.grading.gradebook import Gradebook
from tests.conftest import certlab
from tests.grading.classroom import UNIT, result


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    book = Gradebook(str(tmp_path / "gradebook.db"))
    book.record_many([result("amira", 0, 2), result("bao", 2, 2)])
    book.close()
    return tmp_path


def decided(folder: Path) -> list[tuple[str, str, float, str]]:
    book = Gradebook(str(folder / "gradebook.db"))
    found = [(entry.student, entry.question, entry.points, entry.why) for entry in book.overrides()]
    book.close()
    return found


def test_decides_and_takes_back(folder: Path) -> None:
    done = certlab("override", "amira", UNIT, "q1", 1.5, "--why", "right idea", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "1.5 of 2 points by hand; the machine's mark is 0" in done.stdout
    assert decided(folder) == [("amira", "q1", 1.5, "right idea")]
    done = certlab("override", "amira", "01-one", "q1", "--remove", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert decided(folder) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("amirra", UNIT, "q1", 1, "--why", "x"), "unknown student amirra; did you mean amira?"),
        (("amira", "01-basics/01-on", "q1", 1, "--why", "x"), f"did you mean {UNIT}?"),
        (("amira", UNIT, "p1", 1, "--why", "x"), "unknown question p1; did you mean q1?"),
        (("amira", UNIT, "q1", 3, "--why", "x"), "q1 has 2 points, not 3; with --allow-extra"),
        (("amira", UNIT, "q1", "nan", "--why", "x"), "give 0 to 2"),
        (("amira", UNIT, "q1", "--why", "x", "--allow-extra", "--", -1), "give 0 to 2"),
        (("amira", UNIT, "q1", 1), "give the reason with --why"),
        (("amira", UNIT, "q1", 1, "--why", "  "), "give the reason with --why"),
        (("amira", UNIT, "q1", "--why", "x"), "give the POINTS"),
        (("amira", UNIT, "q1", 1, "--remove"), "--remove takes neither"),
        (("amira", UNIT, "q1", "--remove"), "unknown overridden exercise"),
        (("amira", UNIT, "q1", 1, "--why", "x", "--gradebook", "no.db"), "no such gradebook"),
    ],
)
def test_says_what_is_wrong(
    folder: Path, arguments: tuple, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    done = CliRunner().invoke(cli.app, ["override", *map(str, arguments)])
    assert done.exit_code == 1, done.output
    assert message in done.stderr
    assert decided(folder) == []


def test_extra_points_when_asked_for(folder: Path) -> None:
    arguments = ("amira", UNIT, "q1", 3, "--why", "a better proof", "--allow-extra")
    done = certlab("override", *arguments, cwd=folder)
    assert done.returncode == 0, done.stderr
    assert decided(folder) == [("amira", "q1", 3.0, "a better proof")]
