"""`certlab quiz`: a module's quiz, or the skill assessment, without a notebook."""

from __future__ import annotations

import sys
import webbrowser
from typing import Annotated

import typer
from rich.markup import escape

from .shared import fail, out


def quiz(
    module: Annotated[
        str, typer.Argument(help="e.g. 04-gradient-descent, or `skills` for the assessment.")
    ],
    plain: Annotated[bool, typer.Option("--plain", help="Ask here, in the terminal.")] = False,
    restart: Annotated[bool, typer.Option("--restart", help="Forget earlier answers.")] = False,
    browser: Annotated[bool, typer.Option(help="Open a browser window.")] = True,
    port: Annotated[int, typer.Option(help="Port of the page; 0 takes a free one.")] = 0,
) -> None:
    """Ask a module's quiz, or assess your skills; the answers are kept for another day."""
    from certlab.exams.banks import SKILLS, module_quiz, skill_assessment
    from certlab.exams.session import Session

    try:
        questions = skill_assessment() if module == SKILLS else module_quiz(module)
    except LookupError as error:
        fail(str(error.args[0]))
    session = Session(questions)
    if restart:
        session.handle({"do": "restart"})
    if plain:
        from certlab.exams.terminal import ask_all

        ask_all(session, out)
        return
    _serve(session, browser, port)


def _serve(session: object, browser: bool, port: int) -> None:
    from certlab.exams.page import QuizServer
    from certlab.exams.session import Session

    assert isinstance(session, Session)
    try:
        server = QuizServer(session, port)
    except (OSError, OverflowError) as error:
        fail(f"port {port} cannot be used: {error}; leave --port out to take a free one")
    with server:
        out.print(f"The quiz is at {escape(server.address)}", highlight=False)
        out.print("Ctrl+C ends it; your answers are kept.")
        sys.stdout.flush()
        if browser:
            webbrowser.open(server.address)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            out.print("Ended.")
