"""What the attacks' text becomes where people and programs read it."""

from __future__ import annotations

import csv
import html.parser
import io
import json

import pytest
from rich.console import Console

from certlab.grading.gradebook import Gradebook

from .attack import HONEST
from .attacks import ATTACKS
from .conftest import Batch
from .target import POINTS

pytestmark = pytest.mark.slow


class _Tags(html.parser.HTMLParser):
    """The elements and attributes that a browser would see."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attributes}


def test_the_gradebook_holds_every_row_once(batch: Batch) -> None:
    book = Gradebook(str(batch.folder / "gradebook.db"))
    rows = {row.student: row.score for row in book.rows()}
    book.close()
    assert rows == {student: result.score for student, result in batch.results.items()}
    assert len(rows) == len(HONEST) + len(ATTACKS)


def test_the_report_shows_text_and_runs_none_of_it(batch: Batch) -> None:
    page = (batch.folder / "report" / "report.html").read_text("utf-8")
    seen = _Tags()
    seen.feed(page)
    assert not seen.tags & {"img", "iframe", "object", "link"}
    assert not {name for name in seen.attributes if name.startswith("on")}
    assert "alert(&#39;RT7&#39;)" in page  # it is there, as text
    assert "<script>alert" not in page
    assert "{{ 7 * 7 }}" in page
    assert "\x1b" not in page


def test_no_cell_of_the_marks_is_a_formula(batch: Batch) -> None:
    text = (batch.folder / "report" / "marks.csv").read_text("utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert not [value for row in rows for value in row.values() if value[:1] in ("=", "+", "@")]
    assert any("HYPERLINK(markup)" in row["student"] for row in rows)
    totals = {row["student"]: float(row["score"]) for row in rows if row["question"] == "total"}
    assert all(0 <= score <= sum(POINTS.values()) for score in totals.values())


def test_every_result_is_a_line_of_json_and_of_a_terminal(batch: Batch) -> None:
    from rich.markup import escape

    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    console = Console(file=stream, force_terminal=False, soft_wrap=True)
    for result in batch.results.values():
        line = json.dumps(result.as_json(), ensure_ascii=False)
        line.encode("utf-8")  # no half of a surrogate pair
        console.print(escape(result.student), *map(escape, result.reasons))
    stream.flush()
    shown = stream.buffer.getvalue().decode("utf-8")  # type: ignore[attr-defined]
    assert "\x1b" not in shown
    assert "markup-[red]x[bold]" in shown
