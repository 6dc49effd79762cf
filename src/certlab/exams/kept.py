"""Keeps a learner's answers in a small file on this machine, from one day to the next."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from platformdirs import user_data_path

from certlab.storage import write_atomically

from .banks import Quiz, fingerprint

HOME_VARIABLE = "CERTLAB_HOME"
_DRIVE = Path("/content/drive/MyDrive")  # where Colab mounts a learner's Drive
_VERSION = 1


@dataclass
class Answers:
    """What was answered so far; an empty choice means "not sure"."""

    chosen: dict[str, tuple[int, ...]] = field(default_factory=dict)
    checked: set[str] = field(default_factory=set)  # explained already, so no longer open
    finished: bool = False
    position: str = ""


def folder() -> Path:
    """$CERTLAB_HOME; on Colab a mounted Drive; otherwise the user's folder for programs' data."""
    if configured := os.environ.get(HOME_VARIABLE):
        return Path(configured)
    if _DRIVE.is_dir():
        return _DRIVE / "certlab"
    return user_data_path("certlab", appauthor=False)


def path_of(quiz: Quiz) -> Path:
    """The file that keeps the answers to `quiz`."""
    return folder() / "answers" / f"{re.sub(r'[^a-z0-9-]+', '.', quiz.name)}.json"


def load(quiz: Quiz) -> tuple[Answers, str]:
    """The kept answers, and a word to the learner where something is odd about them.

    Answers to questions that have changed since are left out. A file that cannot be understood is
    put aside, not overwritten.
    """
    path = path_of(quiz)
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return _understand(quiz, data), ""
    except FileNotFoundError:
        return Answers(), ""
    except OSError as error:
        return Answers(), f"Earlier answers could not be read: {path}: {error.strerror}."
    except (ValueError, TypeError, KeyError, AttributeError):
        return Answers(), _put_aside(path)


def save(quiz: Quiz, answers: Answers) -> str:
    """Write the answers; return a word to the learner when that does not work, else ''."""
    entries = {
        item.id: {
            "wording": fingerprint(item),
            "chosen": list(answers.chosen[item.id]),
            "checked": item.id in answers.checked,
        }
        for item in quiz.items
        if item.id in answers.chosen
    }
    data = {
        "version": _VERSION,
        "finished": answers.finished,
        "position": answers.position,
        "items": entries,
    }
    path = path_of(quiz)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, json.dumps(data, indent=1) + "\n")
    except OSError as error:
        return (
            f"Your answers are not being kept: {path}: {error.strerror}. "
            f"Set {HOME_VARIABLE} to a folder that can be written."
        )
    return ""


def _understand(quiz: Quiz, data: dict[str, Any]) -> Answers:
    if data["version"] != _VERSION:
        raise ValueError(f"version {data['version']}")
    answers = Answers(finished=bool(data["finished"]), position=str(data["position"]))
    for identifier, entry in data["items"].items():
        item = quiz.item(identifier)
        if item is None or entry["wording"] != fingerprint(item):
            continue
        chosen = tuple(int(n) for n in entry["chosen"])
        if len(chosen) > item.choose or any(n not in range(len(item.options)) for n in chosen):
            raise ValueError(f"{identifier}: no such options")
        answers.chosen[item.id] = chosen
        if entry["checked"]:
            answers.checked.add(item.id)
    if quiz.item(answers.position) is None:
        answers.position = ""
    return answers


def _put_aside(path: Path) -> str:
    aside = path.with_suffix(".unreadable")
    try:
        path.replace(aside)
    except OSError as error:
        return f"Earlier answers could not be understood: {path} ({error.strerror})."
    return f"Earlier answers could not be understood; they are now in {aside}."
