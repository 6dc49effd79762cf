"""The student's own notebook with a feedback cell after each question.

Nothing in it is live: the student's outputs and metadata are gone, HTML in the student's text is
shown as text, and the machine's messages stand in fenced blocks, which no renderer interprets.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping

import nbformat
from nbformat import NotebookNode

from certlab.build.files import canonical

from ..marks import Mark, QuestionMark
from .csv_text import number
from .words import meaning, next_step

_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_NOTHING = "\N{ZERO WIDTH SPACE}"
# Character references spell what the other two look for; no formula has one.
_REFERENCE = re.compile(r"&(?=#|[A-Za-z][A-Za-z0-9]*;)")
# `javascript` as an address's scheme; browsers pass over white space in it.
_SCRIPT = re.compile(r"(s\s*)(c\s*r\s*i\s*p\s*t[\s\\]*:)", re.IGNORECASE)
_IMAGES = ("image/png", "image/jpeg", "image/gif")
_SIGNS = {
    "correct": "✓",
    "wrong": "✗",
    "error": "!",
    "timeout": "…",
    "blank": "–",
    "missing": "?",
}
_WIDTH = 88


def feedback_notebook(
    mark: Mark,
    notebook: NotebookNode,
    positions: Mapping[int, str],
    titles: Mapping[str, str] | None = None,
) -> str:
    """The text of the feedback notebook; `positions` says which cell answers which question.

    Questions that no cell answers get their feedback at the end.
    """
    last = {question: position for position, question in positions.items()}
    entries = {entry.question: entry for entry in mark.questions}
    cells = [_markdown(_overview(mark))]
    said = set()
    for position, cell in enumerate(notebook.cells):
        cells.append(_harmless(cell))
        question = positions.get(position)
        if question in entries and last[question] == position:
            cells.append(_markdown(_feedback(entries[question], (titles or {}).get(question, ""))))
            said.add(question)
    for question, entry in entries.items():
        if question not in said:
            cells.append(_markdown(_feedback(entry, (titles or {}).get(question, ""))))
    for number_, cell in enumerate(cells):
        cell["id"] = f"cell-{number_}"
    result = nbformat.v4.new_notebook(
        cells=cells,
        metadata={
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
    )
    nbformat.validate(result)
    return canonical(result)


def _harmless(cell: NotebookNode) -> NotebookNode:
    """The cell's source in a cell of ours: no outputs, no metadata, no live HTML."""
    if cell.cell_type == "code":
        return nbformat.v4.new_code_cell(cell.source)
    if cell.cell_type != "markdown":  # raw cells pass HTML through when they are converted
        return _markdown(_fenced(cell.source))
    made = _markdown(_inert(cell.source))
    attachments = _images(cell.get("attachments"))
    if attachments:
        made["attachments"] = attachments
    return made


def _inert(source: str) -> str:
    """A student's Markdown, with HTML as text and links that can only lead somewhere.

    Jupyter cleans what it shows; what converts notebooks for other places does not.
    """
    source = _TAG.sub("&lt;", _REFERENCE.sub(f"&{_NOTHING}", source))
    return _SCRIPT.sub(rf"\1{_NOTHING}\2", source)


def _images(attachments: object) -> dict[str, dict[str, str]]:
    """Pictures that the student pasted in; nothing that a browser could run."""
    if not isinstance(attachments, dict):
        return {}
    kept = {}
    for name, bundle in attachments.items():
        if isinstance(bundle, dict):
            pictures = {
                kind: data
                for kind, data in bundle.items()
                if kind in _IMAGES and isinstance(data, str)
            }
            if pictures:
                kept[str(name)] = pictures
    return kept


def _overview(mark: Mark) -> str:
    grade = f"{number(mark.final)} of {number(mark.max)} points" if mark.settled else "no mark yet"
    lines = [f"# Feedback: {grade}"]
    if mark.reasons:
        lines.append("Your instructor will look at this submission:")
        lines.append(_fenced("\n".join(mark.reasons)))
    for entry in mark.adjustments:
        points = f" ({entry.points:+g} points)" if entry.points else ""
        lines.append(f"**{entry.kind.capitalize()}**{points}:\n\n{_fenced(entry.reason)}")
    lines.append("Feedback stands below the cell of each question.")
    return "\n\n".join(lines)


def _feedback(entry: QuestionMark, title: str) -> str:
    name = f"{title} (`{entry.question}`)" if title else f"`{entry.question}`"
    points = f"{number(entry.points)} of {number(entry.max)} points"
    parts = [f"---\n#### {_SIGNS[entry.status]} Feedback on {name}: {points}", meaning(entry)]
    if entry.message and entry.status != "blank":
        parts.append(_fenced(entry.message))
    if entry.override is not None:
        parts.append(
            f"**Decided by your instructor**, instead of {number(entry.machine)} points:\n\n"
            + _fenced(entry.override.why)
        )
    elif next_step(entry):
        parts.append(f"*{next_step(entry)}*")
    return "\n\n".join([*parts, "---"])


def _fenced(text: str) -> str:
    """Text in a fence longer than any run of tildes in it."""
    lines = [
        part
        for line in text.splitlines()
        for part in textwrap.wrap(line, _WIDTH, drop_whitespace=False) or [""]
    ]
    longest = max((len(run) for run in re.findall(r"~+", text)), default=0)
    fence = "~" * max(3, longest + 1)
    return "\n".join([f"{fence}text", *lines, fence])


def _markdown(source: str) -> NotebookNode:
    return nbformat.v4.new_markdown_cell(source)
