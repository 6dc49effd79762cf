"""Reads quiz.yml, and any other list of multiple-choice questions."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from . import yaml_files
from .models import Item, QuizItem
from .problems import Problem, validation_problems

AnyItem = TypeVar("AnyItem", bound=Item)


def read_quiz(path: Path) -> tuple[tuple[QuizItem, ...], list[Problem]]:
    """Return the quiz items that can be read, and every mistake in the others."""
    try:
        data = yaml_files.parse(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        return (), [Problem(path, "", f"not valid YAML: {error}", "correct the YAML")]
    return read_items(path, data, QuizItem)


def read_items(
    path: Path, data: Any, kind: type[AnyItem]
) -> tuple[tuple[AnyItem, ...], list[Problem]]:
    """Return the items of a parsed list that can be read, and every mistake in the others."""
    if not isinstance(data, list) or not data:
        return (), [Problem(path, "", "not a list of questions", "begin each with `- id: …`")]
    items: list[AnyItem] = []
    problems: list[Problem] = []
    for number, entry in enumerate(data, start=1):
        name = entry.get("id") if isinstance(entry, dict) else None
        where = f"item {number}" + (f" ({name})" if name else "")
        try:
            item = kind.model_validate(entry)
        except ValidationError as error:
            problems.extend(validation_problems(path, where, error))
            continue
        correct = len(item.right)
        if correct != item.choose:
            problems.append(
                Problem(
                    path,
                    where,
                    f"`choose` is {item.choose} but {correct} options are correct",
                    f"set `choose: {correct}`, or correct the options",
                )
            )
        if any(item.id == earlier.id for earlier in items):
            problems.append(
                Problem(path, where, f"a second item with the id `{item.id}`", "rename one of them")
            )
        items.append(item)
    return tuple(items), problems
