"""From answers to a report: weights, verdicts, and modules in the order of their needs."""

from __future__ import annotations

from pathlib import Path

import pytest

from certlab.curriculum import Course, CurriculumError, load_course
from certlab.exams import plain, reports
from certlab.exams.banks import Quiz, SkillItem, read_skills, skill_assessment
from certlab.exams.scoring import skill_report, tally
from tests.conftest import edit


def test_harder_questions_weigh_more(skills: Quiz) -> None:
    vectors = [item for item in skills.items if item.domain == "vectors"]
    easy = tally(vectors, {"v-easy": (0,), "v-hard": ()})
    hard = tally(vectors, {"v-hard": (0, 2)})
    assert (easy.right, hard.right) == (1, 1)
    assert (easy.share, hard.share) == (0.25, 0.75)
    assert (easy.verdict, hard.verdict) == ("gap", "some gaps")
    assert (easy.unsure, hard.unsure) == (1, 0)
    assert tally(vectors, {}).verdict == "not answered"
    assert tally(vectors, {"v-easy": (0,), "v-hard": (0, 2)}).verdict == "strong"


def test_half_a_choice_is_not_right(skills: Quiz) -> None:
    assert tally(skills.items[1:2], {"v-hard": (0,)}).right == 0


def test_modules_to_study_and_to_skip_come_in_the_order_of_their_needs(
    skills: Quiz, tiny: Path
) -> None:
    course = load_course(tiny)
    report = skill_report(skills, {"v-easy": (1,), "v-hard": (0, 2)}, course)
    found = [(one.module.name, one.study, one.why) for one in report.advice]
    assert found == [
        ("01-basics/01-one", True, "0 of 1 right"),
        ("01-basics/02-two", False, "1 of 1 right"),
    ]
    everything = skill_report(skills, {"v-easy": (), "v-hard": ()}, course)
    assert [one.module.name for one in everything.advice if one.study] == [
        "01-basics/01-one",
        "01-basics/02-two",
    ]
    assert skill_report(skills, {"l-one": (1,)}, course).advice == ()  # its domain was not asked


def test_a_module_without_a_question_follows_its_domain(skills: Quiz, tiny: Path) -> None:
    items = tuple(
        item.model_copy(update={"modules": ()}) if item.id == "v-hard" else item
        for item in skills.items
    )
    quiz = Quiz(skills.name, skills.title, skills.kind, items, skills.domains)
    course = load_course(tiny)
    weak = skill_report(quiz, {"v-easy": (0,), "v-hard": ()}, course)
    assert [one.study for one in weak.advice] == [False, True]
    assert "no question of its own; Vectors: gap" in weak.advice[1].why


def test_the_report_reads_the_same_in_a_notebook_and_in_a_terminal(
    skills: Quiz, tiny: Path
) -> None:
    report = skill_report(skills, {"v-easy": (0,), "v-hard": (), "l-one": (0,)}, load_course(tiny))
    html, text = reports.to_html(report), reports.to_text(report)
    for shown in (html, text):
        assert "1 of 3 right, 1 marked “not sure”." in shown
        assert "The course has no modules on Later things yet." in shown
        assert "Study, in this order" in shown
        assert "Skip, or try the exercise" in shown
    assert 'href="../../notebooks/01-basics/02-two.ipynb"' in html
    assert "█" in text
    nothing = skill_report(skills, {}, load_course(tiny))
    assert reports.to_html(nothing) == f"<p>{reports.NOTHING}</p>"
    assert reports.to_text(nothing) == reports.NOTHING


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("domain: later\n    level: 2", "domain: latr\n    level: 2", "unknown domain `latr`"),
        ("level: 3", "level: 4", "level"),
        ("choose: 2", "choose: 1", "2 options are correct"),
        ("modules: [01-basics/02-two]\n    stem", "modules: [01-basics/03-x]\n    stem", "03-x"),
        ("id: v-hard", "id: v-easy", "a second item"),
        ("title: Small\n", "", "title"),
    ],
)
def test_mistakes_in_the_file_are_named(
    skills: Quiz, tmp_path: Path, old: str, new: str, said: str
) -> None:
    path = tmp_path / "skills.yml"
    edit(path, old, new)
    with pytest.raises(CurriculumError, match=said):
        read_skills(path)


# ------------------------------------------------------------------ the real assessment


def test_forty_items_of_graded_difficulty_in_eight_domains(course: Course) -> None:
    quiz = skill_assessment()
    items = [item for item in quiz.items if isinstance(item, SkillItem)]
    assert len(items) == 40
    for domain in quiz.domains:
        levels = [item.level for item in items if item.domain == domain.id]
        assert levels == [1, 1, 2, 2, 3], domain.id
        for module in domain.modules:
            assert course.module(module) is not None, module


def test_questions_name_modules_of_their_domain(course: Course) -> None:
    """All of them, up to the five that five questions can tell apart."""
    quiz = skill_assessment()
    known = {module.name for module in course.modules}
    for domain in quiz.domains:
        items = [item for item in quiz.items if item.domain == domain.id]
        named = {module for item in items for module in item.modules}
        assert named <= set(domain.modules) <= known, domain.id
        assert len(named) >= min(5, len(domain.modules)), domain.id
        assert all(item.modules for item in items) == bool(domain.modules), domain.id


def test_the_right_option_cannot_be_guessed_from_its_place_or_length() -> None:
    items = skill_assessment().items
    places = [min(item.right) for item in items]
    assert max(places.count(place) for place in range(4)) <= 12
    longest = [
        max(range(len(item.options)), key=lambda n: len(item.options[n].text)) in item.right
        for item in items
    ]
    assert sum(longest) <= 14


def test_plain_letters() -> None:
    single = skill_assessment().items[0]
    assert plain.read_letters(single, " b ") == [1]
    assert plain.read_letters(single, "?") == []
    for wrong in ("", "E", "AB", "1"):
        with pytest.raises(ValueError, match="give one letter of A to D"):
            plain.read_letters(single, wrong)
