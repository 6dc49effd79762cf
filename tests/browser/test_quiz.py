"""The skill assessment and the quizzes in a real browser, with the keyboard, light and dark."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from certlab.exams.banks import Quiz, module_quiz, skill_assessment

from .support import MARKS, open_notebook, run_all, shoot

ASSESSMENT = "notebooks/00-start-here/02-where-you-stand.ipynb"
MODULE = "01-math/04-gradient-descent"
pytestmark = MARKS


@pytest.fixture
def address(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """`certlab quiz` as a learner starts it; the answers are kept in tmp_path."""
    command = [sys.executable, "-m", "certlab.cli", "quiz", request.param, "--no-browser"]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"CERTLAB_HOME": str(tmp_path)},
    )
    assert process.stdout is not None
    found = re.search(r"http://\S+", process.stdout.readline())
    assert found is not None
    yield found.group()
    process.terminate()
    process.wait(timeout=30)


def choose(page, options: list[int]) -> None:
    """Press the digits of these options; the focus is somewhere in the quiz."""
    for option in options:
        page.keyboard.press(str(option + 1))


def is_at(page, number: int) -> None:
    page.locator(".certlab-where", has_text=f"Question {number} of").wait_for()


def status(page, text: str) -> None:
    page.get_by_role("status").get_by_text(text).wait_for()


def contrast(page, selector: str) -> float:
    """The contrast between an element's text and the ground behind it, as WCAG defines it."""
    return page.locator(selector).first.evaluate(
        """element => {
            const channels = text => text.match(/[\\d.]+/g).map(Number);
            const light = text => {
                const [r, g, b] = channels(text).slice(0, 3).map(c => c / 255)
                    .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
                return 0.2126 * r + 0.7152 * g + 0.0722 * b;
            };
            let ground = element;
            const clear = node => {
                const parts = channels(getComputedStyle(node).backgroundColor);
                return parts.length === 4 && parts[3] === 0;
            };
            while (clear(ground)) ground = ground.parentElement;
            const pair = [light(getComputedStyle(element).color),
                light(getComputedStyle(ground).backgroundColor)].sort((a, b) => b - a);
            return (pair[0] + 0.05) / (pair[1] + 0.05);
        }"""
    )


def test_the_assessment_in_jupyterlab_from_first_key_to_plan(server: str, page) -> None:
    """Answered by keyboard, left, taken up again and reported; the keys edit no cell."""
    skills = skill_assessment()
    open_notebook(page, server, ASSESSMENT)
    cells = page.locator(".jp-NotebookPanel .jp-Cell").count()
    run_all(page)
    page.locator(".certlab-stem").click()
    for number, item in enumerate(skills.items[:3], start=1):
        is_at(page, number)
        choose(page, sorted(item.right))
        page.keyboard.press("n")
    is_at(page, 4)
    page.keyboard.press("u")  # moves on by itself
    is_at(page, 5)
    page.keyboard.press("d")  # twice deletes a cell where JupyterLab takes the keys
    page.keyboard.press("d")
    assert page.locator(".jp-NotebookPanel .jp-Cell").count() == cells
    page.locator(".certlab-quiz").scroll_into_view_if_needed()
    shoot(page, "assessment-question")

    open_notebook(page, server, ASSESSMENT)  # another day
    run_all(page)
    is_at(page, 5)
    assert page.locator(".certlab-map .answered").count() == 3
    assert page.locator(".certlab-map .not-sure").count() == 1

    page.get_by_role("button", name="Finish and see the result").click()
    status(page, "36 questions have no answer")
    page.get_by_role("button", name="Finish and see the result").click()
    report = page.locator(".certlab-report")
    report.get_by_text("3 of 40 right, 1 marked “not sure”, 36 not answered.").wait_for()
    linear_algebra = report.get_by_role("row").filter(has_text="Linear algebra")
    assert "3 of 5" in linear_algebra.inner_text()
    assert "01-math/02-eigenvectors-and-svd" in report.locator("ol a").first.get_attribute("href")
    report.scroll_into_view_if_needed()
    shoot(page, "assessment-report")
    with page.context.expect_page() as opened:
        report.locator("ol a").first.click()
    opened.value.get_by_role("tab", name="02-eigenvectors-and-svd.ipynb").wait_for()
    opened.value.close()

    page.get_by_role("button", name="Question 4, not sure").click()
    page.locator(".certlab-option.right .certlab-note").wait_for()  # explained now


def test_the_assessment_follows_jupyterlabs_dark_theme(server: str, page) -> None:
    open_notebook(page, server, ASSESSMENT)
    run_all(page)
    use_theme(page, "JupyterLab Dark", light="false")
    page.locator(".certlab-quiz").scroll_into_view_if_needed()
    shoot(page, "assessment-dark")
    ratios = {
        selector: contrast(page, selector)
        for selector in (
            ".certlab-stem",
            ".certlab-where",
            ".certlab-quiz footer p",
            ".certlab-quiz button.primary",
        )
    }
    use_theme(page, "JupyterLab Light", light="true")  # the server remembers it
    assert min(ratios.values()) >= 4.5, ratios


def use_theme(page, name: str, light: str) -> None:
    page.get_by_role("menuitem", name="Settings", exact=True).click()
    page.locator(".lm-Menu-itemLabel").get_by_text("Theme", exact=True).hover()
    page.locator(".lm-Menu-itemLabel").get_by_text(name, exact=True).click()
    page.wait_for_selector(f"body[data-jp-theme-light='{light}']", state="attached")


@pytest.mark.parametrize("address", [MODULE], indirect=True)
@pytest.mark.parametrize("scheme", ["light", "dark", "phone"])
def test_a_modules_quiz_in_a_page(address: str, browser, scheme: str, tmp_path: Path) -> None:
    quiz = module_quiz(MODULE)
    page = browser.new_page(
        viewport={"width": 390, "height": 844} if scheme == "phone" else None,
        color_scheme="dark" if scheme == "dark" else "light",
    )
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(address)
    take(page, quiz, wrong={0})
    shoot(page, f"quiz-{scheme}")
    right = len(quiz.items) - 1
    page.locator(".certlab-report", has_text=f"{right} of {len(quiz.items)} right.").wait_for()
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, "the page scrolls sideways"
    for selector in (
        ".certlab-stem",
        ".right .certlab-note strong",
        ".certlab-map .wrong",
        ".certlab-quiz footer p",
    ):
        assert contrast(page, selector) >= 4.5, selector
    assert said == []
    kept = json.loads(next(tmp_path.glob("answers/*.json")).read_text("utf-8"))
    assert kept["finished"]
    assert kept["items"].keys() == {item.id for item in quiz.items}
    page.close()


def take(page, quiz: Quiz, wrong: set[int]) -> None:
    """Answer every question with the keyboard; those at the positions in `wrong` wrongly."""
    page.locator(".certlab-stem").click()
    for position, item in enumerate(quiz.items):
        is_at(page, position + 1)
        page.keyboard.press("Enter")  # nothing chosen yet
        status(page, "first.")
        right = sorted(item.right)
        options = right
        if position in wrong:
            others = [n for n in range(len(item.options)) if n not in item.right]
            options = others[: item.choose]
        choose(page, options)
        page.keyboard.press("Enter")
        status(page, "Not right" if position in wrong else "Right.")
        assert page.locator(".certlab-option.right").count() == item.choose
        if position + 1 < len(quiz.items):
            page.keyboard.press("Enter")  # the focus went on to the button


@pytest.mark.parametrize("address", [MODULE], indirect=True)
def test_what_a_screen_reader_is_told(address: str, browser) -> None:
    page = browser.new_page()
    page.goto(address)
    item = module_quiz(MODULE).items[0]
    group = page.get_by_role("radiogroup")
    group.wait_for()
    stem = " ".join(page.locator(".certlab-stem").inner_text().split())
    assert page.get_by_role("radiogroup", name=stem).count() == 1
    assert group.get_by_role("radio").count() == len(item.options)
    assert page.get_by_role("region", name="Gradient descent").count() == 1
    assert page.get_by_role("button", name="Question 1, not answered").count() == 1
    assert page.get_by_role("progressbar", name=re.compile("0 of")).count() == 1
    group.get_by_role("radio").nth(0).check()
    page.get_by_role("button", name="Check").click()
    status(page, "ight")
    described = group.get_by_role("radio").nth(0).get_attribute("aria-describedby")
    assert page.locator(f"#{described}").inner_text().strip()
    assert page.get_by_role("button", name=re.compile("Question 1, (right|wrong)")).count() == 1
    page.close()


@pytest.mark.parametrize("address", [MODULE], indirect=True)
def test_the_page_answers_nobody_else(address: str) -> None:
    import urllib.error
    import urllib.request

    def status_of(url: str, **headers: str) -> int:
        try:
            return urllib.request.urlopen(urllib.request.Request(url, headers=headers)).status
        except urllib.error.HTTPError as error:
            return error.code

    root = re.match(r"http://[^/]+/", address).group()
    assert status_of(address) == 200
    assert status_of(root) == 404
    assert status_of(f"{root}state") == 404
    assert status_of(f"{address}state", Host="evil.example") == 404
    assert status_of(f"{address}../../../etc/passwd") == 404
