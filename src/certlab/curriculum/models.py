"""What the course is made of: typed objects without behaviour that touches the disk."""

from __future__ import annotations

import datetime
import difflib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Identifier = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")]
ObjectiveReference = Annotated[str, Field(pattern=r"^[a-z0-9-]+/\d+(\.\d+)*$")]
ModuleName = Annotated[str, Field(pattern=r"^\d\d-[a-z0-9-]+/\d\d-[a-z0-9-]+$")]


class Strict(BaseModel):
    """A file that people write: unknown keys are mistakes, and nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


# ---------------------------------------------------------------------------------- the course


class Part(Strict):
    """A numbered folder of modules, such as 01-math, or of guides to the course itself."""

    id: Annotated[str, Field(pattern=r"^\d\d-[a-z0-9-]+$")]
    title: str
    summary: str
    holds: Literal["modules", "guides"] = "modules"


class CourseFile(Strict):
    """curriculum/course.yml."""

    title: str
    repository: Annotated[str, Field(pattern=r"^[\w.-]+/[\w.-]+$")] | None = None  # on GitHub
    branch: str = "main"
    parts: list[Part]


class LessonHeader(Strict):
    """The header of lesson.py."""

    title: str
    minutes: Annotated[int, Field(gt=0)]
    needs: list[ModuleName] = []
    objectives: list[ObjectiveReference]
    packages: list[str] = []  # what pip installs on Colab besides Colab's own packages


class GuideHeader(Strict):
    """The header of a guide's lesson.py."""

    title: str
    minutes: Annotated[int, Field(gt=0)]
    packages: list[str] = []


class ExerciseHeader(Strict):
    """The header of exercise.py."""

    title: str
    minutes: Annotated[int, Field(gt=0)]
    packages: list[str] = []


class Option(Strict):
    """One answer to choose; its note says why it is right, or which mistake it is."""

    text: str
    note: str
    correct: bool = False


class Item(Strict):
    """One multiple-choice question; `choose` of its options are correct."""

    id: Identifier
    stem: str
    choose: Annotated[int, Field(gt=0)] = 1
    options: Annotated[list[Option], Field(min_length=3)]

    @property
    def right(self) -> frozenset[int]:
        """Positions of the correct options."""
        return frozenset(n for n, option in enumerate(self.options) if option.correct)


class QuizItem(Item):
    """A question of a module's quiz, tied to the exam objectives that it serves."""

    objectives: Annotated[list[ObjectiveReference], Field(min_length=1)]


# -------------------------------------------------------------------------------- an exercise

CellRole = Literal["text", "parameters", "given", "question", "check", "probe", "solution-only"]


class Rule(Strict):
    """How a probe's value is compared with the solution's.

    Without any key, numbers agree within a relative 1e-6 and everything else exactly; in an array,
    an entry may also be off by a thousandth of that times the largest entry, so that zeros need no
    `atol`. A single number that should be 0 does. With `metric`, the value is a prediction that is
    scored against the trusted value of `against`.
    """

    rtol: Annotated[float, Field(ge=0)] = 1e-6
    atol: Annotated[float, Field(ge=0)] = 0.0
    exact: bool = False
    unordered: bool = False
    metric: (
        Literal["accuracy", "balanced_accuracy", "f1", "roc_auc", "r2", "mae", "rmse"] | None
    ) = None
    against: str | None = None  # an expression, evaluated only where the solution runs
    at_least: float | None = None
    at_most: float | None = None  # for metrics that are errors: mae, rmse

    @model_validator(mode="after")
    def _complete(self) -> Rule:
        scored = [self.against is not None, self.at_least is not None or self.at_most is not None]
        if self.metric is None and any(scored):
            raise ValueError("`against`, `at_least` and `at_most` need a `metric`")
        if self.metric is not None and not all(scored):
            raise ValueError("a `metric` needs `against` and `at_least` (or `at_most`)")
        if self.metric is not None and (self.metric in ("mae", "rmse")) != (
            self.at_most is not None
        ):
            raise ValueError("errors (mae, rmse) take `at_most`, scores take `at_least`")
        return self


class ExerciseCell(Strict):
    """A cell of an exercise and the part it plays."""

    number: int
    role: CellRole
    source: str
    question: str | None = None  # the id that a question, check or probe cell belongs to
    points: float | None = None
    rule: Rule | None = None
    tags: tuple[str, ...] = ()


class Question(Strict):
    """What the learner answers; its points and the heading above it."""

    id: str
    points: float
    title: str


class Exercise(Strict):
    """An exercise with its solution and probes, from exercise.py or a built solution notebook."""

    name: str
    path: Path
    header: ExerciseHeader
    parameters: dict[str, Any]
    cells: tuple[ExerciseCell, ...]
    questions: tuple[Question, ...]

    @property
    def max_score(self) -> float:
        """Points of all questions together."""
        return sum(question.points for question in self.questions)


class LessonCell(Strict):
    """A cell of a lesson."""

    number: int
    kind: Literal["markdown", "code"]
    source: str
    tags: tuple[str, ...] = ()


class Guide(Strict):
    """A notebook about the course itself: no exercise, no quiz, no objectives."""

    name: ModuleName
    folder: Path
    header: GuideHeader
    lesson: tuple[LessonCell, ...]


class Module(Strict):
    """A lesson, its exercise and its quiz."""

    name: ModuleName
    folder: Path
    header: LessonHeader
    lesson: tuple[LessonCell, ...]
    exercise: Exercise
    quiz: tuple[QuizItem, ...]

    @property
    def part(self) -> str:
        """The id of the part that the module stands in."""
        return self.name.split("/")[0]


# ----------------------------------------------------------------------------- certifications


class Objective(Strict):
    """Something the exam expects of a candidate, in the course's own words."""

    id: Annotated[str, Field(pattern=r"^\d+\.\d+$")]
    text: str


class Weight(Strict):
    """Share of the exam in percent; a range where the vendor gives one."""

    min: Annotated[float, Field(ge=0, le=100)]
    max: Annotated[float, Field(ge=0, le=100)]
    approximate: bool = False


class Domain(Strict):
    """A section of the exam guide."""

    id: Annotated[str, Field(pattern=r"^\d+$")]
    title: str
    weight: Weight | None
    objectives: list[Objective]


class QuestionCount(Strict):
    """How many questions the exam has."""

    min: int | None
    max: int | None
    note: str | None = None


class ExamFigures(Strict):
    """Figures of the exam; None where the vendor publishes nothing."""

    questions: QuestionCount | None
    minutes: int | None
    pass_mark: str | None
    price_usd: float | None
    validity_years: float | None
    languages: list[str] | None
    delivery: str | None


class Source(Strict):
    """Where a fact stands, and the date of that page."""

    fact: str
    address: str
    date: datetime.date | None
    evidence: Literal["vendor", "relayed", "third-party", "unverified"]
    note: str | None = None


class Certification(Strict):
    """An exam, with the objectives that modules refer to as `<id>/<objective id>`."""

    id: Identifier
    name: str
    short_name: str
    code: str | None
    vendor: str
    status: Literal["live", "beta", "retired"]
    status_note: str
    checked: datetime.date
    live_since: datetime.date | None
    last_exam: datetime.date | None
    guide_date: datetime.date | None
    successor: Identifier | None
    exam: ExamFigures
    sources: list[Source]
    notes: list[str]
    domains: list[Domain]


class Course(Strict):
    """Everything under curriculum/ and certifications/, read and checked."""

    root: Path
    file: CourseFile
    guides: tuple[Guide, ...] = ()
    modules: tuple[Module, ...]
    certifications: tuple[Certification, ...]

    def module(self, name: str) -> Module | None:
        """The module called `name`, or the only one whose folder name is `name`."""
        matches = [
            module for module in self.modules if name in (module.name, module.name.split("/")[1])
        ]
        return matches[0] if len(matches) == 1 else None

    def unknown(self, name: str) -> str:
        """What to say of a name that `module` does not know."""
        close = difflib.get_close_matches(name, [one.name for one in self.modules], 1, cutoff=0.4)
        hint = f"did you mean {close[0]}?" if close else "see `certlab list`"
        return f"unknown module {name}; {hint}"
