"""What a notebook needs on Colab beyond what Colab has."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable
from importlib.resources import files

BADGE = "https://colab.research.google.com/assets/colab-badge.svg"

# Distributions whose import name is not their own name.
_IMPORT_NAMES = {
    "scikit-learn": "sklearn",
    "pillow": "PIL",
    "ipython": "IPython",
    "pyyaml": "yaml",
    "markdown-it-py": "markdown_it",
}


def address(repository: str, branch: str, path: str) -> str:
    """Where Colab opens the notebook at `path` of a GitHub repository."""
    return f"https://colab.research.google.com/github/{repository}/blob/{branch}/{path}"


def available_imports() -> set[str]:
    """Names that a notebook can import on Colab without installing anything."""
    names = set(sys.stdlib_module_names)
    text = files("certlab.build").joinpath("colab-constraints.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            names.add(_import_name(line))
    return names


def imported_names(sources: Iterable[str]) -> set[str]:
    """Top-level names that the cells import; cells with IPython magics are skipped."""
    names: set[str] = set()
    for source in sources:
        if "import" not in source:
            continue
        try:
            tree = ast.parse(source)
        except SyntaxError:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                names.update(alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.partition(".")[0])
    return names


def missing_packages(
    sources: Iterable[str], packages: Iterable[str], repository: str | None
) -> dict[str, str]:
    """Map each import that Colab lacks to the arguments with which pip installs it.

    `packages` are requirements from the module's header. An import without one is installed by
    its own name; `certlab` itself comes from the course's repository, never from a package index,
    where somebody else might own the name. It comes without its dependencies, because its tool
    needs newer Jupyter packages than Colab's own kernel runs on; a lesson's `packages` name what
    it needs of them.
    """
    required = {_import_name(package): package for package in packages}
    missing = {}
    for name in sorted(imported_names(sources) - available_imports()):
        if name != "certlab":
            missing[name] = f'"{required.pop(name, name)}"'
        elif repository is not None:
            missing[name] = f'--no-deps "certlab @ git+https://github.com/{repository}"'
    if "certlab" in missing:
        extra = required.keys() - available_imports()
        missing |= {name: f'"{required[name]}"' for name in sorted(extra)}
    return missing


def install_source(missing: dict[str, str]) -> str:
    """Code of the first cell: on Colab it installs only what is missing, elsewhere nothing."""
    lines = [f"        {name!r}: {package!r}," for name, package in missing.items()]
    return "\n".join(
        [
            "# On Colab this installs what Colab lacks; anywhere else it does nothing.",
            "import sys",
            "",
            'if "google.colab" in sys.modules:',
            "    import importlib.util",
            "",
            "    needed = {",
            *lines,
            "    }",
            "    find = importlib.util.find_spec",
            "    absent = [package for name, package in needed.items() if find(name) is None]",
            "    for package in absent:",
            "        %pip install --quiet {package}",
        ]
    )


def _import_name(package: str) -> str:
    distribution = re.split(r"[\s\[<>=!~;@]", package, maxsplit=1)[0].lower()
    return _IMPORT_NAMES.get(distribution, distribution.replace("-", "_"))
