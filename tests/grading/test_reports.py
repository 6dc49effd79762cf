"""The class page, the CSV files and Gradescope's JSON; what came from outside is inert in them."""

from __future__ import annotations

import csv
import datetime
import io
import json
import os
import re
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from certlab.grading.gradebook import Gradebook
from certlab.grading.marks import Adjustment, Mark, marks
from certlab.grading.reports import Context, write_reports
from certlab.grading.reports.charts import histogram
from certlab.grading.reports.csv_text import number, write_csv
from certlab.grading.reports.gradescope import gradescope_json
from certlab.grading.reports.lms import canvas_csv, moodle_csv, nbgrader_csv
from certlab.grading.reports.names import file_names
from certlab.grading.results import QuestionResult, SubmissionResult
from certlab.grading.roster import Person
from tests.conftest import certlab
from tests.grading.classroom import (
    HANDED_IN,
    HOSTILE_MESSAGE,
    HOSTILE_NAMES,
    UNIT,
    a_class,
    graded,
    result,
)

PEOPLE = {
    "s1": Person("s1", "Amira Abeyta", email="s1@example.org", canvas_id="91", sis_id="S1"),
    "s2": Person("s2", last_name="Björk", first_name="Bao", moodle_id="502", section="B"),
    "s3": Person("s3", name="Chidi Cisse"),  # handed in nothing
}


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def two() -> list[Mark]:
    found = graded([result("s1", 2, 0, message="the sum is not right"), result("s2", 2, 2)])
    late = (Adjustment("late", -0.4, "1 d late"), Adjustment("extra", 1.0, "a mistake found"))
    return [found[0], replace(found[1], adjustments=late, due=HANDED_IN)]


# --------------------------------------------------------------------------- LMS files


def test_canvas_as_its_importer_reads_it() -> None:
    """The rules of Canvas's lib/gradebook_importer.rb, one by one."""
    header, possible, *students = rows_of(canvas_csv(two(), PEOPLE))
    assert "Student" in header[0]
    assert "ID" in header[1]
    assert re.search(r"SIS\s+User\s+ID", header[2])
    assert re.search(r"SIS\s+Login\s+ID", header[3])
    assert "Section" in header[4]
    assert header[5:] == [UNIT]
    assert "Points Possible" in possible[0]
    assert possible[5:] == ["4"]
    assert students == [
        ["Abeyta, Amira", "91", "S1", "", "", "2"],
        ["Björk, Bao", "", "", "", "B", "4.6"],
        ["Cisse, Chidi", "", "", "", "", ""],  # an empty cell leaves the grade as it is
    ]


def test_canvas_without_a_roster_goes_by_login() -> None:
    *_, last = rows_of(canvas_csv(two(), {}))
    assert last == ["s2", "", "", "s2", "", "4.6"]


def test_a_student_cannot_pass_for_the_row_of_points() -> None:
    found = graded([result("Points Possible", 2, 2)])
    assert sum("Points Possible" in row[0] for row in rows_of(canvas_csv(found, {}))) == 1


def test_moodles_worksheet() -> None:
    """The columns that mod/assign/feedback/offline needs, and feedback as HTML."""
    now = datetime.datetime(2026, 12, 2, 8, 5, tzinfo=datetime.UTC)
    header, *students = rows_of(moodle_csv(two(), PEOPLE, now))
    assert {"Identifier", "Grade", "Last modified (grade)", "Feedback comments"} <= set(header)
    first, second, third = (dict(zip(header, row, strict=True)) for row in students)
    assert second["Identifier"] == "Participant 502"
    assert (first["Grade"], first["Maximum Grade"], second["Grade"]) == ("2", "4", "4.6")
    assert first["Last modified (submission)"] == "Tuesday, 01 December 2026, 10:30 UTC"
    assert first["Last modified (grade)"] == "Wednesday, 02 December 2026, 08:05 UTC"
    assert "<b>q2</b> 0 of 2: Your answer runs" in first["Feedback comments"]
    assert "The sum is not right." in first["Feedback comments"]
    assert "-0.4: 1 d late" in second["Feedback comments"]
    assert (third["Grade"], third["Feedback comments"], third["Status"]) == (
        "",
        "",
        "No submission",
    )


def test_nbgraders_columns_are_those_of_the_installed_nbgrader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """nbgrader's own exporter, on an empty gradebook, writes the same first line."""
    # it runs alembic's command
    programs = Path(sys.executable).parent
    monkeypatch.setenv("PATH", os.pathsep.join([str(programs), os.environ["PATH"]]))
    from nbgrader.api import Gradebook as NbgraderBook
    from nbgrader.plugins import CsvExportPlugin

    exporter = CsvExportPlugin()
    exporter.to = str(tmp_path / "grades.csv")
    with NbgraderBook(f"sqlite:///{tmp_path}/nbgrader.db") as book:
        exporter.export(book)
    expected = (tmp_path / "grades.csv").read_text("utf-8").splitlines()[0]
    text = nbgrader_csv(two(), PEOPLE)
    assert text.splitlines()[0] == expected
    time = "2026-12-01 10:30:00"
    assert rows_of(text)[1:] == [
        [UNIT, "", time, "s1", "Abeyta", "Amira", "s1@example.org", "2.0", "0.0", "2.0", "4.0"],
        [UNIT, time, time, "s2", "Björk", "Bao", "", "5.0", "0.4", "4.6", "4.0"],
        [UNIT, "", "", "s3", "Cisse", "Chidi", "", "0.0", "0.0", "0.0", "4.0"],
    ]


def test_what_nobody_could_read_has_no_grade_until_somebody_decides(tmp_path: Path) -> None:
    book = Gradebook(str(tmp_path / "book.db"))
    book.record(result("s1", 0, 0, status="unreadable", reasons=("the file is empty",)))
    now = datetime.datetime.now(datetime.UTC)
    for decided, grade in ((False, ""), (True, "1.5")):
        if decided:
            book.override("s1", UNIT, "q2", 1.5, "handed in on paper")
        found = marks(book.rows(), book.overrides())
        assert rows_of(canvas_csv(found, {}))[-1][-1] == grade
        assert rows_of(moodle_csv(found, {}, now))[-1][4] == grade


def test_gradescopes_results() -> None:
    data = json.loads(gradescope_json(two()[1]))
    assert data["score"] == 4.6
    assert data["visibility"] == "visible"
    assert data["stdout_visibility"] == "hidden"
    assert "-0.4 points: 1 d late" in data["output"]
    data = json.loads(gradescope_json(two()[0]))
    assert [
        (test["name"], test["score"], test["max_score"], test["status"], test["visibility"])
        for test in data["tests"]
    ] == [("q1", 2.0, 2.0, "passed", "visible"), ("q2", 0.0, 2.0, "failed", "visible")]
    assert "The sum is not right." in data["tests"][1]["output"]
    # text, so that Gradescope shows what came from a submission and never renders it
    assert data["output_format"] == data["test_output_format"] == data["test_name_format"] == "text"


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1"])
def test_no_cell_is_a_formula(start: str) -> None:
    (row,) = rows_of(write_csv(["text", "number"], [[start, -1.5]]))[1:]
    assert row == ["'" + start.replace("\r", "\n"), "-1.5"]


def test_no_cell_of_any_file_is_a_formula() -> None:
    message = "=cmd|' /C calc'!A0"
    found = graded([result(message, 0, message=message, exercise="=evil")])
    people = {message: Person(message, message, email=message, section=message)}
    now = datetime.datetime.now(datetime.UTC)
    moodle = moodle_csv(found, people, now)
    for text in (canvas_csv(found, people), moodle, nbgrader_csv(found, people)):
        cells = [cell for row in rows_of(text) for cell in row]
        assert message not in cells
        assert not [cell for cell in cells if cell.lstrip()[:1] in tuple("=+@")]


def test_numbers_of_points() -> None:
    values = [0.0, -0.0, 2.0, 1.005, 1e6, 2 / 3, -0.001]
    assert [number(value) for value in values] == ["0", "0", "2", "1", "1000000", "0.67", "0"]


# ---------------------------------------------------------------------------- the page


class Page(HTMLParser):
    """What a browser would make of a page: its elements, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def check_closed(text: str, scripts: int) -> Page:
    """Nothing but the page's own style and script, no handler, no address to fetch from."""
    page = Page(text)
    assert len(page.named("script")) == scripts
    assert not {"img", "iframe", "object", "embed", "link", "form", "base"} & {
        tag for tag, _ in page.elements
    }
    for _, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
        for name in ("src", "href"):
            value = attributes.get(name) or ""
            assert not re.match(r"\s*(https?|javascript|data):", value), value
    (policy,) = [
        entry["content"] or ""
        for entry in page.named("meta")
        if entry.get("http-equiv") == "Content-Security-Policy"
    ]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert ("script-src" in policy) == bool(scripts)
    return page


def test_the_class_page_tells_how_the_class_did(tmp_path: Path) -> None:
    write_reports(graded(a_class(40)), tmp_path)
    page = check_closed((tmp_path / "report.html").read_text("utf-8"), scripts=1)
    assert len(page.named("figure")) == 3
    text = " ".join(page.text.split())
    points = [mark.final for mark in graded(a_class(40))]
    assert f"Mean{sum(points) / 40:.1f} of 10" in text.replace("Mean ", "Mean")
    assert "hardly separates" in text
    labels = [entry.get("aria-label") for entry in page.named("svg") if entry.get("role") == "img"]
    assert "Distribution of the marks" in labels


def test_hostile_names_and_messages_are_text(tmp_path: Path) -> None:
    results = [
        result(name, 2, 0, message=HOSTILE_MESSAGE, reasons=(HOSTILE_MESSAGE,), exercise=exercise)
        for name in HOSTILE_NAMES
        for exercise in (UNIT, "<svg onload=alert(1)>", "../../outside")
    ]
    out = tmp_path / "out"
    context = Context(
        notes=[HOSTILE_MESSAGE],
        people={"Ada": Person("Ada", HOSTILE_MESSAGE)},
    )
    write_reports(graded(results), out, context)
    page = check_closed((out / "report.html").read_text("utf-8"), scripts=1)
    assert "document.title='owned'" in page.text  # shown, not run
    assert "\u202e" not in page.text
    pages = list(out.glob("feedback/*/index.html"))
    assert len(pages) == len(HOSTILE_NAMES)
    for path in pages:
        check_closed(path.read_text("utf-8"), scripts=0)
    for link in page.named("a"):
        target = link["href"] or ""
        assert target.startswith("#") or (out / target).is_file()
    assert {path.relative_to(tmp_path).parts[0] for path in tmp_path.rglob("*")} == {"out"}
    for path in out.rglob("*"):
        assert re.fullmatch(r"[A-Za-z0-9._@+-]+", path.name), path


def test_file_names_are_safe_and_apart() -> None:
    names = file_names([*HOSTILE_NAMES, "..", ".", "a/b", "a-b", "x" * 300, "é", "ê", "plain.name"])
    assert names["plain.name"] == "plain.name"
    folded = [name.casefold() for name in names.values()]
    assert len(set(folded)) == len(folded)
    assert all(re.fullmatch(r"[A-Za-z0-9._@+-]{1,100}", name) for name in names.values())
    assert not [name for name in names.values() if name[0] in ".-" or name.lower() == "con"]


def test_a_report_of_an_empty_gradebook(tmp_path: Path) -> None:
    written = write_reports([], tmp_path)
    assert "no results yet" in (tmp_path / "report.html").read_text("utf-8")
    assert all(path.exists() for path in written.paths)


def test_every_adjustment_and_override_is_shown_with_its_reason(tmp_path: Path) -> None:
    book = Gradebook(str(tmp_path / "book.db"))
    book.record_many([result("s1", 0, 2), result("s2", 2, 2)])
    book.override("s1", UNIT, "q1", 1.5, "right idea, <wrong> sign")
    late = Adjustment("late", -0.5, "1 h late")
    found = marks(book.rows(), book.overrides(), lambda mark: replace(mark, adjustments=(late,)))
    write_reports(found, tmp_path / "out")
    page = Page((tmp_path / "out" / "report.html").read_text("utf-8"))
    text = " ".join(page.text.split())
    assert "q1 decided: 1.5 instead of the machine’s 0 right idea, <wrong> sign" in text
    assert "−0.5 late 1 h late" in text
    feedback = Page((tmp_path / "out/feedback/s1/index.html").read_text("utf-8"))
    said = " ".join(feedback.text.split())
    assert "Decided by your instructor: 1.5 of 2 points instead of 0. right idea" in said
    assert "3 in all" in said
    with (tmp_path / "out" / "marks.csv").open(encoding="utf-8", newline="") as stream:
        rows = {(row["student"], row["question"]): row for row in csv.DictReader(stream)}
    total = rows["s1", "total"]
    assert (total["score"], total["machine_score"], total["why"]) == (
        "3",
        "2",
        "late -0.5: 1 h late",
    )
    assert rows["s1", "q1"]["why"] == "right idea, <wrong> sign"


def test_an_exercise_that_changed_between_two_gradings(tmp_path: Path) -> None:
    results = [*a_class(12), result("early", 2, 2), result("broken", status="unreadable")]
    write_reports(graded(results), tmp_path)
    page = Page((tmp_path / "report.html").read_text("utf-8"))
    assert "early" in page.text


def test_draws_that_were_right_are_told(tmp_path: Path) -> None:
    question = QuestionResult(0.0, 2.0, "wrong", "entry 3 differs", draws_right=2, draws=3)
    write_reports(graded([SubmissionResult("s1", UNIT, "graded", {"q": question})]), tmp_path)
    text = Page((tmp_path / "feedback/s1/index.html").read_text("utf-8")).text
    assert "right on 2 of 3 sets of data" in text
    assert "Think of special cases" in text


def test_a_histogram_counts_every_value_once() -> None:
    for values in ([0.0, 1.0, 1.0, 2.0], [0.0, 0.5, 9.99, 10.0], [1e-9], [0.3, 0.6, 0.9]):
        chart = histogram(values, 0.0, max(values), "label", "points")
        counts = [int(text) for text in re.findall(r'class="value"[^>]*>(\d+)<', chart)]
        assert sum(counts) == len(values)
    assert "<b>" not in histogram([1.0], 0.0, 1.0, "<b>", "<b>")


# ------------------------------------------------------------------------- the command


def test_the_command_applies_policy_and_roster(tmp_path: Path) -> None:
    book = Gradebook(str(tmp_path / "g.db"))
    book.record_many(
        [result("s1", 2, 2), result("s2", 2, 0), result("s1", 2, 2, exercise="01-basics/02-two")]
    )
    book.override("s9", UNIT, "q1", 1, "a slip of the pen")
    book.close()
    (tmp_path / "roster.csv").write_text(
        "student,name,email,canvas_id,hobby\ns1,Amira Abeyta,a@example.org,91,chess\ns2,,,,\n",
        "utf-8",
    )
    (tmp_path / "policy.yml").write_text(
        f"timezone: UTC\nlate: {{percent: 25}}\nexercises: {{{UNIT}: {{due: 2026-12-01 10:00}}}}\n"
        f"extra: [{{student: s22, exercise: {UNIT}, points: 1, reason: x}}]\n",
        "utf-8",
    )
    (tmp_path / "times.csv").write_text(
        f"student,exercise,submitted_at\ns1,{UNIT},2026-12-01 09:00\n", "utf-8"
    )
    options = ("--roster", "roster.csv", "--policy", "policy.yml", "--exercise", "01-one")
    options += ("--handed-in", "times.csv")
    done = certlab("report", "g.db", "--out", "out", *options, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "no student `s22` in the gradebook; did you mean s2?" in done.stderr
    assert f"the override of s9, {UNIT}, q1 concerns nothing that is graded" in done.stderr
    rows = rows_of((tmp_path / "out" / "canvas.csv").read_text("utf-8"))
    assert rows[0][5:] == [UNIT]
    assert rows[2:] == [["Abeyta, Amira", "91", "", "", "", "4"], ["s2", "", "", "", "", "1"]]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ("--exercise", "01-basics/01-onne"),
            f"unknown exercise 01-basics/01-onne; did you mean {UNIT}",
        ),
        (("--policy", "none.yml"), "none.yml: No such file"),
        (("--policy", "bad.yml"), "bad.yml: late.percent"),
        (("--roster", "bad.csv"), "no column `student`"),
        (("--handed-in", "times.csv"), "give both"),
        (("--submissions", "nowhere"), "nowhere is not a folder"),
    ],
)
def test_the_command_says_what_is_wrong(tmp_path: Path, options: tuple, message: str) -> None:
    book = Gradebook(str(tmp_path / "g.db"))
    book.record(result("s1", 2, 2))
    book.close()
    (tmp_path / "bad.yml").write_text("late: {per: day}\n", "utf-8")
    (tmp_path / "bad.csv").write_text("name\nx\n", "utf-8")
    done = certlab("report", "g.db", "--out", "out", *options, cwd=tmp_path)
    assert done.returncode == 1, done.stdout
    assert message in done.stderr
    assert "Traceback" not in done.stderr
