"""What the project's own files promise each other."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import nbformat
import pytest
import yaml

from certlab.build import colab
from certlab.curriculum import Course


@pytest.fixture(scope="module")
def project(root: Path) -> dict:
    return tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]


def test_every_direct_dependency_has_a_lower_bound(root: Path, project: dict) -> None:
    groups = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["dependency-groups"]
    extras = project["optional-dependencies"].values()
    requirements = [*project["dependencies"], *groups["dev"]]
    requirements += [requirement for extra in extras for requirement in extra]
    assert [text for text in requirements if ">=" not in text] == []


def test_the_extras_that_the_design_names(project: dict) -> None:
    assert {"grading", "postgres", "dask", "site", "torch"} <= project[
        "optional-dependencies"
    ].keys()


def test_conda_installs_this_project_and_a_python_it_runs_on(root: Path, project: dict) -> None:
    environment = yaml.safe_load((root / "environment.yml").read_text("utf-8"))
    python, _, pip = environment["dependencies"]
    assert pip == {"pip": ["-e .[grading]"]}
    version = tuple(map(int, python.removeprefix("python=").split(".")))
    assert project["requires-python"] == ">=3.11,<3.14"
    assert (3, 11) <= version < (3, 14)


def test_lower_bounds_admit_what_colab_runs(project: dict) -> None:
    """A learner on Colab must not be asked to upgrade what the course teaches."""
    text = Path(colab.__file__).with_name("colab-constraints.txt").read_text("utf-8")
    installed = dict(line.split("==") for line in text.splitlines() if line[:1] not in ("", "#"))
    taught = {"numpy", "scipy", "pandas", "pyarrow", "matplotlib", "scikit-learn", "tensorflow"}
    for requirement in project["dependencies"]:
        name, _, bound = requirement.partition(">=")
        if name in taught:
            assert numbers(installed[name]) >= numbers(bound), requirement


def numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", version)))


def test_the_readme_says_when_colab_last_passed(root: Path) -> None:
    record = (root / "tests" / "colab" / "last-passed.txt").read_text("utf-8")
    readme = " ".join((root / "README.md").read_text("utf-8").split())
    assert f"**{record.split(':')[0]}**" in readme


def test_the_readmes_links_lead_somewhere(root: Path) -> None:
    for name in ("README.md", "CONTRIBUTING.md"):
        text = (root / name).read_text("utf-8")
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", text):
            assert (root / target).exists(), (name, target)


def test_the_readme_maps_every_module(root: Path, course: Course) -> None:
    text = (root / "README.md").read_text("utf-8")
    for module in course.modules:
        assert f"notebooks/{module.name}.ipynb" in text, module.name


@pytest.mark.slow
def test_papermill_draws_another_variant(root: Path, course: Course, tmp_path: Path) -> None:
    """The notebooks are papermill's: another seed, other data, and every check still holds."""
    import papermill

    name = course.modules[0].name
    shown = []
    for seed in (1, 2):
        target = tmp_path / f"{seed}.ipynb"
        papermill.execute_notebook(
            str(root / f"solutions/{name}.ipynb"), str(target), {"seed": seed}, progress_bar=False
        )
        notebook = nbformat.read(target, as_version=4)
        outputs = [cell.get("outputs") for cell in notebook.cells]
        assert sum("this check passes" in str(output) for output in outputs) >= 4
        shown.append(
            [
                output[0].data["text/plain"]
                for cell, output in zip(notebook.cells, outputs, strict=True)
                if "probe" in cell.metadata.get("certlab", {})
            ]
        )
    assert all(one != other for one, other in zip(*shown, strict=True))
