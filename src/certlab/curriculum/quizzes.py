"""Reads quiz.yml."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import ValidationError

from . import yaml_files
from .models import QuizItem
from .problems import Problem, validation_problems


def read_quiz(path: Path) -> tuple[tuple[QuizItem, ...], list[Problem]]:
    """Return the quiz items that can be read, and every mistake in the others."""
    try:
        data = yaml_files.parse(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        return (), [Problem(path, "", f"not valid YAML: {error}", "correct the YAML")]
    if not isinstance(data, list) or not data:
        return (), [Problem(path, "", "not a list of questions", "begin each with `- id: …`")]
    items: list[QuizItem] = []
    problems: list[Problem] = []
    for number, entry in enumerate(data, start=1):
        name = entry.get("id") if isinstance(entry, dict) else None
        where = f"item {number}" + (f" ({name})" if name else "")
        try:
            item = QuizItem.model_validate(entry)
        except ValidationError as error:
            problems.extend(validation_problems(path, where, error))
            continue
        correct = sum(option.correct for option in item.options)
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
