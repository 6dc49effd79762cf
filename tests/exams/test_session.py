"""A sitting: what a front end may do, what it may know, and what is kept."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from certlab.exams import kept
from certlab.exams.banks import Quiz
from certlab.exams.session import MessageError, Session


def do(session: Session, what: str, item: str = "", options: list | None = None) -> dict:
    return session.handle({"do": what, "item": item, "options": options})


def test_an_assessment_explains_nothing_before_it_is_finished(skills: Quiz) -> None:
    session = Session(skills)
    told = json.dumps([session.content(), do(session, "choose", "v-easy", [0])])
    for item in skills.items:
        assert all(option.note not in told for option in item.options)
    assert session.state()["marks"] == {}
    with pytest.raises(MessageError, match="at the end"):
        do(session, "check", "v-easy", [0])


def test_a_finished_assessment_marks_everything_and_is_closed(
    skills: Quiz, monkeypatch: pytest.MonkeyPatch, tiny: Path
) -> None:
    monkeypatch.chdir(tiny)
    session = Session(skills)
    do(session, "choose", "v-easy", [1])
    do(session, "choose", "v-easy", [0])  # a change of mind
    do(session, "choose", "v-hard", [0, 1])
    state = do(session, "finish")
    assert {name: mark["right"] for name, mark in state["marks"].items()} == {
        "v-easy": True,
        "v-hard": False,
        "l-one": False,
    }
    assert state["marks"]["v-hard"]["correct"] == [0, 2]
    assert "2 of 3" not in state["report"]
    assert "1 of 3 right, 1 not answered" in state["report"]
    with pytest.raises(MessageError, match="explained already"):
        do(session, "choose", "l-one", [1])


def test_practice_explains_one_question_at_a_time(practice: Quiz) -> None:
    session = Session(practice)
    state = do(session, "check", "v-hard", [2, 0])
    assert state["marks"].keys() == {"v-hard"}
    assert state["marks"]["v-hard"]["right"]
    assert not state["finished"]
    do(session, "check", "v-easy", [])  # not sure
    state = do(session, "check", "l-one", [1])
    assert state["finished"]
    assert "2 of 3 right." in state["report"]


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (None, "object"),
        ([], "object"),
        ({}, "cannot do None"),
        ({"do": "explode"}, "cannot do"),
        ({"do": "visit", "item": "nothing"}, "no question"),
        ({"do": "visit", "item": ["v-easy"]}, "no question"),
        ({"do": "choose", "item": "v-easy"}, "list of positions"),
        ({"do": "choose", "item": "v-easy", "options": [True]}, "list of positions"),
        ({"do": "choose", "item": "v-easy", "options": ["0"]}, "list of positions"),
        ({"do": "choose", "item": "v-easy", "options": [3]}, "0 to 2"),
        ({"do": "choose", "item": "v-easy", "options": [-1]}, "0 to 2"),
        ({"do": "choose", "item": "v-easy", "options": [0, 1]}, "takes 1"),
        ({"do": "choose", "item": "v-hard", "options": [0, 0]}, "0 to 2"),
        ({"do": "finish"}, "at least one"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    skills: Quiz, home: Path, message: object, said: str
) -> None:
    session = Session(skills)
    with pytest.raises(MessageError, match=said):
        session.handle(message)
    assert session.answers == kept.Answers()
    assert not home.exists()


def test_answers_are_there_the_next_day(skills: Quiz) -> None:
    first = Session(skills)
    do(first, "choose", "v-hard", [2, 0])
    do(first, "choose", "l-one", [])
    do(first, "visit", "v-easy")
    second = Session(skills)
    assert second.answers == first.answers
    assert second.state()["position"] == "v-easy"
    assert second.state()["chosen"] == {"v-hard": [0, 2], "l-one": []}
    do(second, "restart")
    assert Session(skills).answers == kept.Answers()


def test_an_answer_to_a_question_that_changed_is_asked_again(skills: Quiz) -> None:
    do(Session(skills), "choose", "v-easy", [0])
    changed = skills.items[0].model_copy(update={"stem": "What is 1 + 2?"})
    other = Quiz(skills.name, skills.title, skills.kind, (changed, *skills.items[1:]))
    assert Session(other).answers.chosen == {}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"version": 99, "finished": false, "position": "", "items": {}}',
        '{"version": 1, "finished": false, "position": "", "items": []}',
        '{"version": 1, "finished": false, "position": "", "items": {"v-easy": 3}}',
    ],
)
def test_a_broken_file_is_put_aside_and_said(skills: Quiz, text: str) -> None:
    path = kept.path_of(skills)
    path.parent.mkdir(parents=True)
    path.write_text(text, "utf-8")
    session = Session(skills)
    assert "could not be understood" in session.notice
    assert path.with_suffix(".unreadable").read_text("utf-8") == text
    do(session, "choose", "v-easy", [0])
    assert Session(skills).answers.chosen == {"v-easy": (0,)}


def test_positions_out_of_range_in_the_file_are_not_believed(skills: Quiz) -> None:
    do(Session(skills), "choose", "v-easy", [0])
    path = kept.path_of(skills)
    data = json.loads(path.read_text("utf-8"))
    data["items"]["v-easy"]["chosen"] = [7]
    path.write_text(json.dumps(data), "utf-8")
    assert "could not be understood" in Session(skills).notice


def test_a_folder_that_cannot_be_written_is_said_and_the_quiz_goes_on(
    skills: Quiz, home: Path
) -> None:
    home.write_text("a file where the folder should be", "utf-8")
    session = Session(skills)
    state = do(session, "choose", "v-easy", [0])
    assert "not being kept" in state["notice"]
    assert "CERTLAB_HOME" in state["notice"]
    assert state["chosen"] == {"v-easy": [0]}


def test_the_file_names_no_answer_and_only_its_owner_needs_it(skills: Quiz) -> None:
    do(Session(skills), "choose", "v-easy", [0])
    text = kept.path_of(skills).read_text("utf-8")
    assert "correct" not in text
    assert os.listdir(kept.path_of(skills).parent) == ["skills.json"]  # no temporary file stays
