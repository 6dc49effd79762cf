"""A quiz as plain Markdown that folds its answers away without any package."""

from __future__ import annotations

from string import ascii_uppercase

from certlab.curriculum import QuizItem

INTRODUCTION = (
    "## Check your knowledge\n\n"
    "Decide before you unfold an answer. The notes say why each option is right or wrong."
)


def item_markdown(number: int, item: QuizItem) -> str:
    """One question: the options first, then the folded answer with every option's note.

    The blank lines around the HTML tags make JupyterLab, Colab and GitHub read what is inside as
    Markdown.
    """
    stem = item.stem.strip()
    if item.choose > 1 and "TWO" not in stem and "THREE" not in stem:
        stem += f" (Choose {item.choose}.)"
    lettered = list(zip(ascii_uppercase, item.options, strict=False))
    options = [f"- **{letter}.** {option.text.strip()}" for letter, option in lettered]
    right = " and ".join(f"**{letter}**" for letter, option in lettered if option.correct)
    notes = [
        f"- **{letter}** {'✓' if option.correct else '✗'} {option.note.strip()}"
        for letter, option in lettered
    ]
    return "\n".join(
        [
            f"**Question {number}.** {stem}",
            "",
            *options,
            "",
            "<details><summary>Answer</summary>",
            "",
            f"Right: {right}",
            "",
            *notes,
            "",
            "</details>",
        ]
    )
