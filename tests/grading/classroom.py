"""Results to test with: single ones, a plausible class, and what hostile students hand in."""

from __future__ import annotations

import datetime
import random

from certlab.grading.gradebook import Gradebook
from certlab.grading.marks import Mark, marks
from certlab.grading.results import QuestionResult, SubmissionResult

UNIT = "01-basics/01-one"
HANDED_IN = datetime.datetime(2026, 12, 1, 10, 30, tzinfo=datetime.UTC)

# Names that people cannot have, but folders can.
HOSTILE_NAMES = (
    "<script>document.title='owned'</script>",
    '=HYPERLINK("http://example.org","x")',
    "a\u202egnp.exe",
    "con",
    "Ada",
    "ada",
    '"><img src=x onerror="document.title=\'owned\'">',
)
HOSTILE_MESSAGE = (
    "the cell raised E: </span><script>document.title='owned'</script> [x](javascript:alert(1)) "
    "~~~ ``` <img src=x onerror=\"document.title='owned'\"> $\\href{javascript:alert(1)}{x}$"
)


def result(
    student: str, *scores: float, message: str = "", exercise: str = UNIT, **values: object
) -> SubmissionResult:
    """A submission with questions of 2 points: full ones are correct, others wrong."""
    questions = {
        f"q{number}": QuestionResult(
            score, 2.0, "correct" if score >= 2 else "wrong", "" if score >= 2 else message, 0, 3
        )
        for number, score in enumerate(scores, start=1)
    }
    values = {"status": "graded", "seconds": 1.0, "submitted_at": HANDED_IN} | values
    return SubmissionResult(student, exercise, questions=questions, **values)  # type: ignore[arg-type]


def a_class(size: int = 40, questions: int = 5, seed: int = 1) -> list[SubmissionResult]:
    """Students of different ability; the last question is a coin's toss."""
    rng = random.Random(seed)
    found = []
    for number in range(size):
        ability = rng.gauss(0, 1)
        scores = [
            2.0 * (ability + rng.gauss(0, 0.5) > 0.5 * (hard - questions / 2))
            for hard in range(questions - 1)
        ]
        scores.append(2.0 * (rng.random() < 0.5))
        found.append(result(f"s{number:02}", *scores, message=f"entry {number} is not right"))
    return found


def graded(results: list[SubmissionResult], url: str = "sqlite://", adjust=None) -> list[Mark]:
    """The marks of results that have been through a gradebook."""
    book = Gradebook(url)
    book.record_many(results)
    found = marks(book.rows(), book.overrides(), adjust)
    book.close()
    return found
