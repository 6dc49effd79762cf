"""The course in a real browser: a lesson runs and shows its plots, an exercise gives feedback."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from certlab.curriculum import load_course, read_exercise

LESSON = "01-math/04-gradient-descent"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
SCREENSHOTS = Path(os.environ.get("CERTLAB_SCREENSHOTS", "test-results"))
BUSY = 180_000  # milliseconds that a notebook with TensorFlow may take to run here

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        CHROMIUM is None, reason="no Chromium here; on Debian: apt-get install chromium"
    ),
]


@pytest.fixture(scope="module")
def server(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`certlab lab` on a copy of the course, as a learner starts it; yields its address."""
    folder = tmp_path_factory.mktemp("lab")
    for name in ("curriculum", "certifications", "notebooks", "exercises", "solutions"):
        shutil.copytree(root / name, folder / name)
    shutil.copy(root / "README.md", folder)
    home = tmp_path_factory.mktemp("home")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = (folder / "server.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "certlab.cli", "lab", LESSON, "--no-browser", "--port", str(port)],
        cwd=folder,
        stdout=log,
        stderr=subprocess.STDOUT,
        env=os.environ | {"HOME": str(home), "JUPYTER_TOKEN": "browser-test"},
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until_up(address, process, folder / "server.log")
        yield address
    finally:
        process.terminate()
        process.wait(timeout=30)
        log.close()


def wait_until_up(address: str, process: subprocess.Popen, log: Path) -> None:
    for _ in range(240):
        assert process.poll() is None, log.read_text("utf-8")
        try:
            urllib.request.urlopen(f"{address}/api?token=browser-test", timeout=5)
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.25)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text('utf-8')}")


@pytest.fixture(scope="module")
def browser() -> Iterator:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        )
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser, request: pytest.FixtureRequest) -> Iterator:
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    page.set_default_timeout(60_000)
    yield page
    shoot(page, f"{request.node.name}-end")  # what was there when it ended, or failed
    page.close()


def open_notebook(page, server: str, path: str) -> None:
    page.goto(f"{server}/lab/tree/{path}?token=browser-test&reset")
    page.wait_for_selector(".jp-NotebookPanel .jp-Cell")
    # The kernel is ready when it stays idle: it says so for a moment while it is still connecting,
    # and what is run then is lost.
    for _ in range(3):
        page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
        page.wait_for_timeout(1_000)


def run_all(page) -> None:
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.wait_for_function(
        """() => {
            const prompts = [...document.querySelectorAll(
                '.jp-NotebookPanel .jp-CodeCell .jp-InputPrompt')].map(e => e.textContent);
            return prompts.length && prompts.every(text => /\\[\\d+\\]/.test(text));
        }""",
        timeout=BUSY,
    )


def shoot(page, name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")


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
