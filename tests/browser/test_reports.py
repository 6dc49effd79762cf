"""The reports in a real browser: hostile text stays text, and the tables can be sorted by key."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from certlab.grading.reports import Context, write_reports
from certlab.grading.roster import Person
from tests.grading.classroom import HOSTILE_MESSAGE, HOSTILE_NAMES, a_class, graded, result

from .support import MARKS, SCREENSHOTS

pytestmark = MARKS


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class of forty and some who try to break out of the page."""
    out = tmp_path_factory.mktemp("reports")
    results = a_class(40)
    results += [result(name, 2, 0, message=HOSTILE_MESSAGE) for name in HOSTILE_NAMES]
    people = {"s00": Person("s00", "Amira Abeyta")}
    write_reports(graded(results), out, Context(notes=[HOSTILE_MESSAGE], people=people))
    return out


@pytest.fixture(params=["light", "dark", "phone"])
def page(browser, request: pytest.FixtureRequest) -> Iterator:
    phone = request.param == "phone"
    page = browser.new_page(
        viewport={"width": 390, "height": 844} if phone else {"width": 1280, "height": 900},
        color_scheme="dark" if request.param == "dark" else "light",
    )
    page.said = []
    page.asked = []
    page.on("console", lambda message: page.said.append(message.text))
    page.on("pageerror", lambda error: page.said.append(str(error)))
    page.on("request", lambda asked: page.asked.append(asked.url))
    yield page
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(SCREENSHOTS / f"{request.node.name}.png"), full_page=True)
    page.close()


def check_quiet(page, files: int) -> None:
    """No script but ours ran, nothing was fetched, nothing sticks out of the page."""
    assert page.title() != "owned"
    assert page.said == []
    assert len(page.asked) == files
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_class_page_is_quiet_and_can_be_sorted(page, reports: Path) -> None:
    page.goto((reports / "report.html").as_uri())
    check_quiet(page, 1)
    table = page.locator("table.sortable").last
    points = "rows => rows.map(row => Number(row.cells[1].dataset.sort))"
    head = table.locator("thead th").nth(1)
    head.get_by_role("button").focus()
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "ascending"
    found = table.locator("tbody tr").evaluate_all(points)
    assert found == sorted(found)
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "descending"
    again = table.locator("tbody tr").evaluate_all(points)
    assert again == sorted(found, reverse=True)
    assert len(again) == 40 + len(HOSTILE_NAMES)


def test_feedback_of_the_hostile_is_quiet(page, reports: Path) -> None:
    page.goto((reports / "report.html").as_uri())
    page.get_by_role("link", name="<script>").first.click()
    page.get_by_text("[x](javascript:alert(1))").first.wait_for()
    check_quiet(page, 2)
    assert page.get_by_role("heading", level=1).inner_text().startswith("Feedback for <script>")


def test_colours_can_be_told_from_the_ground(page, reports: Path) -> None:
    """WCAG's contrast of 4.5 for text, in both themes."""
    page.goto((reports / "report.html").as_uri())
    for selector in ("body", ".muted", "a", ".flag", ".tiles dt"):
        contrast = page.locator(selector).first.evaluate(CONTRAST)
        assert contrast >= 4.5, (selector, contrast)


CONTRAST = """element => {
    const light = text => {
        const [r, g, b] = text.match(/[\\d.]+/g).map(Number).map(v => v / 255)
            .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    let ground = element;
    while (getComputedStyle(ground).backgroundColor === "rgba(0, 0, 0, 0)")
        ground = ground.parentElement;
    const pair = [getComputedStyle(element).color, getComputedStyle(ground).backgroundColor]
        .map(light).sort((a, b) => b - a);
    return (pair[0] + 0.05) / (pair[1] + 0.05);
}"""
