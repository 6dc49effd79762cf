"""The quiz asked and answered in a terminal."""

from __future__ import annotations

from string import ascii_uppercase

from rich.console import Console
from rich.markdown import Markdown
from rich.markup import escape

from certlab.curriculum import Item

from . import reports
from .plain import UNSURE, read_letters
from .scoring import is_right
from .session import Session

STOP = "q"


def ask_all(session: Session, console: Console) -> None:
    """Ask every question that is still open, then print the result.

    Stops at `q` or at the end of the input; what was answered so far is kept.
    """
    quiz = session.quiz
    if session.notice:
        console.print(f"[yellow]{escape(session.notice)}[/]")
    console.print(f"[bold]{escape(quiz.title)}[/]")
    console.print(
        f"Letters answer; {UNSURE} says you are not sure; {STOP} stops and keeps the rest."
    )
    done = session.answers.checked if quiz.kind == "practice" else session.answers.chosen
    if done and not session.answers.finished:
        console.print(f"{len(done)} of {len(quiz.items)} were answered before.")
    for number, item in enumerate(quiz.items, start=1):
        if item.id in done or session.answers.finished:
            continue
        _show(console, number, len(quiz.items), item)
        chosen = _ask(console, item)
        if chosen is None:
            console.print("Stopped; the answers so far are kept.")
            return
        do = "check" if quiz.kind == "practice" else "choose"
        session.handle({"do": do, "item": item.id, "options": chosen})
        if quiz.kind == "practice":
            _explain(console, item, tuple(chosen))
        if session.notice:
            console.print(f"[yellow]{escape(session.notice)}[/]")
    if not session.answers.finished:
        session.handle({"do": "finish"})
    console.print()
    console.print(reports.to_text(session.report()), markup=False, highlight=False)


def _show(console: Console, number: int, total: int, item: Item) -> None:
    console.print(f"\n[bold]Question {number} of {total}[/]")
    console.print(Markdown(item.stem))
    if item.choose > 1:
        console.print(f"Choose {item.choose}.")
    for letter, option in zip(ascii_uppercase, item.options, strict=False):
        console.print(f"  [bold]{letter}[/]  {escape(option.text.strip())}", highlight=False)


def _ask(console: Console, item: Item) -> list[int] | None:
    """The options chosen; None to stop."""
    while True:
        try:
            text = console.input("> ")
        except EOFError:
            return None
        if text.strip().lower() == STOP:
            return None
        try:
            return read_letters(item, text)
        except ValueError as error:
            console.print(escape(f"Please {error}."))


def _explain(console: Console, item: Item, chosen: tuple[int, ...]) -> None:
    console.print("[green]Right.[/]" if is_right(item, chosen) else "[red]Not right.[/]")
    for letter, option in zip(ascii_uppercase, item.options, strict=False):
        mark = "[green]✓[/]" if option.correct else "[red]✗[/]"
        console.print(f"  {mark} [bold]{letter}[/]  {escape(option.note.strip())}", highlight=False)
