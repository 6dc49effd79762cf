"""`certlab similar`: pairs of submissions to look at."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from .shared import err, fail, find_exercise, located, out

if TYPE_CHECKING:
    from certlab.grading.similarity import Comparison, Pair, Passage, Skipped

_MOST_LINES = 12  # of a passage that are printed; --json has all


def similar(
    submissions: Annotated[
        Path,
        typer.Argument(
            help="Folder or s3:// address with <student>/<exercise>.ipynb.",
            parser=located,
            metavar="SUBMISSIONS",
        ),
    ],
    exercise: Annotated[str, typer.Option(help="A module's name or an exercise's file.")],
    top: Annotated[int, typer.Option(min=1, help="Pairs to show.")] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="Everything as one JSON object.")] = False,
) -> None:
    """List pairs of submissions that share more code than the exercise explains.

    Names, literals and comments do not count; nor does what the exercise hands out, what its
    solution does, or what many students share. What remains are places to look at, not verdicts.
    """
    from certlab.grading.batch import NoSubmissions, find_submissions
    from certlab.grading.similarity import compare, exercise_sources, read_works

    loaded = find_exercise(exercise)
    try:
        works, skipped = read_works(loaded, find_submissions(submissions, loaded.name))
    except NoSubmissions as error:
        fail(str(error))
    found = compare(works, exercise_sources(loaded), top)
    if as_json:
        data = {"exercise": loaded.name, "skipped": [asdict(entry) for entry in skipped]}
        # ASCII only: the students' text must not steer the terminal
        print(json.dumps(data | asdict(found), indent=2))
        return
    _print(loaded.name, found, skipped)


def _print(name: str, found: Comparison, skipped: list[Skipped]) -> None:
    for entry in skipped:
        err.print(f"[yellow]not compared:[/] {_safe(entry.student)}: {_safe(entry.reason)}")
    if not found.pairs:
        out.print(f"{escape(name)}: {found.works} submissions, no pair stands out")
        return
    table = Table(title=f"{escape(name)}: places to look at, not verdicts")
    table.add_column("No.", justify="right")
    table.add_column("Students", overflow="fold")
    table.add_column("Similarity", justify="right")
    table.add_column("Passages", justify="right")
    table.add_column("Where", overflow="fold")
    for number, pair in enumerate(found.pairs, start=1):
        labels = dict.fromkeys(passage.places[0].label for passage in pair.passages)
        students = "  ".join(_safe(student) for student in pair.students)
        similarity = f"{pair.similarity:.0%}"
        where = ", ".join(map(_safe, labels))
        table.add_row(str(number), students, similarity, str(len(pair.passages)), where)
    out.print(table)
    out.print(
        f"{found.works} submissions; {len(found.pairs)} of {found.found} pairs that stand out. "
        f"95 % of all pairs stay below {found.usual:.0%}."
    )
    for number, pair in enumerate(found.pairs, start=1):
        _print_pair(number, pair)


def _print_pair(number: int, pair: Pair) -> None:
    one, other = map(_safe, pair.students)
    out.print(f"\n[bold]{number}. {one} and {other}[/], {pair.similarity:.0%}")
    for passage in pair.passages:
        _print_passage((one, other), passage)


def _print_passage(students: tuple[str, str], passage: Passage) -> None:
    for student, place in zip(students, passage.places, strict=True):
        out.print(f"  {student}: {_safe(place.label)}, lines {place.first} to {place.last}")
        lines = place.text.splitlines()
        for line in lines[:_MOST_LINES]:
            out.print(f"    [dim]│[/] {_safe(line)}", highlight=False)
        if len(lines) > _MOST_LINES:
            out.print(f"    [dim]│ … {len(lines) - _MOST_LINES} more lines[/]")


def _safe(text: str) -> str:
    """Text for a terminal: no markup of rich's, and nothing that a terminal would obey."""
    text = text.expandtabs(4)
    return escape("".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text))
