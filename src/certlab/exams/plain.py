"""A quiz as text, for where the widget does not run; and answers given as letters."""

from __future__ import annotations

from html import escape
from string import ascii_uppercase

from certlab.curriculum import Item

from . import rendering
from .banks import Quiz

UNSURE = "?"


def to_html(quiz: Quiz) -> str:
    """Every question with lettered options. A practice quiz folds its explanations below each."""
    parts = [f"<h3>{escape(quiz.title)}</h3>", f"<p>{rendering.inline(how_to_answer(quiz))}</p>"]
    for number, item in enumerate(quiz.items, start=1):
        options = "".join(f"<li>{rendering.inline(option.text)}</li>" for option in item.options)
        parts += [
            f"<h4>{escape(_heading(quiz, number, item))}</h4>",
            rendering.block(item.stem) + _choose(item),
            f'<ol type="A">{options}</ol>',
        ]
        if quiz.kind == "practice":
            notes = "".join(
                f"<li>{'✓' if option.correct else '✗'} {rendering.inline(option.note)}</li>"
                for option in item.options
            )
            parts.append(f'<details><summary>Answer</summary><ol type="A">{notes}</ol></details>')
    return "\n".join(parts)


def to_text(quiz: Quiz) -> str:
    """The same without markup, and without the explanations."""
    lines = [quiz.title, how_to_answer(quiz)]
    for number, item in enumerate(quiz.items, start=1):
        lines += ["", _heading(quiz, number, item), item.stem.strip()]
        if item.choose > 1:
            lines.append(f"Choose {item.choose}.")
        lines += [
            f"   {letter}  {option.text.strip()}"
            for letter, option in zip(ascii_uppercase, item.options, strict=False)
        ]
    return "\n".join(lines)


def how_to_answer(quiz: Quiz) -> str:
    """A sentence for a reader who sees the questions but no widget."""
    if quiz.kind == "practice":
        return "Decide before you unfold an answer."
    return (
        "Write down one letter for each question, `?` where you are not sure, and give them all to "
        f'`answer_all("…")`: {len(quiz.items)} letters; spaces do not count.'
    )


def read_letters(item: Item, text: str) -> list[int]:
    """Positions of the options that letters name; `?` names none. Raises ValueError."""
    text = text.strip().upper()
    if text == UNSURE:
        return []
    letters = ascii_uppercase[: len(item.options)]
    places = [letters.find(letter) for letter in text if letter not in " ,"]
    if len(places) != item.choose or len(set(places)) != len(places) or -1 in places:
        wanted = "one letter" if item.choose == 1 else f"{item.choose} letters"
        raise ValueError(f"give {wanted} of A to {letters[-1]}, or {UNSURE} if you are not sure")
    return places


def _heading(quiz: Quiz, number: int, item: Item) -> str:
    return " · ".join(filter(None, (f"Question {number}", quiz.domain_title(item))))


def _choose(item: Item) -> str:
    return f"<p>Choose {item.choose}.</p>" if item.choose > 1 else ""
