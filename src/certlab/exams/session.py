"""One sitting: takes a front end's messages, keeps the answers, and says what to show.

The browser gets only what it may know: which options are right, and why, once a question has been
checked (practice) or the sitting is finished (assessment).
"""

from __future__ import annotations

from typing import Any

from certlab.curriculum import Item

from . import kept, rendering, reports, scoring
from .banks import Quiz, learners_course


class MessageError(ValueError):
    """A front end asked for something that cannot be; the message says what."""


class Session:
    """Answers to a quiz, from wherever they come. `notice` is a word to the learner, or ''."""

    def __init__(self, quiz: Quiz) -> None:
        self.quiz = quiz
        self.answers, self.notice = kept.load(quiz)
        self._marks: dict[str, dict[str, Any]] = {}  # rendered once

    # ------------------------------------------------------------------ what happens

    def handle(self, message: Any) -> dict[str, Any]:
        """Do what a front end asks for and return the new `state()`. Raises MessageError."""
        if not isinstance(message, dict):
            raise MessageError("a message is an object with `do`")
        identifier, options = message.get("item"), message.get("options")
        match message.get("do"):
            case "choose":
                self.choose(identifier, options)
            case "check":
                self.choose(identifier, options)
                self.check(identifier)
            case "visit":
                self.answers.position = self._item(identifier).id
            case "finish":
                self.finish()
            case "restart":
                self.restart()
            case other:
                raise MessageError(f"cannot do {other!r}")
        self.notice = kept.save(self.quiz, self.answers)
        return self.state()

    def choose(self, identifier: Any, options: Any) -> None:
        """Take an answer: positions of options; none means "not sure"."""
        item = self._item(identifier)
        if not self._is_open(item.id):
            raise MessageError(f"{item.id} has been explained already")
        places = range(len(item.options))
        if not isinstance(options, list) or any(type(n) is not int for n in options):
            raise MessageError("`options` is a list of positions")
        if len(set(options)) != len(options) or any(n not in places for n in options):
            raise MessageError(f"{item.id} has the options 0 to {len(item.options) - 1}")
        if len(options) > item.choose:
            raise MessageError(f"{item.id} takes {item.choose} options")
        self.answers.chosen[item.id] = tuple(sorted(options))
        self.answers.position = item.id

    def check(self, identifier: Any) -> None:
        """Explain a question of a practice quiz, which closes it."""
        item = self._item(identifier)
        if self.quiz.kind != "practice":
            raise MessageError("an assessment explains its questions at the end")
        self.answers.checked.add(item.id)
        self.answers.finished = all(one.id in self.answers.checked for one in self.quiz.items)

    def finish(self) -> None:
        """End an assessment: its questions are explained and it reports."""
        if not self.answers.chosen:
            raise MessageError("answer at least one question first")
        self.answers.finished = True

    def restart(self) -> None:
        """Forget every answer."""
        self.answers = kept.Answers()

    # ------------------------------------------------------------------ what to show

    def content(self) -> dict[str, Any]:
        """The questions as HTML; never which options are right."""
        items = []
        for item in self.quiz.items:
            items.append(
                {
                    "id": item.id,
                    "stem": rendering.block(item.stem),
                    "options": [rendering.inline(option.text) for option in item.options],
                    "choose": item.choose,
                    "domain": self.quiz.domain_title(item),
                }
            )
        return {"title": self.quiz.title, "kind": self.quiz.kind, "items": items}

    def state(self) -> dict[str, Any]:
        """Everything that changes while a learner answers."""
        answers = self.answers
        return {
            "chosen": {name: list(options) for name, options in answers.chosen.items()},
            "marks": {name: self._mark(name) for name in self._closed()},
            "finished": answers.finished,
            "position": answers.position,
            "report": reports.to_html(self.report()) if answers.finished else "",
            "notice": self.notice,
            "kept": str(kept.path_of(self.quiz)),
        }

    def report(self) -> scoring.SkillReport | reports.PracticeReport:
        """The result of the answers so far."""
        if self.quiz.kind == "assessment":
            return scoring.skill_report(self.quiz, self.answers.chosen, learners_course())
        return reports.PracticeReport(scoring.tally(self.quiz.items, self.answers.chosen))

    # ------------------------------------------------------------------ within

    def _item(self, identifier: Any) -> Item:
        item = self.quiz.item(identifier) if isinstance(identifier, str) else None
        if item is None:
            raise MessageError(f"no question has the id {identifier!r}")
        return item

    def _is_open(self, identifier: str) -> bool:
        if self.quiz.kind == "practice":
            return identifier not in self.answers.checked
        return not self.answers.finished

    def _closed(self) -> list[str]:
        return [item.id for item in self.quiz.items if not self._is_open(item.id)]

    def _mark(self, identifier: str) -> dict[str, Any]:
        item = self._item(identifier)
        if identifier not in self._marks:
            notes = [rendering.inline(option.note) for option in item.options]
            self._marks[identifier] = {"correct": sorted(item.right), "notes": notes}
        chosen = self.answers.chosen.get(identifier, ())
        return self._marks[identifier] | {"right": scoring.is_right(item, chosen)}
