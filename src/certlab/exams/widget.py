"""The quiz in a notebook: JupyterLab, Notebook, VS Code, Colab."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from . import plain
from .banks import Quiz
from .reports import Shown
from .session import MessageError, Session

FRONT_END = Path(str(files("certlab.exams"))) / "front_end"


class QuizWidget(anywidget.AnyWidget):
    """Shows a quiz and keeps its answers.

    Python holds the sitting: the browser sends what the learner does and shows the state that
    comes back. A front end without widgets shows the questions as text instead.
    """

    _esm = FRONT_END / "quiz.js"
    _css = FRONT_END / "quiz.css"
    _ipython_display_ = None  # ipywidgets 7, as on Colab, would show nothing beside the widget
    content = traitlets.Dict().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)

    def __init__(self, quiz: Quiz) -> None:
        self._session = Session(quiz)
        super().__init__(content=self._session.content(), state=self._session.state())
        self.on_msg(self._receive)

    def report(self) -> Shown:
        """The result of the answers so far, as HTML in a notebook and as text in a terminal."""
        return Shown(self._session.report())

    def answer_all(self, letters: str) -> Shown:
        """Answer every question in order, without the widget: `answer_all("B?AC…")`.

        Each letter answers one question and `?` says "not sure"; spaces and line breaks do not
        count. A question with several right options takes its letters in brackets, `(AD)`.
        Raises ValueError where letters are missing, too many or not among the options.
        """
        groups = _groups(letters)
        items = self._session.quiz.items
        if len(groups) != len(items):
            raise ValueError(f"{len(items)} questions but {len(groups)} answers")
        answers = {}
        for number, (item, group) in enumerate(zip(items, groups, strict=True), start=1):
            try:
                answers[item.id] = plain.read_letters(item, group)
            except ValueError as error:
                raise ValueError(f"question {number}: {group!r}: {error}") from None
        self._do({"do": "restart"})
        practice = self._session.quiz.kind == "practice"
        for identifier, options in answers.items():
            do = "check" if practice else "choose"
            self._do({"do": do, "item": identifier, "options": options})
        if not practice:
            self._do({"do": "finish"})
        return self.report()

    def _receive(self, _: Any, message: Any, __: Any) -> None:
        try:
            self._do(message)
        except MessageError as error:
            self.state = self._session.state() | {"notice": f"That did not work: {error}."}

    def _do(self, message: Any) -> None:
        self.state = self._session.handle(message)

    def _repr_mimebundle_(self, **options: Any) -> Any:
        bundle = super()._repr_mimebundle_(**options)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        text = {
            "text/html": plain.to_html(self._session.quiz),
            "text/plain": plain.to_text(self._session.quiz),
        }
        return (data or {}) | text, metadata


def _groups(letters: str) -> list[str]:
    """Split "B?(AD)C" into "B", "?", "AD", "C"."""
    groups: list[str] = []
    inside: str | None = None
    for letter in "".join(letters.split()):
        if letter == "(" and inside is None:
            inside = ""
        elif letter == ")" and inside is not None:
            groups.append(inside)
            inside = None
        elif inside is not None:
            inside += letter
        else:
            groups.append(letter)
    if inside is not None:
        raise ValueError("a bracket is not closed")
    return groups
