"""What a status means, in words for the student."""

from __future__ import annotations

from ..marks import QuestionMark

_MEANING = {
    "correct": "Right.",
    "wrong": "Your answer runs, but gives something else than it should.",
    "error": "Your answer stops with an error.",
    "timeout": "Your answer did not finish in time.",
    "blank": "Not answered.",
    "missing": "The question's cell is not in your notebook.",
}
_NEXT_STEP = {
    "correct": "",
    "wrong": (
        "Run the check below the question. If it passes, try other data: change the seed at the "
        "top and run everything again."
    ),
    "error": (
        "Restart the kernel, run all cells from the top and read the last line of the error first."
    ),
    "timeout": "Look for a loop that never ends, or for work that is repeated needlessly.",
    "blank": "Write your answer into the question's cell; part of an answer is worth trying.",
    "missing": "Answer in the cell that was handed out; do not delete it or move it elsewhere.",
}


def meaning(entry: QuestionMark) -> str:
    """What the machine saw; says so when only some of the draws were right."""
    if entry.status == "wrong" and 0 < entry.draws_right < entry.draws:
        return (
            f"Your answer is right on {entry.draws_right} of {entry.draws} sets of data, and not "
            "on the others."
        )
    return _MEANING[entry.status]


def next_step(entry: QuestionMark) -> str:
    """What to do about it; nothing when it is right."""
    if entry.status == "wrong" and 0 < entry.draws_right < entry.draws:
        return (
            "Think of special cases: an empty or single value, zeros, ties, other sizes and signs. "
            "Change the seed at the top and run everything again."
        )
    return _NEXT_STEP[entry.status]


def sentence(entry: QuestionMark) -> str:
    """Meaning and message in one line."""
    text = meaning(entry)
    if entry.message and entry.status != "blank":
        text += f" {entry.message[:1].upper()}{entry.message[1:]}"
        text += "" if text.endswith((".", "?", "!", ")")) else "."
    if entry.override is not None:
        text += f" Decided by your instructor: {entry.override.why}"
    return text
