"""One Chromium and one JupyterLab for the browser tests of a file."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from .support import ARGUMENTS, CHROMIUM, TOKEN, shoot


@pytest.fixture(scope="module")
def browser() -> Iterator:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser, request: pytest.FixtureRequest) -> Iterator:
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    page.set_default_timeout(60_000)
    yield page
    shoot(page, f"{request.node.name}-end")  # what was there when it ended, or failed
    page.close()


@pytest.fixture(scope="module")
def server(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`certlab lab` on a copy of the course, as a learner starts it; yields its address."""
    folder = tmp_path_factory.mktemp("lab")
    for name in ("curriculum", "certifications", "notebooks", "exercises", "solutions"):
        shutil.copytree(root / name, folder / name)
    shutil.copy(root / "README.md", folder)
    home = tmp_path_factory.mktemp("home")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = (folder / "server.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "certlab.cli", "lab", "--no-browser", "--port", str(port)],
        cwd=folder,
        stdout=log,
        stderr=subprocess.STDOUT,
        env=os.environ
        | {"HOME": str(home), "CERTLAB_HOME": str(home / "certlab"), "JUPYTER_TOKEN": TOKEN},
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until_up(address, process, folder / "server.log")
        yield address
    finally:
        process.terminate()
        process.wait(timeout=30)
        log.close()


def wait_until_up(address: str, process: subprocess.Popen, log: Path) -> None:
    for _ in range(240):
        assert process.poll() is None, log.read_text("utf-8")
        try:
            urllib.request.urlopen(f"{address}/api?token={TOKEN}", timeout=5)
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.25)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text('utf-8')}")
