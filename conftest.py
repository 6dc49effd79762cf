"""How nbval runs this course's notebooks; the tests of the package are under tests/."""

from __future__ import annotations

import importlib.metadata
import itertools
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent
_left_out: list[str] = []
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
    if os.name != "nt":  # Windows has no sockets in a folder
        import nbval.kernel

        nbval.kernel.KernelManager = _socket_managers(folder)


def _socket_managers(folder: Path) -> Callable[..., Any]:
    """What makes a kernel manager whose kernel is reached by sockets in `folder`, not by ports.

    A manager picks free ports, and the kernel takes them a second later: by then they may have gone
    to the kernel of a notebook that is tested beside, and this one dies before it replies.
    `certlab.execution.kernel.private_manager` does the same where there is a certlab to import.
    """
    from jupyter_client.manager import KernelManager

    numbers = itertools.count()

    def manager(**options: Any) -> KernelManager:
        path = folder / f"k{next(numbers)}"
        return KernelManager(
            transport="ipc", ip=str(path), connection_file=f"{path}.json", **options
        )

    return manager


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out notebooks that need a package which is not installed, such as PyTorch."""
    if collection_path.suffix != ".ipynb" or not config.getoption(
        "nbval", False
    ) | config.getoption("nbval_lax", False):
        return None
    metadata = json.loads(collection_path.read_text(encoding="utf-8"))["metadata"]
    absent = [name for name in metadata.get("certlab", {}).get("packages", []) if not _found(name)]
    if not absent:
        return None
    _left_out.append(f"{collection_path}: needs {', '.join(absent)}")
    return True


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was left out, and why."""
    for line in _left_out:
        terminalreporter.write_line(f"left out: {line}")


def _found(requirement: str) -> bool:
    """Whether the package that a requirement names is installed."""
    name = re.split(r"[\s\[<>=!~;@]", requirement, maxsplit=1)[0]
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Fail a notebook's cell that writes to stderr: warnings and log noise included."""
    result = yield
    for output in getattr(item, "test_outputs", None) or ():
        if output.get("name") == "stderr":
            pytest.fail(f"{item.name} wrote to stderr:\n{output['text']}", pytrace=False)
    return result
