"""Quizzes and the skill assessment, in a notebook, in a browser page or in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .widget import QuizWidget

__all__ = ["assessment", "quiz"]


def assessment() -> QuizWidget:
    """The skill assessment as a widget: show it as a cell's value, then ask it for its `report()`.

    Answers are kept on this machine from one day to the next. Where widgets do not run, the
    questions appear as text, and `answer_all("B?AC…")` takes the answers.
    """
    from .banks import skill_assessment
    from .widget import QuizWidget

    return QuizWidget(skill_assessment())


def quiz(module: str) -> QuizWidget:
    """A module's quiz as a widget, for example `quiz("01-math/04-gradient-descent")`.

    Raises LookupError when the course has no such module.
    """
    from .banks import module_quiz
    from .widget import QuizWidget

    return QuizWidget(module_quiz(module))
