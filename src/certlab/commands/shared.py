"""What commands share. cli.py imports this package, so its helpers are imported when called."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from rich.console import Console

if TYPE_CHECKING:
    from certlab.curriculum import Exercise
    from certlab.grading.gradebook import Gradebook

out = Console(soft_wrap=True)
err = Console(stderr=True, soft_wrap=True)


def fail(message: str) -> NoReturn:
    """Say what is wrong and end with exit status 1."""
    from certlab import cli

    cli._fail(message)


def located(text: str) -> Path:
    """A folder or file on this machine or in a store; for options that take addresses too."""
    from certlab import storage

    try:
        return storage.place(text)
    except storage.StorageError as error:
        fail(str(error))


def find_exercise(name: str) -> Exercise:
    """A module's exercise by name, or any file in the format."""
    from certlab import cli

    return cli._exercise(name)


def course_secret(path: Path | None) -> bytes:
    """The secret in a file, or the course's own."""
    from certlab import cli

    return cli._secret(path)


def open_gradebook(url: str) -> Gradebook:
    """A gradebook that is there already. Raises GradebookError."""
    from certlab.grading.gradebook import Gradebook

    if "://" not in url and not Path(url).is_file():
        fail(f"{url}: no such gradebook; `certlab grade` makes one")
    return Gradebook(url)


def choose(kind: str, wanted: str, known: Iterable[str]) -> str:
    """`wanted`, or the one known name that ends with `/wanted`; fails with the nearest name."""
    names = sorted(set(known))
    if wanted in names:
        return wanted
    ending = [name for name in names if name.endswith(f"/{wanted}")]
    if len(ending) == 1:
        return ending[0]
    close = difflib.get_close_matches(wanted, names, n=1, cutoff=0.5)
    if close:
        hint = f"did you mean {close[0]}?"
    else:
        shown = ", ".join(names[:10]) + (", …" if len(names) > 10 else "")
        hint = f"there are {shown}" if names else "there is none yet"
    fail(f"unknown {kind} {wanted}; {hint}")
