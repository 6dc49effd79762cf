"""Feedback notebooks: the student's own work, with nothing live in it and nothing hidden shown."""

from __future__ import annotations

import html
import json
import re
import urllib.parse
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell

from certlab.build import exercise_notebook
from certlab.curriculum import Exercise, read_exercise
from certlab.curriculum.exercises import BEGIN, END
from certlab.grading.gradebook import Gradebook
from certlab.grading.marks import Mark, marks
from certlab.grading.reports import Context, write_reports
from certlab.grading.reports.notebook import feedback_notebook
from certlab.grading.results import QuestionResult, SubmissionResult
from certlab.grading.splice import question_positions
from tests.grading.classroom import HOSTILE_MESSAGE, UNIT

HTML = "<script>document.title='owned'</script><img src=x onerror=alert(1)>"
SCRIPTS = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java&#115;cript:alert(1)",
    "&#106avascript:alert(1)",
    "javascript&colon;alert(1)",
    "javascript\\:alert(1)",
    "< java\tscript:alert(1)>",
    "vbscript:alert(1)",
)


@pytest.fixture
def exercise(tiny: Path) -> Exercise:
    return read_exercise(tiny / "curriculum" / UNIT / "exercise.py", UNIT)


def a_mark(message: str = "part 1 is not right", why: str = "") -> Mark:
    questions = {
        "twice": QuestionResult(2.0, 2.0, "correct", ""),
        "total": QuestionResult(0.0, 3.0, "wrong", message),
    }
    book = Gradebook("sqlite://")
    book.record(SubmissionResult("s1", UNIT, "graded", questions, reasons=(message,)))
    if why:
        book.override("s1", UNIT, "total", 1.0, why)
    (found,) = marks(book.rows(), book.overrides())
    return found


def read(mark: Mark, notebook: NotebookNode, exercise: Exercise | None) -> NotebookNode:
    text = feedback_notebook(mark, notebook, question_positions(exercise, notebook))
    made = nbformat.reads(text, as_version=4)
    nbformat.validate(made)
    return made


def hostile(exercise: Exercise) -> NotebookNode:
    """Whatever could be live: outputs, raw cells, HTML in text, links, pictures, metadata."""
    notebook = exercise_notebook(exercise)
    output = new_output("display_data", {"text/html": HTML})
    notebook.cells += [
        new_code_cell("print(1)", outputs=[output], metadata={"trusted": True}),
        new_raw_cell(HTML, metadata={"raw_mimetype": "text/html"}),
        new_markdown_cell(f"{HTML}\n\nand $a < b$, <https://example.org>"),
        *(new_markdown_cell(f"[x]({address})\n\n[y]: {address}\n\n[y]") for address in SCRIPTS),
        new_markdown_cell(
            "![p](attachment:p)",
            attachments={"p": {"image/png": "iVBOR", "image/svg+xml": HTML}},
        ),
    ]
    notebook.metadata["trusted"] = True
    return notebook


def test_feedback_follows_each_question(exercise: Exercise) -> None:
    made = read(a_mark(), exercise_notebook(exercise), exercise)
    sources = [cell.source for cell in made.cells]
    assert sources[0].startswith("# Feedback: 2 of 5 points")
    for question, said in (("twice", "2 of 2 points"), ("total", "0 of 3 points")):
        position = next(
            n for n, text in enumerate(sources) if f"`{question}`" in text and "Feedback on" in text
        )
        assert said in sources[position]
        assert "not answered yet" in sources[position - 1]
    handed_out = [cell.source for cell in exercise_notebook(exercise).cells]
    kept = [text for text in sources if "Feedback" not in text]
    assert kept == [re.sub(r"<(?=[A-Za-z/!?])", "&lt;", text) for text in handed_out]


def test_a_question_without_a_cell_is_answered_at_the_end(exercise: Exercise) -> None:
    notebook = exercise_notebook(exercise)
    for cell in notebook.cells:
        cell.metadata = NotebookNode()
        cell.id = f"other-{cell.id}"[:60]
    with_exercise = read(a_mark(), notebook, exercise)  # found by the text of the cells
    assert "Feedback on" not in with_exercise.cells[-1].source
    without = read(a_mark(), notebook, None)
    assert ["Feedback on" in cell.source for cell in without.cells[-2:]] == [True, True]


def test_nothing_of_the_students_is_live(exercise: Exercise) -> None:
    made = read(a_mark(HOSTILE_MESSAGE, HOSTILE_MESSAGE), hostile(exercise), exercise)
    text = json.dumps(made)
    assert "trusted" not in text
    assert "svg" not in text
    for cell in made.cells:
        assert cell.cell_type in ("code", "markdown")
        if cell.cell_type == "code":
            assert cell.outputs == []
            continue
        assert "attachments" not in cell or list(cell.attachments["p"]) == ["image/png"]
        outside = "\n".join(re.split(r"(?ms)^(~{3,})text$.*?^\1$", cell.source)[::2])
        assert not re.search(r"<[A-Za-z/!?]", outside), cell.source
        assert "javascript:" not in outside


def test_nothing_is_live_when_it_is_converted(exercise: Exercise) -> None:
    """nbconvert passes HTML in text through; none must be left."""
    from nbconvert import HTMLExporter

    made = read(a_mark(HOSTILE_MESSAGE, HOSTILE_MESSAGE), hostile(exercise), exercise)
    page, _ = HTMLExporter(template_name="basic").from_notebook_node(made)
    assert "<script>document" not in page
    assert not re.search(r"<img[^>]*onerror", page)
    links = [html.unescape(found) for found in re.findall(r'href="([^"]*)"', page)]
    schemes = {urllib.parse.unquote(re.sub(r"\s", "", link)).partition(":")[0] for link in links}
    assert not {"javascript", "vbscript"} & {scheme.lower() for scheme in schemes}
    assert "&lt;script&gt;document" in page


def test_neither_solution_nor_hidden_values(exercise: Exercise, tiny: Path, tmp_path: Path) -> None:
    notebook = exercise_notebook(exercise)
    folder = tmp_path / "in" / "s1"
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / "01-one.ipynb")
    context = Context(exercises={UNIT: exercise}, submissions=tmp_path / "in")
    write_reports([a_mark()], tmp_path / "out", context)
    files = [path for path in (tmp_path / "out" / "feedback").rglob("*") if path.is_file()]
    assert len(files) == 2
    for path in files:
        text = path.read_text("utf-8")
        for cell in exercise.cells:
            if cell.role == "question":
                solution = cell.source.split(BEGIN)[1].split(END)[0].strip().splitlines()[-1]
                assert solution.strip() not in text
            if cell.role == "probe":
                assert "# %% probe" not in text
                assert 'probe="' not in text
    page = (tmp_path / "out/feedback/s1/index.html").read_text("utf-8")
    assert "not answered yet" in page  # the student's own answer


def test_a_submission_that_changed_since_is_named(exercise: Exercise, tmp_path: Path) -> None:
    from dataclasses import replace

    folder = tmp_path / "in" / "s1"
    folder.mkdir(parents=True)
    nbformat.write(exercise_notebook(exercise), folder / "01-one.ipynb")
    mark = replace(a_mark(), submission_hash="0" * 64)
    context = Context(submissions=tmp_path / "in")
    written = write_reports([mark], tmp_path / "out", context)
    assert len(written.notes) == 1
    assert "01-one.ipynb has changed since it was graded" in written.notes[0]
    assert [path.name for path in (tmp_path / "out/feedback/s1").iterdir()] == ["index.html"]


def test_odd_cells_make_a_valid_notebook() -> None:
    cells = [
        new_code_cell("x", id="same"),
        new_code_cell("y", id="same"),
        NotebookNode(cell_type="heading", source="old", metadata={}),
    ]
    notebook = NotebookNode(cells=cells)
    made = read(a_mark(), notebook, None)
    assert len({cell.id for cell in made.cells}) == len(made.cells)
