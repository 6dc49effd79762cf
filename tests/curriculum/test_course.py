"""The course as it is: its modules, its certifications and what serves what."""

from __future__ import annotations

from pathlib import Path

import pytest

from certlab.curriculum import Course, blank_source, coverage, find_root, load_course
from tests.conftest import edit

ASKED_FOR = {"google-pmle", "aws-mls", "azure-ai-102", "tf-developer", "databricks-ml"}
REPLACED_BY = {"aws-mls": "aws-mla", "azure-ai-102": "azure-ai-103"}
OBJECTIVES = {"google-pmle": 14, "aws-mls": 15, "databricks-ml": 48, "tf-developer": 49}


def test_modules_have_enough_questions(course: Course) -> None:
    for module in course.modules:
        assert 4 <= len(module.exercise.questions) <= 6, module.name
        assert len(module.quiz) >= 6, module.name


def test_lessons_keep_to_the_guide_values(course: Course) -> None:
    for module in course.modules:
        code = [cell for cell in module.lesson if cell.kind == "code"]
        words = sum(len(cell.source.split()) for cell in module.lesson if cell.kind == "markdown")
        lines = [len([line for line in cell.source.splitlines() if line]) for cell in code]
        assert 8 <= len(code) <= 25, (module.name, len(code))
        assert 60 <= sum(lines) <= 170, (module.name, sum(lines))
        assert 800 <= words <= 2_000, (module.name, words)


def test_right_options_are_not_always_in_one_place(course: Course) -> None:
    for module in course.modules:
        places = {
            next(place for place, option in enumerate(item.options) if option.correct)
            for item in module.quiz
        }
        assert len(places) > 1, module.name


def test_the_five_certifications_and_their_successors(course: Course) -> None:
    known = {certification.id: certification for certification in course.certifications}
    assert known.keys() == ASKED_FOR | set(REPLACED_BY.values())
    for retired, successor in REPLACED_BY.items():
        assert known[retired].status == "retired"
        assert known[retired].successor == successor
    for certification in known.values():
        assert certification.sources
        assert all(source.address.startswith("https://") for source in certification.sources)


def test_objectives_are_complete(course: Course) -> None:
    counts = {
        certification.id: sum(len(domain.objectives) for domain in certification.domains)
        for certification in course.certifications
    }
    assert counts | OBJECTIVES == counts


def test_coverage_is_computed_from_the_modules(tiny: Path) -> None:
    course = load_course(tiny)
    covered = coverage(course, course.certifications[0])
    assert covered.served == {"1.1": ("01-basics/01-one", "01-basics/02-two"), "1.2": ()}
    assert [objective.id for objective in covered.unserved] == ["1.2"]


def test_naming_a_domain_serves_no_single_objective(tiny: Path) -> None:
    for name in ("01-one", "02-two"):
        edit(tiny / "curriculum/01-basics" / name / "lesson.py", "demo/1.1", "demo/1")
    course = load_course(tiny)
    covered = coverage(course, course.certifications[0])
    assert len(covered.modules) == 2
    assert len(covered.unserved) == 2


def test_find_root_from_a_folder_inside(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CERTLAB_COURSE", raising=False)
    monkeypatch.chdir(tiny / "curriculum" / "01-basics")
    assert find_root() == tiny


def test_find_root_outside_a_course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CERTLAB_COURSE", raising=False)
    with pytest.raises(FileNotFoundError, match="CERTLAB_COURSE"):
        find_root(tmp_path)


def test_blank_source_keeps_what_is_given_and_the_indent() -> None:
    source = "def f(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"
    blank = blank_source(source, 'Question 1 · the "f"')
    assert blank.startswith("def f(x):\n    # your answer")
    assert "2 * x" not in blank
    namespace: dict = {}
    exec(blank, namespace)
    with pytest.raises(NotImplementedError, match="Question 1"):
        namespace["f"](1)
