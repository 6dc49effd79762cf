"""The command line: what it says when all is well, and what when something is not."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import certlab, edit


def failed(done: subprocess.CompletedProcess[str]) -> str:
    """The message of a command that failed as it should: in words, without a traceback."""
    assert done.returncode == 1, (done.returncode, done.stdout, done.stderr)
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("certlab:") or "\ncertlab:" in done.stderr
    return done.stderr


def test_help_names_every_command(tmp_path: Path) -> None:
    done = certlab("--help", cwd=tmp_path)
    assert done.returncode == 0
    commands = ("lab", "list", "build", "verify", "assign", "grade", "report", "override")
    commands += ("similar", "doctor", "quiz")
    assert all(command in done.stdout for command in commands)


def test_help_imports_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import sys, certlab.cli; "
        "print([name for name in ('numpy', 'pandas', 'nbformat', 'sqlalchemy', 'IPython', "
        "'tensorflow', 'jupytext', 'pydantic') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stdout.strip() == "[]"


def test_list_shows_modules_in_order(tiny: Path) -> None:
    done = certlab("list", cwd=tiny)
    assert done.returncode == 0, done.stderr
    assert done.stdout.index("01-basics/01-one") < done.stdout.index("01-basics/02-two")


def test_list_for_a_certification_shows_what_nobody_serves(tiny: Path) -> None:
    done = certlab("list", "--certification", "demo", cwd=tiny)
    assert done.returncode == 0, done.stderr
    assert "1 of 2 objectives are served" in done.stdout
    assert "1.2  Subtract numbers." in done.stdout
    assert "1.1  Add numbers." not in done.stdout


def test_list_of_the_real_course(root: Path) -> None:
    done = certlab("list", "--certification", "aws-mls", cwd=root)
    assert done.returncode == 0, done.stderr
    assert "retired" in done.stdout
    assert "01-math/04-gradient-descent" in done.stdout
    assert "No module serves these yet" in done.stdout


def test_unknown_certification(tiny: Path) -> None:
    assert "use one of demo" in failed(certlab("list", "--certification", "aws", cwd=tiny))


def test_unknown_module(tiny: Path) -> None:
    message = failed(certlab("verify", "01-basics/01-onne", cwd=tiny))
    assert "did you mean 01-basics/01-one?" in message


def test_outside_a_course(tmp_path: Path) -> None:
    assert "CERTLAB_COURSE" in failed(certlab("list", cwd=tmp_path))


def test_the_course_can_be_named_by_the_environment(tiny: Path, tmp_path: Path) -> None:
    assert certlab("list", cwd=tmp_path, CERTLAB_COURSE=str(tiny)).returncode == 0


def test_an_authors_mistake_is_shown_with_its_mend(tiny: Path) -> None:
    edit(tiny / "curriculum/01-basics/01-one/exercise.py", "seed = 7", "number = 7")
    message = failed(certlab("build", "--check", cwd=tiny))
    assert "exercise.py: cell 2, line 9: no integer parameter `seed`" in message
    assert "mend:" in message


def test_build_and_check(tiny: Path) -> None:
    message = failed(certlab("build", "--check", cwd=tiny))
    assert "run `certlab build`" in message
    assert "notebooks/01-basics/01-one.ipynb: is missing" in message
    assert certlab("build", cwd=tiny).returncode == 0
    done = certlab("build", "--check", cwd=tiny)
    assert done.returncode == 0
    assert "2 modules" in done.stdout


def test_verify_says_sound_or_why_not(tiny: Path) -> None:
    done = certlab("verify", "01-basics/01-one", "--draws", 2, cwd=tiny)
    assert done.returncode == 0, done.stderr
    assert "sound over 2 draws" in done.stdout
    # a question that its blank already answers, and whose answer never changes
    exercise = tiny / "curriculum/01-basics/02-two/exercise.py"
    edit(exercise, "### BEGIN SOLUTION\ntotal = float(x.sum())", "total = 1.0\n### BEGIN SOLUTION")
    done = certlab("verify", "01-basics/02-two", "--draws", 2, cwd=tiny)
    failed(done)
    assert "question 'total': the blank exercise earns points" in done.stdout
    assert "question 'total': the answer is the same on every draw" in done.stdout


def test_verify_names_a_solution_that_does_not_run(tiny: Path) -> None:
    exercise = tiny / "curriculum/01-basics/01-one/exercise.py"
    edit(exercise, "float(x.sum())", "float(nonsense)")
    done = certlab("verify", "01-basics/01-one", "--draws", 1, cwd=tiny)
    failed(done)
    assert "nonsense" in done.stdout


def test_grade_without_submissions(tiny: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    message = failed(certlab("grade", "01-basics/01-one", tmp_path / "empty", cwd=tiny))
    assert "no student's folder" in message
    message = failed(certlab("grade", "01-basics/01-one", tmp_path / "nowhere", cwd=tiny))
    assert "not a folder" in message


def test_assign_with_a_missing_or_wrong_roster(tiny: Path, tmp_path: Path) -> None:
    arguments = ("assign", "01-basics/01-one", "--out", tmp_path / "out", "--roster")
    assert "nowhere.csv" in failed(certlab(*arguments, tmp_path / "nowhere.csv", cwd=tiny))
    (tmp_path / "roster.csv").write_text("name\nx\n", "utf-8")
    assert "no column `student`" in failed(certlab(*arguments, tmp_path / "roster.csv", cwd=tiny))
    assert not (tmp_path / "out").exists()


def test_report_without_a_gradebook(tiny: Path) -> None:
    assert "no such gradebook" in failed(certlab("report", "none.db", "--out", "r", cwd=tiny))


def test_a_full_disk_loses_nothing(tiny_built: Path) -> None:
    """Writing fails half-way: the old notebook is still whole, and the message says why."""
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full on this system")
    notebook = tiny_built / "notebooks/01-basics/01-one.ipynb"
    before = notebook.read_bytes()
    edit(tiny_built / "curriculum/01-basics/01-one/lesson.py", "A lesson.", "Another lesson.")
    code = (
        "import os, sys, errno, certlab.cli\n"
        "from certlab import storage\n"
        "real = os.fdopen\n"
        "def full(*args, **kwargs):\n"
        "    return open('/dev/full', 'w', buffering=1)\n"
        "storage.os.fdopen = full\n"
        "sys.argv = ['certlab', 'build']\n"
        "certlab.cli.main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tiny_built, capture_output=True, text=True, check=False
    )
    assert "No space left" in failed(done)
    assert notebook.read_bytes() == before
    assert sorted(path.name for path in notebook.parent.iterdir()) == [
        "01-one.ipynb",
        "02-two.ipynb",
    ]


def test_doctor_reports_this_machine(tiny: Path) -> None:
    done = certlab("doctor", cwd=tiny)
    assert done.returncode == 0, done.stdout
    assert "2 modules" in done.stdout
    assert "isolation" in done.stdout


def test_the_kernel_is_quiet_about_what_libraries_write_to_descriptors(tmp_path: Path) -> None:
    """Noise on descriptor 2, as TensorFlow's C++ makes, stays out of notebooks; warnings do not."""
    import nbformat
    from nbclient import NotebookClient

    source = (
        "import os, warnings\nos.write(2, b'C++ noise\\n')\nwarnings.warn('mine')\nprint('text')\n"
        "!echo from a command"
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    NotebookClient(notebook, kernel_name="python3").execute()
    text = json.dumps(notebook.cells[0].outputs)
    assert "noise" not in text
    for expected in ("UserWarning: mine", "text", "from a command"):
        assert expected in text


def test_quiz_asks_in_the_terminal_and_keeps_the_answers(tiny: Path) -> None:
    def ask(*options: str, typed: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "certlab.cli", "quiz", *options, "--plain"],
            cwd=tiny,
            input=typed,
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | {"CERTLAB_HOME": str(tiny / "home")},
        )

    done = ask("01-one", typed="q\n")
    assert done.returncode == 0, done.stderr
    assert "What is 1 + 1?" in done.stdout
    done = ask("01-one", typed="A\nA\nA\n")
    assert "right." in done.stdout
    done = ask("01-one", typed="")
    assert "What is 1 + 1?" not in done.stdout  # all answered
    assert "What is 1 + 1?" in ask("01-one", "--restart", typed="q\n").stdout
    message = failed(ask("01-onne", typed=""))
    assert "did you mean 01-basics/01-one?" in message


def test_quiz_says_when_its_port_is_taken(tiny: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = certlab(
            "quiz", "01-one", "--no-browser", "--port", port, cwd=tiny, CERTLAB_HOME=str(tiny)
        )
    assert f"port {port} cannot be used" in failed(done)
