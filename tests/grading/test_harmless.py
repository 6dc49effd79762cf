"""Text that terminals, files and databases take as text."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from certlab.grading.harmless import harmless
from certlab.grading.results import QuestionResult, SubmissionResult


def test_keeps_what_is_harmless() -> None:
    text = "größer als 0,\n\tλ → ∞ 🙂"
    assert harmless(text) == text


def test_writes_the_rest_as_escapes() -> None:
    assert harmless("\x1b[31m\x9b\x00\ud800\u202e") == "\\x1b[31m\\x9b\\x00\\ud800\\u202e"


@given(st.text(st.characters()))  # halves of surrogate pairs included
def test_any_text_can_be_encoded_afterwards(text: str) -> None:
    assert harmless(harmless(text)) == harmless(text)
    harmless(text).encode("utf-8")


def test_results_hold_nothing_else() -> None:
    question = QuestionResult(0.0, 1.0, "error", "\x1b[2J")
    row = SubmissionResult("a\udcff", "e", "graded", {"q": question}, reasons=("\0",))
    json.dumps(row.as_json(), ensure_ascii=False).encode("utf-8")
    assert (row.student, row.reasons, question.message) == ("a\\udcff", ("\\x00",), "\\x1b[2J")
