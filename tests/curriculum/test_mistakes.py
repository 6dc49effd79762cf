"""Every mistake an author can make is an error that names the file, the cell and the mend."""

from __future__ import annotations

from pathlib import Path

import pytest

from certlab.curriculum import CurriculumError, Problem, load_course
from tests.conftest import edit

MODULE = Path("curriculum/01-basics/02-two")


def problems_of(folder: Path) -> list[Problem]:
    with pytest.raises(CurriculumError) as caught:
        load_course(folder)
    return list(caught.value.problems)


# (file, text to replace, replacement, what the message says, what the place says, the mend)
MISTAKES = {
    "two questions with one id": (
        "exercise.py",
        'question="total"',
        'question="twice"',
        "second question with the id `twice`",
        'question="twice"',
        "id of its own",
    ),
    "check for an unknown question": (
        "exercise.py",
        'check="total"',
        'check="sum"',
        "check for an unknown question `sum`",
        'check="sum"',
        "total, twice",
    ),
    "probe for an unknown question": (
        "exercise.py",
        'probe="total"',
        'probe="sum"',
        "probe for an unknown question `sum`",
        'probe="sum"',
        "total, twice",
    ),
    "missing END SOLUTION": (
        "exercise.py",
        "total = float(x.sum())\n### END SOLUTION",
        "total = float(x.sum())",
        "BEGIN SOLUTION without END SOLUTION",
        'question="total"',
        "### END SOLUTION",
    ),
    "missing BEGIN SOLUTION": (
        "exercise.py",
        "### BEGIN SOLUTION\ntotal",
        "total",
        "END SOLUTION without BEGIN SOLUTION",
        'question="total"',
        "### BEGIN SOLUTION",
    ),
    "no solution region": (
        "exercise.py",
        "### BEGIN SOLUTION\ntotal = float(x.sum())\n### END SOLUTION",
        "total = float(x.sum())",
        "no solution region",
        'question="total"',
        "between",
    ),
    "unknown prerequisite": (
        "lesson.py",
        "needs: [01-basics/01-one]",
        "needs: [01-basics/09-nine]",
        "unknown module `01-basics/09-nine`",
        "header, needs",
        "as the folders are named",
    ),
    "prerequisite that comes later": (
        "lesson.py",
        "needs: [01-basics/01-one]",
        "needs: [01-basics/02-two]",
        "does not come before it",
        "header, needs",
        "renumber",
    ),
    "unknown objective": (
        "lesson.py",
        "demo/1.1",
        "demo/7.7",
        "unknown objective `demo/7.7`",
        "header, objectives",
        "certifications/*.yml",
    ),
    "unknown objective in a quiz": (
        "quiz.yml",
        "demo/1.1",
        "demo/7.7",
        "unknown objective `demo/7.7`",
        "item 1 (first)",
        "certifications/*.yml",
    ),
    "no seed parameter": (
        "exercise.py",
        "seed = 7",
        "number = 7",
        "no integer parameter `seed`",
        "cell 2",
        "seed = 7",
    ),
    "no parameters cell": (
        "exercise.py",
        ' tags=["parameters"]',
        "",
        "no parameters cell",
        "",
        "parameters",
    ),
    "choose disagrees with the correct options": (
        "quiz.yml",
        "  options:",
        "  choose: 2\n  options:",
        "`choose` is 2 but 1 options are correct",
        "item 1 (first)",
        "choose: 1",
    ),
    "option without a note": (
        "quiz.yml",
        '    - text: "3"\n      note: One too many.\n',
        '    - text: "3"\n',
        "options.1.note: field required",
        "item 1 (first)",
        "add `options.1.note`",
    ),
    "question without a probe": (
        "exercise.py",
        '# %% probe="total" rtol=1e-9',
        '# %% probe="twice"',
        "has no probe",
        'question="total"',
        '# %% probe="total"',
    ),
    "question without points": (
        "exercise.py",
        'question="total" points=3',
        'question="total"',
        "no positive number of points",
        'question="total"',
        "points=2",
    ),
    "misspelt attribute": (
        "exercise.py",
        "rtol=1e-9",
        "rtoll=1e-9",
        "unknown attribute `rtoll`",
        'probe="total"',
        "spelling",
    ),
    "impossible rule": (
        "exercise.py",
        "rtol=1e-9",
        'metric="accuracy"',
        "needs `against`",
        'probe="total"',
        "correct it",
    ),
    "broken Python": (
        "exercise.py",
        "total = float(x.sum())",
        "total = float(x.sum()",
        "not valid Python",
        'question="total"',
        "correct the code",
    ),
    "broken Python in a lesson": (
        "lesson.py",
        "print(np.arange(3).sum())",
        "print(",
        "not valid Python",
        "cell 2, line 13",
        "correct the code",
    ),
    "unknown key in a header": (
        "lesson.py",
        "minutes: 5",
        "minutes: 5\n# level: hard",
        "level: extra inputs are not permitted",
        "header",
        "remove `level`",
    ),
    "missing title": (
        "lesson.py",
        "# title: Two\n",
        "",
        "title: field required",
        "header",
        "add `title`",
    ),
    "dead link": (
        "lesson.py",
        "# A lesson.",
        "# A [lesson](03-three.ipynb).",
        "link to `03-three.ipynb`",
        "cell 1",
        "correct the link",
    ),
    "lesson without a title": (
        "lesson.py",
        "# # Two",
        "# Two",
        "not a title",
        "cell 1",
        "# # Title",
    ),
    "invalid YAML": (
        "quiz.yml",
        "- id: first",
        "- id: [first",
        "not valid YAML",
        "",
        "correct the YAML",
    ),
}


def test_the_tiny_course_has_no_mistake(tiny: Path) -> None:
    assert [module.name for module in load_course(tiny).modules] == [
        "01-basics/01-one",
        "01-basics/02-two",
    ]


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake_names_file_cell_and_mend(tiny: Path, mistake: str) -> None:
    file, old, new, message, where, mend = MISTAKES[mistake]
    edit(tiny / MODULE / file, old, new)
    found = [problem for problem in problems_of(tiny) if message in problem.message]
    assert len(found) == 1, [str(problem) for problem in problems_of(tiny)]
    assert found[0].path == tiny / MODULE / file
    assert where in found[0].where
    assert mend in found[0].mend


def test_all_mistakes_are_listed_at_once(tiny: Path) -> None:
    edit(tiny / MODULE / "exercise.py", "seed = 7", "number = 7")
    edit(tiny / MODULE / "exercise.py", 'probe="total"', 'probe="sum"')
    edit(tiny / MODULE / "quiz.yml", "demo/1.1", "demo/7.7")
    edit(tiny / "curriculum/01-basics/01-one/lesson.py", "demo/1.1", "demo/8.8")
    text = "\n".join(str(problem) for problem in problems_of(tiny))
    for part in ("`seed`", "unknown question `sum`", "no probe", "`demo/8.8`"):
        assert part in text


def test_missing_file(tiny: Path) -> None:
    (tiny / MODULE / "quiz.yml").unlink()
    assert any(
        problem.path.name == "quiz.yml" and "missing" in problem.message
        for problem in problems_of(tiny)
    )


def test_two_quiz_items_with_one_id(tiny: Path) -> None:
    quiz = tiny / MODULE / "quiz.yml"
    quiz.write_text(quiz.read_text("utf-8") * 2, "utf-8")
    assert any("second item" in problem.message for problem in problems_of(tiny))


def test_folder_that_course_yml_does_not_list(tiny: Path) -> None:
    (tiny / "curriculum" / "02-more").mkdir()
    assert any("does not list" in problem.message for problem in problems_of(tiny))


def test_certification_with_an_unknown_successor(tiny: Path) -> None:
    edit(tiny / "certifications" / "demo.yml", "successor: null", "successor: nowhere")
    assert any("unknown certification" in problem.message for problem in problems_of(tiny))


def test_file_that_is_not_utf8(tiny: Path) -> None:
    (tiny / MODULE / "lesson.py").write_bytes(b"# \xff\xfe")
    assert any("not UTF-8" in problem.message for problem in problems_of(tiny))


def a_guide(folder: Path) -> Path:
    """Add a part of guides with one guide, correct, to the small course."""
    course = folder / "curriculum" / "course.yml"
    edit(course, "parts:\n", "parts:\n  - {id: 00-start, title: S, summary: S, holds: guides}\n")
    guide = folder / "curriculum" / "00-start" / "01-how"
    guide.mkdir(parents=True)
    text = "# ---\n# title: How\n# minutes: 5\n# ---\n\n# %% [markdown]\n# # How\n# [One](LINK)\n"
    link = "../01-basics/01-one.ipynb"
    (guide / "lesson.py").write_text(text.replace("LINK", link), "utf-8")
    return guide


def test_a_guide_is_a_lesson_alone(tiny: Path) -> None:
    guide = a_guide(tiny)
    course = load_course(tiny)
    assert [one.name for one in course.guides] == ["00-start/01-how"]
    assert [module.name for module in course.modules] == ["01-basics/01-one", "01-basics/02-two"]
    (guide / "quiz.yml").write_text("[]", "utf-8")
    (problem,) = problems_of(tiny)
    assert "a guide is a lesson.py alone" in str(problem)


def test_mistakes_in_a_guide_are_named(tiny: Path) -> None:
    guide = a_guide(tiny)
    edit(guide / "lesson.py", "01-one.ipynb", "03-none.ipynb")
    (problem,) = problems_of(tiny)
    assert "which no module builds" in str(problem)
    edit(guide / "lesson.py", "minutes: 5", "minutes: soon")
    (problem,) = problems_of(tiny)
    assert "minutes" in str(problem)
    (guide / "lesson.py").unlink()
    (problem,) = problems_of(tiny)
    assert "a guide is a lesson.py" in str(problem)
