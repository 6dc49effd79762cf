"""The widget without a browser: its messages, its plain form, and answers as letters."""

from __future__ import annotations

from pathlib import Path

import pytest

from certlab.exams import assessment, quiz, rendering
from certlab.exams.banks import Quiz, skill_assessment
from certlab.exams.widget import QuizWidget


def test_a_message_changes_the_state_and_a_wrong_one_only_says_so(skills: Quiz) -> None:
    widget = QuizWidget(skills)
    widget._receive(widget, {"do": "choose", "item": "v-easy", "options": [0]}, [])
    assert widget.state["chosen"] == {"v-easy": [0]}
    widget._receive(widget, {"do": "choose", "item": "v-easy", "options": [9]}, [])
    assert widget.state["chosen"] == {"v-easy": [0]}
    assert "That did not work" in widget.state["notice"]


def test_where_widgets_do_not_run_the_questions_are_text(skills: Quiz, practice: Quiz) -> None:
    data, _ = QuizWidget(skills)._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    assert data["text/html"].count("<h4>Question") == 3
    assert "<math" in data["text/html"]
    assert "<script>" not in data["text/html"]
    assert "Counted." not in data["text/html"]  # nothing is explained
    assert "answer_all" in data["text/html"]
    assert "Which two are even?" in data["text/plain"]
    folded, _ = QuizWidget(practice)._repr_mimebundle_()
    assert folded["text/html"].count("<details>") == 3
    assert "Counted." in folded["text/html"].partition("<details>")[2]


def test_letters_answer_everything(
    skills: Quiz, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tiny)
    widget = QuizWidget(skills)
    report = widget.answer_all("A (CA)\n?")
    assert "2 of 3 right, 1 marked “not sure”." in repr(report)
    assert "2 of 3 right" in report._repr_html_()
    assert widget.state["finished"]
    again = widget.answer_all("b (AB) b")  # a second try replaces the first
    assert "1 of 3 right." in repr(again)


@pytest.mark.parametrize(
    ("letters", "said"),
    [
        ("", "3 questions but 0 answers"),
        ("AAAA", "3 questions but 4 answers"),
        ("A(AC", "not closed"),
        ("AAA", "question 2: 'A': give 2 letters of A to C"),
        ("D(AC)A", "question 1: 'D'"),
    ],
)
def test_letters_that_do_not_fit_are_explained_and_change_nothing(
    skills: Quiz, letters: str, said: str
) -> None:
    widget = QuizWidget(skills)
    widget._receive(widget, {"do": "choose", "item": "v-easy", "options": [1]}, [])
    with pytest.raises(ValueError, match=said.replace("(", r"\(")):
        widget.answer_all(letters)
    assert widget.state["chosen"] == {"v-easy": [1]}


def test_a_modules_quiz_by_name() -> None:
    assert quiz("04-gradient-descent").content["title"] == "Gradient descent"
    with pytest.raises(LookupError, match="did you mean 01-math/04-gradient-descent"):
        quiz("04-gradient-decent")


def test_every_formula_of_the_assessment_is_rendered() -> None:
    widget = assessment()
    shown = str(widget.content)
    assert "$" not in shown
    assert "merror" not in shown
    notes = [option.note for item in skill_assessment().items for option in item.options]
    assert not any("$" in rendering.inline(note) for note in notes)
