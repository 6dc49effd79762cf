"""What must be true of every attack's row."""

from __future__ import annotations

from certlab.execution import Limits
from certlab.grading.harmless import harmless
from certlab.grading.results import SubmissionResult

from .attack import Attack
from .target import POINTS

LIMITS = Limits(step_seconds=4, total_seconds=15)
SEEDS = (101, 202)


def check(result: SubmissionResult, attack: Attack, hidden: list[str]) -> None:
    """The grade did not rise, the row says what happened, and it ended in time.

    `hidden` is text that no message may hold.
    """
    questions = result.questions

    # The grade did not rise: exactly the honest part is right, at the exercise's own points.
    assert {name for name, question in questions.items() if question.score} == attack.right, result
    assert result.score == sum(POINTS[name] for name in attack.right)
    assert {name: question.max for name, question in questions.items()} == POINTS

    # The row says what happened, in words for a learner and without what they must not know.
    assert result.status == attack.status, result
    assert bool(result.reasons) == (result.status != "graded")
    assert attack.reasons in "; ".join(result.reasons), result.reasons
    for name, (status, message) in attack.questions.items():
        question = questions[name]
        assert question.status == status or (not status and not question.score), question
        assert message in question.message, question
    for text in (*result.reasons, *(question.message for question in questions.values())):
        assert harmless(text) == text
        assert len(text) <= 400
        assert not any(value in text for value in hidden)
        assert "Traceback" not in text
        assert "RT7MARK" not in text
        assert "not the student's fault" not in text

    # It ended in time: a hang costs each question one wait, not the batch.
    assert result.seconds < len(SEEDS) * (len(POINTS) + 1) * LIMITS.total_seconds
