"""What browser tests share: Chromium, JupyterLab's buttons, screenshots."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SCREENSHOTS = Path(os.environ.get("CERTLAB_SCREENSHOTS", "test-results"))
TOKEN = "browser-test"
BUSY = 180_000  # milliseconds that a notebook with TensorFlow may take to run here

MARKS = [
    pytest.mark.slow,
    pytest.mark.skipif(
        CHROMIUM is None, reason="no Chromium here; on Debian: apt-get install chromium"
    ),
]


def shoot(page, name: str) -> None:
    """Keep what is on the page now."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")


def open_notebook(page, server: str, path: str) -> None:
    """Open a notebook in JupyterLab and wait for its kernel."""
    page.goto(f"{server}/lab/tree/{path}?token={TOKEN}&reset")
    page.wait_for_selector(".jp-NotebookPanel .jp-Cell")
    # The kernel is ready when it stays idle: it says so for a moment while it is still connecting,
    # and what is run then is lost.
    for _ in range(3):
        page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
        page.wait_for_timeout(1_000)


def run_all(page) -> None:
    """Run every cell of the open notebook and wait for the last."""
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.wait_for_function(
        """() => {
            const prompts = [...document.querySelectorAll(
                '.jp-NotebookPanel .jp-CodeCell .jp-InputPrompt')].map(e => e.textContent);
            const shown = prompts.filter(text => text.trim());  // a folded cell shows none
            return shown.length && shown.every(text => /\\[\\d+\\]/.test(text));
        }""",
        timeout=BUSY,
    )
