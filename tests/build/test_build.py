"""From text to notebooks: deterministic, compared without running, run only when changed."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest

from certlab.build import ExecutionFailed, build, check, outputs
from certlab.curriculum import Course, load_course, read_exercise
from tests.conftest import edit

EXERCISE = Path("curriculum/01-basics/01-one/exercise.py")


def notebooks(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text("utf-8")
        for tree in ("notebooks", "exercises", "solutions")
        for path in sorted((folder / tree).rglob("*.ipynb"))
    }


def read(folder: Path, tree: str, name: str = "01-basics/01-one") -> nbformat.NotebookNode:
    return nbformat.read(folder / tree / f"{name}.ipynb", as_version=4)


def test_the_real_notebooks_follow_from_their_source(course: Course) -> None:
    assert [f"{found.path} {found.reason}" for found in check(course)] == []


def test_the_real_notebooks_are_valid(root: Path) -> None:
    for path in notebooks(root):
        notebook = nbformat.read(root / path, as_version=4)
        nbformat.validate(notebook)
        ids = [cell.id for cell in notebook.cells]
        assert len(set(ids)) == len(ids), path


def test_built_files_are_in_sync_and_building_again_changes_nothing(tiny_built: Path) -> None:
    course = load_course(tiny_built)
    before = notebooks(tiny_built)
    assert len(before) == 6
    assert check(course) == []
    assert build(course) == []
    assert notebooks(tiny_built) == before


def test_building_from_nothing_gives_the_same_bytes(tiny_built: Path) -> None:
    before = notebooks(tiny_built)
    for path in before:
        (tiny_built / path).unlink()
    build(load_course(tiny_built))
    assert notebooks(tiny_built) == before


def test_lessons_and_exercises_carry_no_outputs(tiny_built: Path) -> None:
    for tree in ("notebooks", "exercises"):
        for cell in read(tiny_built, tree).cells:
            assert not cell.get("outputs")


def test_exercise_holds_neither_solution_nor_probes(tiny_built: Path) -> None:
    text = json.dumps(read(tiny_built, "exercises"), ensure_ascii=False)
    assert "2 * values" not in text
    assert "x.sum()" not in text
    assert "probe" not in text
    assert "not answered yet: Question 1 · twice" in text
    assert text.count("raise NotImplementedError") == 2


def test_solution_stores_text_outputs_and_drops_images(tiny: Path) -> None:
    edit(
        tiny / EXERCISE,
        "total = float(x.sum())",
        "import matplotlib.pyplot as plt\n\nplt.plot([1, 2])\nplt.show()\ntotal = float(x.sum())",
    )
    build(load_course(tiny))
    outputs_of = {
        cell.id: cell.outputs for cell in read(tiny, "solutions").cells if cell.cell_type == "code"
    }
    assert outputs_of["check-twice"][0].text == "✓ twice: this check passes\n"
    shown = outputs_of["question-total"][0]
    assert list(shown.data) == ["text/plain"]
    assert shown.data["text/plain"].startswith("<Figure size")
    number = outputs_of["probe-total"][0].data["text/plain"]
    assert len(number.strip("-").replace(".", "")) <= 7  # six significant digits


def test_only_what_changed_runs(tiny_built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []
    real = outputs.run
    monkeypatch.setattr(outputs, "run", lambda nb, name: ran.append(name) or real(nb, name))
    edit(tiny_built / EXERCISE, "Set `total` to", "Set the name `total` to")  # text only
    changed = build(load_course(tiny_built))
    assert len(changed) == 2
    assert ran == []
    edit(tiny_built / EXERCISE, "float(x.sum())", "float(sum(x))")
    differences = check(load_course(tiny_built))
    assert [str(found.path) for found in differences] == ["solutions/01-basics/01-one.ipynb"]
    assert "older code" in differences[0].reason
    assert len(build(load_course(tiny_built))) == 1
    assert ran == ["solutions/01-basics/01-one.ipynb"]


def test_check_finds_edited_missing_and_stale_files(tiny_built: Path) -> None:
    lesson = tiny_built / "notebooks/01-basics/01-one.ipynb"
    edit(lesson, "A lesson.", "My lesson.")
    (tiny_built / "exercises/01-basics/02-two.ipynb").unlink()
    stale = tiny_built / "solutions/01-basics/09-nine.ipynb"
    stale.write_bytes((tiny_built / "solutions/01-basics/01-one.ipynb").read_bytes())
    mine = tiny_built / "notebooks/my-notes.ipynb"
    nbformat.write(nbformat.v4.new_notebook(), mine)
    found = {str(difference.path): difference.reason for difference in check_course(tiny_built)}
    assert found.keys() == {
        "notebooks/01-basics/01-one.ipynb",
        "exercises/01-basics/02-two.ipynb",
        "solutions/01-basics/09-nine.ipynb",
    }
    assert "differs from 01-basics/01-one/lesson.py" in found["notebooks/01-basics/01-one.ipynb"]
    build(load_course(tiny_built))
    assert check_course(tiny_built) == []
    assert not stale.exists()
    assert mine.exists()  # a learner's own notebook is nobody's to remove


def check_course(folder: Path) -> list:
    return check(load_course(folder))


def test_a_solution_that_does_not_run_is_named(tiny: Path) -> None:
    edit(tiny / EXERCISE, "float(x.sum())", "float(nonsense)")
    with pytest.raises(ExecutionFailed, match=r"solutions/01-basics/01-one.*") as caught:
        build(load_course(tiny))
    assert "nonsense" in str(caught.value)


def test_a_damaged_notebook_is_found_and_rebuilt(tiny_built: Path) -> None:
    (tiny_built / "solutions/01-basics/01-one.ipynb").write_text("{", "utf-8")
    assert "readable" in check_course(tiny_built)[0].reason
    build(load_course(tiny_built))
    assert check_course(tiny_built) == []


def test_navigation_leads_to_files_that_exist(tiny_built: Path) -> None:
    for path in notebooks(tiny_built):
        text = read(tiny_built, *split(path)).cells[0].source
        targets = [part.split(")")[0] for part in text.split("](")[1:]]
        assert len(targets) == 3  # a neighbour and the two other notebooks of the module
        for target in targets:
            assert ((tiny_built / path).parent / target).resolve().is_file(), (path, target)


def split(path: str) -> tuple[str, str]:
    tree, _, name = path.removesuffix(".ipynb").partition("/")
    return tree, name


def test_no_badge_while_the_repository_is_unset(tiny_built: Path) -> None:
    assert not any("colab" in text.lower() for text in notebooks(tiny_built).values())


def test_badge_leads_to_the_notebook_when_the_repository_is_set(tiny: Path) -> None:
    edit(tiny / "curriculum/course.yml", "repository: null", "repository: someone/course")
    build(load_course(tiny))
    for path, text in notebooks(tiny).items():
        address = f"https://colab.research.google.com/github/someone/course/blob/main/{path}"
        assert text.count(address) == 2  # at the top and at the bottom


def test_install_cell_only_where_colab_lacks_a_package(tiny: Path) -> None:
    edit(
        tiny / "curriculum/01-basics/01-one/lesson.py",
        "minutes: 5",
        "minutes: 5\n# packages: [sixpack>=1]",
    )
    edit(
        tiny / "curriculum/01-basics/01-one/lesson.py",
        "import numpy as np",
        "import numpy as np\nimport sixpack",
    )
    build(load_course(tiny))
    cell = read(tiny, "notebooks").cells[1]
    assert cell.metadata.certlab.generated == "install"
    assert "'sixpack': '\"sixpack>=1\"'" in cell.source
    for name in ("numpy", "sixpack"):
        assert (name in cell.source) == (name == "sixpack")
    others = [read(tiny, "exercises"), read(tiny, "notebooks", "01-basics/02-two")]
    assert not any("google.colab" in json.dumps(notebook) for notebook in others)


def test_install_cell_does_nothing_elsewhere_and_installs_on_colab(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import sys
    import types

    from IPython.core.inputtransformer2 import TransformerManager

    from certlab.build import colab

    source = colab.install_source({"numpy": '"numpy"', "sixpack": '"sixpack>=1"'})
    asked: list[str] = []

    class Shell:
        def run_line_magic(self, name: str, line: str) -> None:
            asked.append(f"{name} {line}")

    code = TransformerManager().transform_cell(source)
    namespace = {"get_ipython": Shell, "package": "sixpack>=1"}
    exec(code, namespace)
    assert asked == []
    monkeypatch.setitem(sys.modules, "google.colab", types.ModuleType("google.colab"))
    exec(code, namespace)
    assert asked == ["pip install --quiet {package}"]


def test_colab_gets_certlab_from_the_repository_and_only_from_there() -> None:
    from certlab.build import colab

    source = ["from certlab.exams import quiz"]
    assert colab.missing_packages(source, ["sixpack>=1"], None) == {}
    assert colab.missing_packages(source, ["sixpack>=1", "numpy>=2"], "some/one") == {
        "certlab": '--no-deps "certlab @ git+https://github.com/some/one"',
        "sixpack": '"sixpack>=1"',
    }


def test_quiz_is_folded_markdown_with_every_note(tiny_built: Path) -> None:
    cells = {cell.id: cell.source for cell in read(tiny_built, "notebooks").cells}
    text = cells["quiz-first"]
    before, _, after = text.partition("<details>")
    assert "What is 1 + 1?" in before
    assert "- **A.** 2" in before
    assert "One too many" not in before
    for part in ("Right: **A**", "**A** ✓ It is.", "**B** ✗ One too many.", "</details>"):
        assert part in after
    assert "</summary>\n\n" in after  # without the blank line nothing inside is Markdown


def test_a_solution_notebook_reads_back_as_the_same_exercise(tiny_built: Path) -> None:
    source = read_exercise(tiny_built / EXERCISE, "01-basics/01-one")
    built = read_exercise(tiny_built / "solutions/01-basics/01-one.ipynb")
    assert built.name == source.name
    assert built.parameters == source.parameters
    assert built.questions == source.questions
    assert [cell.role for cell in built.cells] == [cell.role for cell in source.cells]
    assert [cell.rule for cell in built.cells] == [cell.rule for cell in source.cells]


def test_a_guide_builds_one_notebook_and_leads_to_the_first_lesson(tiny: Path) -> None:
    edit(
        tiny / "curriculum/course.yml",
        "parts:\n",
        "parts:\n  - {id: 00-start, title: S, summary: S, holds: guides}\n",
    )
    guide = tiny / "curriculum" / "00-start" / "01-how"
    guide.mkdir(parents=True)
    text = "# ---\n# title: How\n# minutes: 5\n# ---\n\n# %% [markdown]\n# # How\n"
    (guide / "lesson.py").write_text(text, "utf-8")
    build(load_course(tiny))
    assert [path for path in notebooks(tiny) if "00-start" in path] == [
        "notebooks/00-start/01-how.ipynb"
    ]
    navigation = read(tiny, "notebooks", "00-start/01-how").cells[-1].source
    assert navigation == "[One →](../../notebooks/01-basics/01-one.ipynb)"
    first = read(tiny, "notebooks").cells[0].source
    assert first.startswith("[← How](../../notebooks/00-start/01-how.ipynb)")
    assert "How" not in read(tiny, "exercises").cells[0].source
    assert check(load_course(tiny)) == []
