"""Students' answers: right, partly wrong, raising and blank ones, the same for every tool."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from certlab.curriculum import Exercise, blank_source, read_exercise
from certlab.curriculum.cells import read_percent
from certlab.curriculum.exercises import BEGIN, END

# Any five students in a row hold two of the first kind and one of each other.
KINDS = ("right", "right", "partly wrong", "raising", "blank")

_RAISING = (
    'raise ValueError("an answer that ends in an error")',
    "result = undefined_name + 1",
    "[][3]",
)


@dataclass(frozen=True)
class Student:
    """One submission: its answer to every question."""

    name: str
    kind: str
    answers: Mapping[str, str]


@dataclass(frozen=True)
class Assignment:
    """An exercise and the wrong answers to draw from."""

    exercise: Exercise
    wrong: Mapping[str, list[str]]

    @property
    def name(self) -> str:
        """The assignment's folder."""
        return self.exercise.name


def load_assignment(folder: Path) -> Assignment:
    """Read `exercise.py` and `wrong.py`, a percent file with cells `# %% question="id"`."""
    _, cells = read_percent(folder / "wrong.py")
    wrong: dict[str, list[str]] = {}
    for cell in cells:
        if "question" in cell.attributes:
            wrong.setdefault(cell.attributes["question"], []).append(cell.source)
    return Assignment(read_exercise(folder / "exercise.py", folder.name), wrong)


def make_students(assignment: Assignment, count: int, seed: int) -> list[Student]:
    """The first `count` students of a sequence that `seed` fixes."""
    return [_student(assignment, number, seed) for number in range(count)]


def _student(assignment: Assignment, number: int, seed: int) -> Student:
    name = f"student-{number:04d}"
    kind = KINDS[number % len(KINDS)]
    rng = random.Random(f"{seed}-{assignment.name}-{number}")
    titles = {question.id: question.title for question in assignment.exercise.questions}
    sources = {
        cell.question: cell.source
        for cell in assignment.exercise.cells
        if cell.role == "question" and cell.question is not None
    }
    answers = {question: _solution(source) for question, source in sources.items()}
    questions = list(answers)
    if kind == "blank":
        answers = {key: blank_source(source, titles[key]) for key, source in sources.items()}
    elif kind == "partly wrong":
        for question in rng.sample(questions, rng.randint(1, len(questions) - 1)):
            answers[question] = rng.choice(assignment.wrong[question])
    elif kind == "raising":
        answers[rng.choice(questions)] = rng.choice(_RAISING)
    if kind != "blank":  # so that no two submissions are the same text
        answers = {key: f"# {name}\n{source}" for key, source in answers.items()}
    return Student(name, kind, answers)


def _solution(source: str) -> str:
    lines = [line for line in source.splitlines() if line.strip() not in (BEGIN, END)]
    return "\n".join(lines).strip("\n")
