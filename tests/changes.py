"""What changed in the last hours' commits: it is tested more thoroughly than the rest."""

from __future__ import annotations

import datetime
import subprocess
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parents[1]
# Between two runs of all tests lie three at most; what failed is mended, so it changes again.
HOURS = 4


def changed_modules(names: Iterable[str], also: str) -> list[str]:
    """Those modules whose files changed since the last commit that is HOURS older than HEAD.

    A change to the file `also`, or history that does not reach back so far, means every module.
    """
    names = list(names)
    head = git("log", "-1", "--format=%cI").strip()
    before = datetime.datetime.fromisoformat(head) - datetime.timedelta(hours=HOURS)
    base = git("rev-list", "-1", f"--before={before.isoformat()}", "HEAD").strip()
    if not base:
        return names
    files = git("diff", "--name-only", base, "HEAD").splitlines()
    if also in files:
        return names
    return [
        name
        for name in names
        if any(f"/{name}/" in file or f"/{name}.ipynb" in file for file in files)
    ]


def git(*arguments: str) -> str:
    """Output of a git command in the repository."""
    return subprocess.run(
        ["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
