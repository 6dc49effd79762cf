"""How `certlab lab` starts JupyterLab: on the course, offline, without an instructor's panels."""

from __future__ import annotations

import os
import sys
from importlib.resources import files
from pathlib import Path


def command(root: Path, path: str, *, browser: bool, port: int) -> list[str]:
    """The command that serves the course in `root` and opens `path`."""
    parts = [
        sys.executable,
        "-m",
        "jupyterlab",
        f"--ServerApp.root_dir={root}",
        f"--LabApp.default_url=/lab/tree/{path}",
        f"--ServerApp.port={port}",
    ]
    if not browser:
        parts.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        parts.append("--allow-root")  # containers run as root; Jupyter asks to be told
    return parts


def environment() -> dict[str, str]:
    """The environment for it: labconfig/ beside this file hides nbgrader's panels, asks no news."""
    mine = str(files("certlab.lab"))
    paths = [mine, os.environ.get("JUPYTER_CONFIG_PATH", "")]
    return os.environ | {"JUPYTER_CONFIG_PATH": os.pathsep.join(filter(None, paths))}
