"""Runs solution notebooks and stores the text outputs that nbval compares."""

from __future__ import annotations

import contextlib
import copy
import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from nbformat import NotebookNode

from certlab.curriculum.cells import BUILT_KEY
from certlab.execution import private_manager

EXECUTED_KEY = "executed"  # fingerprint of the code that produced the stored outputs


class ExecutionFailed(Exception):
    """A solution notebook did not run; says which cell and why."""


@contextlib.contextmanager
def comparable_display() -> Iterator[None]:
    """While active, kernels started from this process show floats with six significant digits."""
    with tempfile.TemporaryDirectory(prefix="certlab-ipython-") as folder:
        profile = Path(folder) / "profile_default"
        profile.mkdir()
        config = files("certlab.kernel").joinpath("comparable_display.py")
        (profile / "ipython_config.py").write_text(config.read_text("utf-8"), "utf-8")
        before = os.environ.get("IPYTHONDIR")
        os.environ["IPYTHONDIR"] = folder
        try:
            yield
        finally:
            if before is None:
                del os.environ["IPYTHONDIR"]
            else:
                os.environ["IPYTHONDIR"] = before


def fingerprint(notebook: NotebookNode) -> str:
    """Hash of everything in a notebook that decides its outputs."""
    code = [
        [cell.source, list(cell.metadata.get("tags", []))]
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]
    return hashlib.sha256(json.dumps(code).encode()).hexdigest()[:16]


def run(notebook: NotebookNode, name: str) -> NotebookNode:
    """Execute a copy of `notebook` and keep only what nbval can compare.

    Raises ExecutionFailed naming the notebook and the cell.
    """
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    executed = copy.deepcopy(notebook)
    with tempfile.TemporaryDirectory(prefix="certlab-") as folder:
        work = Path(folder) / "work"
        work.mkdir()
        manager = private_manager(Path(folder))
        client = NotebookClient(
            executed,
            km=manager,
            timeout=300,
            resources={"metadata": {"path": str(work)}},
        )
        try:
            client.execute()
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            raise ExecutionFailed(f"{name}: {error}") from error
        finally:
            manager.shutdown_kernel(now=True)
    for cell in executed.cells:
        if cell.cell_type == "code":
            cell.outputs = [kept for output in cell.outputs if (kept := _comparable(output))]
            cell.metadata.pop("execution", None)
    executed.metadata = copy.deepcopy(notebook.metadata)  # without what the kernel said of itself
    executed.metadata[BUILT_KEY][EXECUTED_KEY] = fingerprint(notebook)
    return executed


def carry_over(notebook: NotebookNode, previous: NotebookNode) -> NotebookNode | None:
    """`notebook` with the outputs of `previous`, or None when its code has changed since."""
    stored = previous.metadata.get(BUILT_KEY, {}).get(EXECUTED_KEY)
    if stored != fingerprint(notebook):
        return None
    outputs = [cell for cell in previous.cells if cell.cell_type == "code"]
    mine = [cell for cell in notebook.cells if cell.cell_type == "code"]
    if len(outputs) != len(mine):
        return None
    for cell, before in zip(mine, outputs, strict=True):
        cell.outputs = before.outputs
        cell.execution_count = before.execution_count
    notebook.metadata[BUILT_KEY][EXECUTED_KEY] = stored
    return notebook


def _comparable(output: NotebookNode) -> NotebookNode | None:
    """Drop images (nbval does not compare them) and keep their text."""
    if "data" in output:
        for key in list(output.data):
            if key.startswith("image/"):
                del output.data[key]
        output.metadata = NotebookNode()
        if not output.data:
            return None
    return output
