"""Where questions come from: the skill assessment's own file, and the modules' quizzes."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

import certlab
from certlab.curriculum import Course, CurriculumError, Item, Problem, find_root, load_course
from certlab.curriculum.models import Identifier, ModuleName, Strict
from certlab.curriculum.problems import validation_problems
from certlab.curriculum.quizzes import read_items
from certlab.curriculum.yaml_files import parse

SKILLS = "skills"  # the assessment's name, where a module's name may stand too


class SkillItem(Item):
    """A question of the skill assessment."""

    domain: Identifier
    level: Annotated[int, Field(ge=1, le=3)]  # 1: a first course taught it, 3: only practice does
    modules: tuple[ModuleName, ...] = ()  # what to study when it is not known


class SkillDomain(Strict):
    """A field of knowledge that the assessment reports on, and the modules that teach it."""

    id: Identifier
    title: str
    modules: tuple[ModuleName, ...] = ()


class SkillsFile(Strict):
    """skills.yml without its items, which are read one by one so that every mistake is listed."""

    title: str
    domains: Annotated[list[SkillDomain], Field(min_length=1)]


@dataclass(frozen=True)
class Quiz:
    """Questions in their order, and what kind of sitting they make.

    `practice` explains each answer at once; `assessment` explains at the end, so that no answer
    teaches the next, and reports by domain.
    """

    name: str
    title: str
    kind: Literal["practice", "assessment"]
    items: tuple[Item, ...]
    domains: tuple[SkillDomain, ...] = ()

    def item(self, identifier: str) -> Item | None:
        """The item with this id."""
        return next((item for item in self.items if item.id == identifier), None)

    def domain_title(self, item: Item) -> str:
        """The title of the item's domain; '' in a module's quiz."""
        titles = {domain.id: domain.title for domain in self.domains}
        return titles[item.domain] if isinstance(item, SkillItem) else ""


def skill_assessment() -> Quiz:
    """The 40 items over eight domains. Raises CurriculumError when the file has mistakes."""
    path = Path(str(files("certlab.exams").joinpath("skills.yml")))
    return read_skills(path)


def read_skills(path: Path) -> Quiz:
    """Read a file in the format of skills.yml. Raises CurriculumError listing every mistake."""
    data = parse(path.read_text(encoding="utf-8"))
    entries = data.pop("items", None) if isinstance(data, dict) else None
    items, problems = read_items(path, entries, SkillItem)
    file: SkillsFile | None = None
    try:
        file = SkillsFile.model_validate(data)
    except ValidationError as error:
        problems.extend(validation_problems(path, "", error))
    if file is not None:
        known = {domain.id: domain for domain in file.domains}
        for item in items:
            if item.domain not in known:
                mend = f"use one of {', '.join(known)}"
                problems.append(Problem(path, item.id, f"unknown domain `{item.domain}`", mend))
            elif extra := [m for m in item.modules if m not in known[item.domain].modules]:
                mend = f"add it to the modules of the domain {item.domain}"
                problems.append(Problem(path, item.id, f"names the module `{extra[0]}`", mend))
    if problems or file is None:
        raise CurriculumError(problems)
    return Quiz(SKILLS, file.title, "assessment", items, tuple(file.domains))


def module_quiz(name: str) -> Quiz:
    """The quiz of one module. Raises LookupError when the course has no such module."""
    course = learners_course()
    module = course.module(name)
    if module is None:
        raise LookupError(course.unknown(name))
    return Quiz(module.name, module.header.title, "practice", module.quiz)


@cache
def learners_course() -> Course:
    """The course around the working directory, or the one that the package brings along."""
    try:
        root = find_root()
    except FileNotFoundError:
        package = Path(certlab.__file__).parent
        packaged = package / "course"  # in a wheel; see pyproject.toml
        root = packaged if packaged.is_dir() else find_root(package)
    return load_course(root)


def fingerprint(item: Item) -> str:
    """Changes when an item's wording changes: an answer given to the old one no longer counts."""
    text = json.dumps([item.stem, [option.text for option in item.options]])
    return hashlib.sha256(text.encode()).hexdigest()[:12]
