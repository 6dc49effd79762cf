"""Which modules code imports: what a warm worker imports once."""

from __future__ import annotations

import ast
import sys
import sysconfig
from importlib.machinery import PathFinder

from nbformat import NotebookNode


def modules_in(source: str) -> set[str]:
    """Full names of the modules that Python code imports; none where it is no plain Python."""
    if "import" not in source:
        return set()
    try:
        tree = ast.parse(source)
    except SyntaxError:  # a cell with magics
        return set()
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
    return names


def installed_modules(notebook: NotebookNode) -> set[str]:
    """Full names of the installed modules that a notebook's cells import.

    A module of the notebook's own folder may change from one run to the next: it is left out.
    """
    names: set[str] = set()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            names |= modules_in(cell.source)
    return {name for name in names if _is_installed(name)}


def _is_installed(name: str) -> bool:
    top = name.partition(".")[0]
    if top in sys.stdlib_module_names:
        return True
    places = [sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
    return PathFinder.find_spec(top, places) is not None
