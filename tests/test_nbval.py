"""How nbval runs the course's notebooks: the repository's own conftest.py."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

ROOT = Path(__file__).parents[1]
TRANSPORT = """\
import json
from ipykernel.connect import get_connection_info
print(json.loads(get_connection_info())["transport"])"""


def nbval(
    folder: Path, source: str, printed: str, option: str = "--nbval"
) -> subprocess.CompletedProcess[str]:
    """Test a notebook of one cell with nbval under a copy of the course's conftest.py."""
    display = Path("src") / "certlab" / "kernel" / "comparable_display.py"
    (folder / display).parent.mkdir(parents=True)
    for name in (Path("conftest.py"), display):
        shutil.copy(ROOT / name, folder / name)
    output = new_output("stream", name="stdout", text=printed)
    notebook = new_notebook(cells=[new_code_cell(source, execution_count=1, outputs=[output])])
    nbformat.write(notebook, folder / "cell.ipynb")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", option, "."]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no sockets in a folder")
def test_kernels_are_reached_by_no_port(tmp_path: Path) -> None:
    done = nbval(tmp_path, TRANSPORT, "ipc\n")
    assert done.returncode == 0, done.stdout


@pytest.mark.slow
def test_a_warning_fails_a_cell(tmp_path: Path) -> None:
    done = nbval(tmp_path, "import warnings\nwarnings.warn('old')", "", "--nbval-lax")
    assert done.returncode == 1
    assert "wrote to stderr" in done.stdout


@pytest.mark.slow
def test_another_output_fails_a_cell(tmp_path: Path) -> None:
    done = nbval(tmp_path, "print(2)", "1\n")
    assert done.returncode == 1
    assert "1 failed" in done.stdout
