"""The commands with a gradebook on a real PostgreSQL server."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.conftest import certlab


@pytest.mark.slow
def test_grade_override_and_report_by_url(tiny: Path, tmp_path: Path, postgres_url: str) -> None:
    (tmp_path / "roster.csv").write_text("student\ns1\ns2\n", "utf-8")
    module = "01-basics/01-one"
    done = certlab("assign", module, "--roster", tmp_path / "roster.csv", "--out", "in", cwd=tiny)
    assert done.returncode == 0, done.stderr
    options = ("--gradebook", postgres_url, "--isolation", "process", "--draws", 1, "--json")
    for _ in range(2):  # grading again updates
        done = certlab("grade", module, "in", *options, cwd=tiny)
        assert done.returncode == 0, done.stderr
        assert [json.loads(line)["score"] for line in done.stdout.splitlines()] == [0.0, 0.0]
    why = ("--why", "explained it in person", "--gradebook", postgres_url)
    done = certlab("override", "s2", "01-one", "total", 2.5, *why, cwd=tiny)
    assert done.returncode == 0, done.stderr
    done = certlab("report", postgres_url, "--out", "out", "--submissions", "in", cwd=tiny)
    assert done.returncode == 0, done.stderr
    with (tiny / "out" / "marks.csv").open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["question"] == "total"]
    totals = [(row["student"], row["score"]) for row in rows if row["status"] == "graded"]
    assert totals == [("s1", "0"), ("s2", "2.5")]


def test_a_server_that_is_not_there(tiny: Path, tmp_path: Path) -> None:
    url = f"postgresql://me:secret@/x?host={tmp_path}"
    done = certlab("report", url, "--out", "out", cwd=tiny)
    assert done.returncode == 1
    assert "cannot open the gradebook postgresql://me:***@" in done.stderr
    assert "secret" not in done.stderr
    assert "Traceback" not in done.stderr
