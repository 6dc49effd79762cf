"""Runs the course's notebooks under Colab's versions and compares with the stored outputs.

    python -m tests.colab.run --all [--record]     every module
    python -m tests.colab.run --changed            modules changed in the last hours' commits
    python -m tests.colab.run MODULE ...           these

Solutions are compared with the outputs stored in the repository. Lessons store none, so they run
first in the course's own environment and then, with those outputs, under Colab's. Exercises run
up to their first question. All of it is nbval's comparison, in an environment made from
src/certlab/build/colab-constraints.txt.
"""

from __future__ import annotations

import argparse
import datetime
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat

from certlab.build import colab, comparable_display, outputs
from certlab.build.files import canonical
from certlab.build.navigation import notebook_path
from certlab.curriculum import Course, Guide, Module, load_course
from certlab.curriculum.cells import BUILT_KEY
from certlab.storage import write_atomically
from tests.changes import changed_modules

ROOT = Path(__file__).parents[2]
CONSTRAINTS = ROOT / "src" / "certlab" / "build" / "colab-constraints.txt"
KERNEL_CONFIG = ROOT / "src" / "certlab" / "kernel" / "ipython_kernel_config.py"
ENVIRONMENT = ROOT / ".venv-colab"
RECORD = Path(__file__).with_name("last-passed.txt")
UV = ROOT / ".uv" / "bin" / "uv"
PYTHON = "3.13"
WORKERS = 2  # notebooks that run at a time


def main() -> None:
    """Parse the arguments, run, and exit with pytest's status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("modules", nargs="*")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--changed", action="store_true")
    parser.add_argument("--record", action="store_true", help="write the date when all passed")
    arguments = parser.parse_args()
    course = load_course(ROOT)
    modules: list[Guide | Module] = [*course.guides, *course.modules]
    if arguments.changed:
        names = [module.name for module in course.modules]
        changed = changed_modules(names, str(CONSTRAINTS.relative_to(ROOT)))
        # The guides run certlab's own code, which may have changed anywhere.
        changed += [guide.name for guide in course.guides]
        modules = [module for module in modules if module.name in changed]
    elif not arguments.all:
        modules = [module for module in modules if module.name in arguments.modules]
    if not modules:
        print("Colab: no module changed in the last hours' commits; nothing to run")
        return
    print("Colab:", ", ".join(module.name for module in modules), flush=True)
    version = make_environment()
    modules = [module for module in modules if can_run(module)]
    install_packages(modules)
    if any(imports_certlab(course, module) for module in modules):
        install_certlab()
    with tempfile.TemporaryDirectory(prefix="certlab-colab-") as folder:
        status = run(course, modules, Path(folder))
    if status == 0 and arguments.all and arguments.record:
        today = datetime.date.today().isoformat()
        write_atomically(RECORD, f"{today}: {len(modules)} modules, Python {version}\n")
    sys.exit(status)


def make_environment() -> str:
    """Make .venv-colab, unless it is there and as the constraints say; return Python's version."""
    python = ENVIRONMENT / "bin" / "python"
    stamp = ENVIRONMENT / "constraints.txt"
    if not (stamp.is_file() and stamp.read_bytes() == CONSTRAINTS.read_bytes()):
        shutil.rmtree(ENVIRONMENT, ignore_errors=True)
        subprocess.run([UV, "venv", "--quiet", "--python", find_python(), ENVIRONMENT], check=True)
        names = [
            line for line in CONSTRAINTS.read_text("utf-8").splitlines() if line and line[0] != "#"
        ]
        extra = ["nbval", "pytest", "pytest-xdist"]
        install = [UV, "pip", "install", "--quiet", "--compile-bytecode"]
        subprocess.run(
            [*install, "--python", python, *names, *extra],
            check=True,
        )
        # Colab's kernel does not copy descriptors into notebooks either.
        config = ENVIRONMENT / "etc" / "ipython"
        config.mkdir(parents=True)
        shutil.copy(KERNEL_CONFIG, config)
        shutil.copy(CONSTRAINTS, stamp)
    shown = subprocess.run([python, "--version"], check=True, capture_output=True, text=True)
    return shown.stdout.split()[-1]


def imports_certlab(course: Course, module: Guide | Module) -> bool:
    """Whether a lesson uses this course's package: its assessment, quizzes or data."""
    cells = read(course, module, "lesson").cells
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    return "certlab" in colab.imported_names(code)


def install_certlab() -> None:
    """Install this course's package as a lesson's first cell does on Colab: see build/colab.py."""
    command = [UV, "pip", "install", "--quiet", "--python", ENVIRONMENT / "bin" / "python"]
    subprocess.run([*command, "--no-deps", "--reinstall-package", "certlab", ROOT], check=True)


def install_packages(modules: list[Guide | Module]) -> None:
    """Install what the headers name besides Colab's own packages, as a notebook's first cell does.

    Colab's versions stay: a package that does not go with them fails here and not on Colab.
    """
    packages = {package for module in modules for package in packages_of(module)}
    if packages:
        command = [UV, "pip", "install", "--quiet", "--compile-bytecode"]
        command += ["--python", ENVIRONMENT / "bin" / "python", "--constraint", CONSTRAINTS]
        subprocess.run([*command, *sorted(packages)], check=True)


def packages_of(module: Guide | Module) -> list[str]:
    """What the notebooks of a module install on Colab besides Colab's own packages."""
    if isinstance(module, Guide):
        return module.header.packages
    return [*module.header.packages, *module.exercise.header.packages]


def can_run(module: Guide | Module) -> bool:
    """Whether the packages that a module needs are here; PyTorch, which Colab has, is too large."""
    if isinstance(module, Guide) or "torch" not in module.header.packages:
        return True
    print(f"Colab: {module.name} is left out, because it needs PyTorch", flush=True)
    return False


def find_python() -> str:
    """A Python 3.13: on the PATH, from pyenv, or uv's to download; else this one, saying so."""
    for candidate in (os.environ.get("COLAB_PYTHON"), f"python{PYTHON}", *pyenv_pythons()):
        if candidate and works(candidate):
            return candidate
    done = subprocess.run([UV, "python", "install", "--quiet", PYTHON], check=False)
    if done.returncode == 0:
        return PYTHON
    version = ".".join(map(str, sys.version_info[:2]))
    print(f"Colab: no Python {PYTHON} here; its packages run under {version} instead", flush=True)
    return sys.executable


def pyenv_pythons() -> Iterable[str]:
    """Interpreters that pyenv keeps."""
    home = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    return (str(path) for path in sorted(home.glob(f"versions/{PYTHON}.*/bin/python")))


def works(python: str) -> bool:
    """Whether a command is a Python of the wanted version."""
    code = "import sys, venv; print('.'.join(map(str, sys.version_info[:2])))"
    try:
        done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
    except OSError:
        return False
    return done.stdout.strip() == PYTHON


def run(course: Course, modules: list[Guide | Module], folder: Path) -> int:
    """Write the notebooks with the outputs to compare, and run nbval over them."""
    os.environ["CERTLAB_HOME"] = str(folder / "home")  # quizzes begin unanswered
    with comparable_display(), ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(lambda module: write_expected(course, module, folder), modules))
    shutil.copy(ROOT / "conftest.py", folder / "conftest.py")
    display = Path("src") / "certlab" / "kernel" / "comparable_display.py"
    (folder / display).parent.mkdir(parents=True)
    shutil.copy(ROOT / display, folder / display)
    command = [str(ENVIRONMENT / "bin" / "python"), "-m", "pytest", "-q", "-n", str(WORKERS)]
    command += ["--dist", "loadscope", "--nbval", "--nbval-cell-timeout", "120", "."]
    command += ["-W", "ignore::DeprecationWarning"]  # Colab's old jupyter_client raises many
    return subprocess.run(command, cwd=folder, check=False).returncode


def write_expected(course: Course, module: Guide | Module, folder: Path) -> None:
    """Write a module's notebooks with the outputs that they have in the course's environment."""
    print(f"Colab: running the lesson {module.name} here first", flush=True)
    lesson = read(course, module, "lesson")
    write(folder, module, "lesson", outputs.run(lesson, module.name))
    if isinstance(module, Guide):
        return
    start = outputs.run(up_to_the_first_question(course, module), module.name)
    write(folder, module, "exercise", start)
    write(folder, module, "solution", read(course, module, "solution"))


def up_to_the_first_question(course: Course, module: Module) -> nbformat.NotebookNode:
    """The part of an exercise that runs before anything is answered."""
    notebook = read(course, module, "exercise")
    cells = notebook.cells
    first = next(
        number
        for number, cell in enumerate(cells)
        if "question" in cell.metadata.get(BUILT_KEY, {})
    )
    notebook.cells = cells[:first]
    return notebook


def read(course: Course, module: Guide | Module, role: str) -> nbformat.NotebookNode:
    """A built notebook of the course."""
    return nbformat.read(course.root / notebook_path(module.name, role), as_version=4)


def write(folder: Path, module: Guide | Module, role: str, notebook: nbformat.NotebookNode) -> None:
    """Write a notebook where nbval will find it."""
    write_atomically(folder / notebook_path(module.name, role), canonical(notebook))


if __name__ == "__main__":
    main()
