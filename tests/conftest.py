"""Shared by all tests: the real course, and a small one to break on purpose."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from certlab.curriculum import Course, load_course

ROOT = Path(__file__).parents[1]

LESSON = """\
# ---
# title: {title}
# minutes: 5
# needs: [{needs}]
# objectives: [demo/1.1]
# ---

# %% [markdown]
# # {title}
#
# A lesson.

# %%
import numpy as np

print(np.arange(3).sum())
"""

EXERCISE = """\
# ---
# title: "Exercise: {title}"
# minutes: 5
# ---

# %% [markdown]
# # Exercise: {title}

# %% tags=["parameters"]
seed = 7

# %%
import numpy as np

rng = np.random.default_rng(seed)
x = rng.normal(size=5)

# %% [markdown]
# ## Question 1 · twice (2 points)
#
# Write `twice(values)`.

# %% question="twice" points=2
### BEGIN SOLUTION
def twice(values):
    return 2 * values


### END SOLUTION

# %% check="twice"
assert np.allclose(twice(np.ones(2)), 2), "Two times one is two."

# %% probe="twice"
twice(x)

# %% [markdown]
# ## Question 2 · total (3 points)
#
# Set `total` to the sum of `x`.

# %% question="total" points=3
### BEGIN SOLUTION
total = float(x.sum())
### END SOLUTION

# %% check="total"
assert isinstance(total, float), "total should be a float."

# %% probe="total" rtol=1e-9
total
"""

QUIZ = """\
- id: first
  objectives: [demo/1.1]
  stem: What is 1 + 1?
  options:
    - text: "2"
      correct: true
      note: It is.
    - text: "3"
      note: One too many.
    - text: "11"
      note: That is joining text.
"""

CERTIFICATION = """\
id: demo
name: Demonstration
short_name: Demo
code: null
vendor: Nobody
status: live
status_note: For tests.
checked: 2026-01-01
live_since: null
last_exam: null
guide_date: null
successor: null
exam:
  questions: null
  minutes: null
  pass_mark: null
  price_usd: null
  validity_years: null
  languages: null
  delivery: null
sources: []
notes: []
domains:
  - id: "1"
    title: Basics
    weight: null
    objectives:
      - {id: "1.1", text: Add numbers.}
      - {id: "1.2", text: Subtract numbers.}
"""

COURSE = """\
title: Tiny
repository: null
parts:
  - id: 01-basics
    title: Basics
    summary: Very basic.
"""


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def course(root: Path) -> Course:
    """The real course."""
    return load_course(root)


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """The folder of a course of two small modules, free to be changed."""
    return write_course(tmp_path / "tiny")


def write_course(folder: Path) -> Path:
    """Write a small, correct course of two modules."""
    (folder / "certifications").mkdir(parents=True)
    (folder / "certifications" / "demo.yml").write_text(CERTIFICATION, "utf-8")
    (folder / "curriculum").mkdir()
    (folder / "curriculum" / "course.yml").write_text(COURSE, "utf-8")
    write_module(folder, "01-basics/01-one", "One")
    write_module(folder, "01-basics/02-two", "Two", needs="01-basics/01-one")
    return folder


def write_module(folder: Path, name: str, title: str, needs: str = "") -> Path:
    """Add a small, correct module to a course."""
    module = folder / "curriculum" / name
    module.mkdir(parents=True)
    (module / "lesson.py").write_text(LESSON.format(title=title, needs=needs), "utf-8")
    (module / "exercise.py").write_text(EXERCISE.format(title=title), "utf-8")
    (module / "quiz.yml").write_text(QUIZ, "utf-8")
    return module


def edit(path: Path, old: str, new: str) -> None:
    """Replace text in a file; fails when it is not there."""
    text = path.read_text("utf-8")
    assert old in text, f"{old!r} is not in {path}"
    path.write_text(text.replace(old, new), "utf-8")


@pytest.fixture(scope="session")
def built_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small course with its notebooks built, not to be changed."""
    from certlab.build import build

    folder = write_course(tmp_path_factory.mktemp("course") / "tiny")
    build(load_course(folder))
    return folder


@pytest.fixture
def tiny_built(built_once: Path, tmp_path: Path) -> Path:
    """The small course with its notebooks built, free to be changed."""
    return shutil.copytree(built_once, tmp_path / "tiny-built")


def certlab(*arguments: object, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command line as a user does, in a wide terminal."""
    return subprocess.run(
        [sys.executable, "-m", "certlab.cli", *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
        env=os.environ | {"COLUMNS": "200"} | environment,
    )
