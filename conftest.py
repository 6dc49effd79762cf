"""How nbval runs this course's notebooks; the tests of the package are under tests/."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent
DISPLAY = ROOT / "src" / "certlab" / "kernel" / "comparable_display.py"


def pytest_configure(config: pytest.Config) -> None:
    """Start nbval's kernels with the display under which the outputs were stored."""
    if not config.getoption("nbval", False) and not config.getoption("nbval_lax", False):
        return
    # As certlab.build.comparable_display does; Colab's environment has no certlab to import.
    folder = Path(tempfile.mkdtemp(prefix="certlab-nbval-"))
    profile = folder / "profile_default"
    profile.mkdir()
    shutil.copy(DISPLAY, profile / "ipython_config.py")
    os.environ["IPYTHONDIR"] = str(folder)
    os.environ["CERTLAB_HOME"] = str(folder / "home")  # quizzes begin unanswered
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Fail a notebook's cell that writes to stderr: warnings and log noise included."""
    result = yield
    for output in getattr(item, "test_outputs", None) or ():
        if output.get("name") == "stderr":
            pytest.fail(f"{item.name} wrote to stderr:\n{output['text']}", pytrace=False)
    return result
