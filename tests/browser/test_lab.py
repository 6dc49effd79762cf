"""The course in a real browser: a lesson runs and shows its plots, an exercise gives feedback."""

from __future__ import annotations

from pathlib import Path

import pytest

from certlab.curriculum import load_course, read_exercise

from .support import MARKS, open_notebook, run_all, shoot

LESSON = "01-math/04-gradient-descent"
pytestmark = MARKS


def test_a_lesson_runs_and_shows_its_plots(server: str, page, root: Path) -> None:
    open_notebook(page, server, f"notebooks/{LESSON}.ipynb")
    run_all(page)
    images = page.locator(".jp-NotebookPanel .jp-RenderedImage img")
    module = load_course(root).module(LESSON)
    assert module is not None
    plots = sum("plt.show()" in cell.source for cell in module.lesson)
    page.wait_for_function(
        "n => document.querySelectorAll('.jp-NotebookPanel .jp-RenderedImage img').length === n",
        arg=plots,
    )
    images.first.scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    shoot(page, "lesson-plot")
    assert images.first.evaluate("image => image.naturalWidth") > 300
    stderr = page.locator("[data-mime-type='application/vnd.jupyter.stderr']")
    assert stderr.count() == 0, stderr.first.inner_text()

    quiz = page.locator(".jp-MarkdownOutput details").first
    quiz.scroll_into_view_if_needed()
    assert not quiz.locator("li").first.is_visible()
    quiz.locator("summary").click()
    assert quiz.locator("li").first.is_visible()
    shoot(page, "lesson-quiz")


def test_an_exercise_says_wrong_then_right(server: str, page, root: Path) -> None:
    exercise = read_exercise(root / "curriculum" / LESSON / "exercise.py", LESSON)
    question = exercise.questions[0].id
    solution = next(cell.source for cell in exercise.cells if cell.role == "question")
    wrong = "def ridge_gradient(weights, features, target, penalty):\n    return 0 * weights"
    open_notebook(page, server, f"exercises/{LESSON}.ipynb")
    cells = page.locator(".jp-NotebookPanel .jp-CodeCell")
    sources = cells.evaluate_all("all => all.map(e => e.querySelector('.cm-content').innerText)")
    position = next(n for n, text in enumerate(sources) if "not answered yet" in text)
    for number in range(position):
        run_cell(page, cells.nth(number))

    answer(page, cells.nth(position), wrong)
    run_cell(page, cells.nth(position + 1))
    output = cells.nth(position + 1).locator(".jp-OutputArea")
    output.get_by_text("AssertionError").first.wait_for()
    output.scroll_into_view_if_needed()
    shoot(page, "exercise-wrong")

    answer(page, cells.nth(position), solution)
    run_cell(page, cells.nth(position + 1))
    output.get_by_text(f"✓ {question}: this check passes").wait_for()
    assert output.get_by_text("AssertionError").count() == 0
    output.scroll_into_view_if_needed()
    shoot(page, "exercise-right")


def answer(page, cell, source: str) -> None:
    """Type an answer over what is in the cell, and run it."""
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(source)
    run_cell(page, cell)


def run_cell(page, cell) -> None:
    """Run one cell with the keyboard and wait for a new execution number."""
    prompt = cell.locator(".jp-InputPrompt").first
    before = prompt.inner_text()
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    for _ in range(600):
        text = prompt.inner_text()
        if text != before and any(character.isdigit() for character in text):
            return
        page.wait_for_timeout(100)
    pytest.fail(f"the cell did not run: {text}")
