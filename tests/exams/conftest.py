"""A small assessment and a small practice quiz, with answers kept in a temporary folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from certlab.curriculum.models import QuizItem
from certlab.exams.banks import Quiz, learners_course, read_skills

SKILLS = """\
title: Small
domains:
  - {id: vectors, title: Vectors, modules: [01-basics/01-one, 01-basics/02-two]}
  - {id: later, title: Later things}
items:
  - id: v-easy
    domain: vectors
    level: 1
    modules: [01-basics/01-one]
    stem: "What is $1 + 1$? <script>alert(1)</script>"
    options:
      - {text: "2", note: Counted., correct: true}
      - {text: "`11`", note: Joined as text.}
      - {text: "3", note: Counted on.}
  - id: v-hard
    domain: vectors
    level: 3
    choose: 2
    modules: [01-basics/02-two]
    stem: Which two are even?
    options:
      - {text: "4", note: Twice two., correct: true}
      - {text: "5", note: One too many.}
      - {text: "6", note: Twice three., correct: true}
  - id: l-one
    domain: later
    level: 2
    stem: Later?
    options:
      - {text: Never, note: No.}
      - {text: Soon, note: "Yes.", correct: true}
      - {text: Perhaps, note: No.}
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where answers are kept. The course is looked for anew in each test."""
    folder = tmp_path / "home"
    monkeypatch.setenv("CERTLAB_HOME", str(folder))
    learners_course.cache_clear()
    yield folder
    learners_course.cache_clear()


@pytest.fixture
def skills(tmp_path: Path) -> Quiz:
    path = tmp_path / "skills.yml"
    path.write_text(SKILLS, "utf-8")
    return read_skills(path)


@pytest.fixture
def practice(skills: Quiz) -> Quiz:
    items = tuple(
        QuizItem(**item.model_dump(include={"id", "stem", "choose", "options"}), objectives=["a/1"])
        for item in skills.items
    )
    return Quiz("01-basics/01-one", "Practice", "practice", items)
