"""`certlab quiz --plain`: asked and answered in a terminal."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from certlab.exams.banks import Quiz
from certlab.exams.session import Session
from certlab.exams.terminal import ask_all


def ask(quiz: Quiz, typed: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """What is printed when a learner types these lines."""
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    out = io.StringIO()
    ask_all(Session(quiz), Console(file=out, width=100))
    return out.getvalue()


def test_practice_explains_after_each_answer(
    practice: Quiz, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = ask(practice, "B\nca\n?\n", monkeypatch)
    assert shown.count("Not right.") == 2
    assert shown.count("\nRight.") + shown.count("> Right.") == 1
    assert "Joined as text." in shown
    assert shown.rstrip().endswith("1 of 3 right.")


def test_a_mistyped_answer_is_asked_again(practice: Quiz, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = ask(practice, "Z\nA\nAC\nB\n", monkeypatch)
    assert "Please give one letter of A to C" in shown
    assert shown.rstrip().endswith("3 of 3 right.")


@pytest.mark.parametrize("end", ["q\n", ""])
def test_stopping_keeps_the_answers_and_the_rest_is_asked_later(
    practice: Quiz, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    assert "the answers so far are kept" in ask(practice, "A\n" + end, monkeypatch)
    shown = ask(practice, "AC\nB\n", monkeypatch)
    assert "1 of 3 were answered before" in shown
    assert "Question 1 of 3" not in shown
    assert shown.rstrip().endswith("3 of 3 right.")
