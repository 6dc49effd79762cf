"""The warm engine gives on any notebook what papermill's own engine gives.

    CERTLAB_ENGINE=nbclient pytest tests/execution/test_engine_parity.py

compares another engine, by its name; `nbclient` is papermill's own again, which shows that the
comparison is steady.
"""

from __future__ import annotations

import functools
import json
import logging
import os
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import entrypoints
import nbformat
import papermill
import pytest
from jupyter_client.kernelspec import NoSuchKernel
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from papermill.engines import NBClientEngine, papermill_engines
from papermill.exceptions import PapermillExecutionError

from certlab.execution.warm import why_not

from .parity import Outcome, corpus, difference, load, outcome, outside_pytest

ENGINE = os.environ.get("CERTLAB_ENGINE", "warm")

# What papermill is told beside the notebook.
OPTIONS: dict[str, dict[str, Any]] = {
    "allow_errors.py": {"allow_errors": True},
    "parameters.py": {
        "parameters": {
            "whole": -3,
            "real": 2.5e-7,
            "text": "quotes \"' \\ \n line, ünï 🎉",
            "flag": True,
            "nothing": None,
            "items": [1, "two", [3.0, None, False]],
            "mapping": {"a": 1, "b": {"c": [True]}},
            "infinite": float("-inf"),
            "not_a_number": float("nan"),
            "nested": [{"x": float("inf")}],
            "unknown": "in no cell",
        }
    },
}
# What a library does when it is imported has happened before the first cell of a warm kernel. These
# notebooks look at just that, so that for them nothing is imported before.
COLD = {"environment.py", "widgets_missing.py"}
# How many cells run after a notebook has asked for its end is a matter of a tenth of a second.
ATTEMPTS = {"exit_early.py": 5}
# Here the pieces that an explicit flush cuts a stream into are compared as well.
UNMERGED = {"streams_flush.py"}

pytestmark = pytest.mark.slow


def installed(name: str) -> bool:
    return any(found.name == name for found in entrypoints.get_group_all("papermill.engine"))


@pytest.fixture(params=[ENGINE])
def engine(request: pytest.FixtureRequest) -> str:
    """The name of the engine under test."""
    name: str = request.param
    if name not in papermill_engines._engines and not installed(name):
        pytest.skip(f"papermill knows no engine named {name}: no entry point in papermill.engine")
    return name


@pytest.fixture(autouse=True)
def _outer_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORPUS_OUTER", "set by the caller")
    monkeypatch.delenv("MPLBACKEND", raising=False)


@pytest.fixture
def capturing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """IPython's settings as without CertLab's: what is written to descriptors is captured."""
    profile = tmp_path / "ipython" / "profile_default"
    profile.mkdir(parents=True)
    (profile / "ipython_kernel_config.py").write_text("c.IPKernelApp.capture_fd_output = True\n")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))


@pytest.fixture(scope="session")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Outcome]:
    """What papermill's own engine makes of a notebook of the corpus."""
    folder = tmp_path_factory.mktemp("reference")

    @functools.cache
    def run(name: str) -> Outcome:
        return run_corpus(name, None, folder)

    return run


def run_corpus(name: str, engine: str | None, folder: Path) -> Outcome:
    options = OPTIONS.get(name, {})
    if engine == "warm" and name in COLD:
        options = options | {"warm_imports": ()}
    return outcome(load(name), engine, folder / name, merge_streams=name not in UNMERGED, **options)


@pytest.mark.parametrize("name", [name for name in corpus() if name != "fd_capture.py"])
def test_same_as_papermills_engine(
    engine: str, name: str, reference: Callable[[str], Outcome], tmp_path: Path
) -> None:
    found = ""
    for attempt in range(ATTEMPTS.get(name, 1)):
        folder = tmp_path / str(attempt)
        folder.mkdir()
        if not (found := difference(reference(name), run_corpus(name, engine, folder))):
            return
    pytest.fail(found, pytrace=False)


@pytest.mark.usefixtures("capturing")
def test_same_where_the_kernel_captures_descriptors(engine: str, tmp_path: Path) -> None:
    for made in ("one", "two"):
        (tmp_path / made).mkdir()
    expected = run_corpus("fd_capture.py", None, tmp_path / "one")
    assert "straight to 1" in json.dumps(expected.returned)
    assert difference(expected, run_corpus("fd_capture.py", engine, tmp_path / "two")) == ""


def test_startup_files_and_settings_of_the_users_profile(
    engine: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    profile = tmp_path / "ipython" / "profile_default"
    (profile / "startup").mkdir(parents=True)
    (profile / "startup" / "00-first.py").write_text("from_startup = 5\n")
    (profile / "ipython_config.py").write_text(
        "c.PlainTextFormatter.float_precision = '%.2f'\n"
        "c.InteractiveShellApp.exec_lines = ['from_lines = 6']\n"
        "c.InteractiveShell.ast_node_interactivity = 'last_expr_or_assign'\n"
    )
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    notebook = notebook_of("from_startup, from_lines", "x = 1 / 3")
    expected = outcome(notebook, None, tmp_path / "one")
    assert "0.33" in json.dumps(expected.returned)
    assert difference(expected, outcome(notebook, engine, tmp_path / "two")) == ""


# --- the comparison itself ---------------------------------------------------------------------


class _Broken(NBClientEngine):
    """Papermill's engine with one thing wrong."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> Any:
        try:
            return super().execute_managed_notebook(nb_man, kernel_name, **options)
        finally:
            cls.damage(nb_man.nb)

    @staticmethod
    def damage(notebook: nbformat.NotebookNode) -> None:
        raise NotImplementedError


def _drop_an_output(notebook: nbformat.NotebookNode) -> None:
    notebook.cells[0].outputs.pop()


def _swap_outputs(notebook: nbformat.NotebookNode) -> None:
    notebook.cells[0].outputs.reverse()


def _strip_colours(notebook: nbformat.NotebookNode) -> None:
    for output in notebook.cells[2].outputs:
        output.traceback = [re.sub("\x1b[^m]*m", "", line) for line in output.traceback]


def _count_wrong(notebook: nbformat.NotebookNode) -> None:
    notebook.cells[1].execution_count += 1


def _lose_times(notebook: nbformat.NotebookNode) -> None:
    del notebook.cells[1].metadata["execution"]["shell.execute_reply"]


def _forget_the_language(notebook: nbformat.NotebookNode) -> None:
    notebook.metadata.language_info = {"name": "python"}


def _swallow_the_error(notebook: nbformat.NotebookNode) -> None:
    notebook.cells[2].outputs = []
    notebook.cells[2].metadata.papermill["exception"] = False


@pytest.mark.parametrize(
    "damage",
    [
        _drop_an_output,
        _swap_outputs,
        _strip_colours,
        _count_wrong,
        _lose_times,
        _forget_the_language,
        _swallow_the_error,
    ],
)
def test_the_comparison_notices(
    damage: Callable[[nbformat.NotebookNode], None],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    broken = type("Broken", (_Broken,), {"damage": staticmethod(damage)})
    monkeypatch.setitem(papermill_engines._engines, "broken", broken)
    notebook = notebook_of("print('out'); display('shown')", "2", "1 / 0")
    expected = outcome(notebook, None, tmp_path / "one")
    assert difference(expected, outcome(notebook, None, tmp_path / "two")) == ""
    assert difference(expected, outcome(notebook, "broken", tmp_path / "three")) != ""


def test_the_corpus_is_read_as_meant() -> None:
    assert len(corpus()) >= 30
    sources = [cell.source for cell in load("magics_shell.py").cells]
    assert sources[0] == "!echo from the shell"
    assert sources[3] == "lines = !printf 'one\\ntwo\\n'\nlines"
    assert sources[6].startswith("%%bash\necho from bash\n")
    assert load("help_pager.py").cells[0].source == "len?"
    assert load("magics_files.py").cells[0].source.startswith("%%writefile")


# --- what an engine does beside the notebook ---------------------------------------------------


def notebook_of(*sources: str, kernel: str = "python3") -> nbformat.NotebookNode:
    cells = [new_code_cell(source, id=f"cell-{n}") for n, source in enumerate(sources)]
    metadata = {
        "kernelspec": {"name": kernel, "display_name": kernel, "language": "python"},
        "language_info": {"name": "python"},
    }
    return new_notebook(cells=cells, metadata=metadata)


def run(notebook: nbformat.NotebookNode, engine: str | None, output: Path, **options: Any) -> Any:
    with outside_pytest():
        return papermill.execute_notebook(
            notebook,
            output,
            engine_name=engine,
            **{"progress_bar": False, "execution_timeout": 90} | options,
        )


def both(engine: str) -> list[str | None]:
    """The reference first: a test that fails on it tests nothing."""
    return [None, engine]


def test_progress_bar(
    engine: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook = notebook_of("1", "'papermill_description=SECOND'")
    notebook.cells.append(new_markdown_cell("text", id="text"))
    said = []
    for name in both(engine):
        run(notebook, name, tmp_path / "out.ipynb", progress_bar=True)
        err = capsys.readouterr().err
        said.append(
            (
                "Executing" in err,
                "SECOND" in err,
                [part for part in ("0/3", "3/3", "cell/s") if part in err],
            )
        )
    assert said[0] == (True, True, ["0/3", "3/3", "cell/s"])
    assert said[1] == said[0]


def test_progress_bar_takes_tqdms_options(
    engine: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in both(engine):
        run(notebook_of("1"), name, tmp_path / "out.ipynb", progress_bar={"desc": "Own words"})
        assert "Own words" in capsys.readouterr().err
        with pytest.raises(TypeError, match="progress_bar"):
            run(notebook_of("1"), name, tmp_path / "out.ipynb", progress_bar=3)


def test_outputs_are_logged_as_they_come(
    engine: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    notebook = notebook_of(
        "import sys\nprint('to stdout', flush=True)\nprint('to stderr', file=sys.stderr)",
        "'a result'",
        "display({'text/html': '<b>not logged</b>'}, raw=True)",
        "display({'text/plain': 'logged', 'text/html': 'not logged'}, raw=True)",
    )
    logged = []
    for name in both(engine):
        caplog.clear()
        with caplog.at_level(logging.INFO, logger="papermill"):
            run(notebook, name, tmp_path / "out.ipynb", log_output=True)
        logged.append([(r.name, r.levelname, r.getMessage()) for r in caplog.records])
    assert ("papermill", "INFO", "to stdout\n") in logged[0]
    assert ("papermill", "WARNING", "to stderr\n") in logged[0]
    assert ("papermill", "INFO", "'a result'") in logged[0]
    assert not any("not logged" in text for _, _, text in logged[0])
    assert logged[1] == logged[0]


def test_what_is_logged_without_log_output(
    engine: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    logged = []
    for name in both(engine):
        caplog.clear()
        with caplog.at_level(logging.INFO, logger="papermill"):
            run(notebook_of("print('not logged')"), name, tmp_path / "out.ipynb")
        logged.append([(r.name, r.levelname, r.getMessage()) for r in caplog.records])
    assert ("papermill", "INFO", "Executing notebook with kernel: python3") in logged[0]
    assert logged[1] == logged[0]


def test_streams_are_written_to_files(engine: str, tmp_path: Path) -> None:
    notebook = notebook_of(
        "import sys\nprint('out')\nprint('err', file=sys.stderr)\ndisplay('neither')",
        "print('more')",
    )
    for name in both(engine):
        out, err = tmp_path / "out.txt", tmp_path / "err.txt"
        with out.open("w") as stdout, err.open("w") as stderr:
            run(notebook, name, tmp_path / "o.ipynb", stdout_file=stdout, stderr_file=stderr)
            # flushed as it came, before the file is closed
            assert (out.read_text(), err.read_text()) == ("out\nmore\n", "err\n")


class _Saves(logging.Handler):
    """The papermill handler of an address that keeps every version written to it."""

    def __init__(self) -> None:
        self.versions: list[nbformat.NotebookNode] = []

    def write(self, text: str, path: str) -> None:
        self.versions.append(nbformat.reads(text, as_version=4))

    def pretty_path(self, path: str) -> str:
        return path


@pytest.fixture
def saves(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[nbformat.NotebookNode]]:
    """Runs a notebook and gives every version of it that was saved on the way."""
    from papermill.iorw import papermill_io

    handler = _Saves()
    monkeypatch.setattr(papermill_io, "_handlers", list(papermill_io._handlers))
    papermill_io.register("kept://", handler)

    def record(notebook: Any, engine: str | None, **options: Any) -> list[nbformat.NotebookNode]:
        handler.versions = []
        with outside_pytest():
            papermill.execute_notebook(
                notebook, "kept://x.ipynb", engine_name=engine, progress_bar=False, **options
            )
        return handler.versions

    return record


def _progress(versions: list[nbformat.NotebookNode]) -> list[tuple[Any, ...]]:
    return [
        tuple((cell.metadata.papermill.status, len(cell.get("outputs", ()))) for cell in nb.cells)
        for nb in versions
    ]


def test_saved_when_cells_start_and_end(engine: str, saves: Callable[..., Any]) -> None:
    notebook = notebook_of("print(1)", "2")
    notebook.cells.insert(1, new_markdown_cell("text", id="text"))
    expected = _progress(saves(notebook, None))
    assert (("running", 0), ("pending", 0), ("pending", 0)) in expected
    assert (("completed", 1), ("completed", 0), ("running", 0)) in expected
    assert _progress(saves(notebook, engine)) == expected


def test_saved_once_without_request_save_on_cell_execute(
    engine: str, saves: Callable[..., Any]
) -> None:
    notebook = notebook_of("print(1)", "2")
    for name in both(engine):
        versions = saves(notebook, name, request_save_on_cell_execute=False)
        assert _progress(versions) == [(("completed", 1), ("completed", 1))]


def test_long_cells_are_saved_on_the_way(engine: str, saves: Callable[..., Any]) -> None:
    notebook = notebook_of(
        "import time\nfor n in range(4):\n    print(n, flush=True)\n    time.sleep(0.6)"
    )

    def partly(versions: list[nbformat.NotebookNode]) -> bool:
        return any(status == "running" and count for ((status, count),) in _progress(versions))

    for name in both(engine):
        assert partly(saves(notebook, name, autosave_cell_every=1))
        assert not partly(saves(notebook, name, autosave_cell_every=0))


def test_a_cell_that_takes_too_long(engine: str, tmp_path: Path) -> None:
    notebook = notebook_of("print('before', flush=True)", "while True:\n    pass", "print('after')")
    expected = outcome(notebook, None, tmp_path / "one", execution_timeout=2)
    assert expected.raised is not None
    assert CellTimeoutError.__name__ in expected.raised
    got = outcome(notebook, engine, tmp_path / "two", execution_timeout=2)
    assert difference(expected, got) == ""


def test_the_time_limit_holds_for_each_cell(engine: str, tmp_path: Path) -> None:
    notebook = notebook_of(*["import time\ntime.sleep(1)"] * 3)
    for name in both(engine):
        run(notebook, name, tmp_path / "out.ipynb", execution_timeout=2)


def test_interrupted_when_asked_to_instead(engine: str, tmp_path: Path) -> None:
    notebook = notebook_of("import time\ntime.sleep(30)", "print('after')")
    options = {"execution_timeout": 1, "interrupt_on_timeout": True}
    expected = outcome(notebook, None, tmp_path / "one", **options)
    assert "KeyboardInterrupt" in str(expected.raised)
    assert difference(expected, outcome(notebook, engine, tmp_path / "two", **options)) == ""


@pytest.mark.parametrize(
    "options",
    [
        {"allow_error_names": ["ZeroDivisionError"]},
        {"allow_errors": True, "force_raise_errors": True},
        {"record_timing": False},
        {"skip_cells_with_tag": "own-tag"},
        {"coalesce_streams": True},
    ],
    ids=lambda options: next(iter(options)),
)
def test_nbclients_options(engine: str, options: dict[str, Any], tmp_path: Path) -> None:
    notebook = notebook_of(
        "print('a', flush=True)\nprint('b\\rc', flush=True)", "print('tagged')", "1 / 0", "3"
    )
    notebook.cells[1].metadata.tags = ["own-tag"]
    merging = {"merge_streams": False}
    expected = outcome(notebook, None, tmp_path / "one", **merging, **options)
    got = outcome(notebook, engine, tmp_path / "two", **merging, **options)
    assert difference(expected, got) == ""


def test_nbclients_hooks_are_called(engine: str, tmp_path: Path) -> None:
    names = ["cell_start", "cell_execute", "cell_complete", "cell_executed", "cell_error"]
    calls: list[list[tuple[str, list[str]]]] = []
    for name in both(engine):
        called: list[tuple[str, list[str]]] = []

        def hook(of: str, called: list[tuple[str, list[str]]] = called) -> Callable[..., None]:
            return lambda **given: called.append((of, sorted(given)))

        hooks = {f"on_{of}": hook(of) for of in [*names, "notebook_start"]}
        with pytest.raises(PapermillExecutionError):
            run(notebook_of("1", "", "1 / 0"), name, tmp_path / "out.ipynb", **hooks)
        calls.append(called)
    assert ("cell_error", ["cell", "cell_index", "execute_reply"]) in calls[0]
    assert calls[1] == calls[0]


def test_works_in_cwd_and_leaves_the_callers_alone(engine: str, tmp_path: Path) -> None:
    before = os.getcwd()
    for name in both(engine):
        folder = tmp_path / str(name)
        folder.mkdir()
        notebook = notebook_of("open('made.txt', 'w').write('x'); import os; os.chdir('/')")
        run(notebook, name, tmp_path / "out.ipynb", cwd=folder)
        assert (folder / "made.txt").exists()
        assert os.getcwd() == before


def test_works_where_the_caller_is(
    engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in both(engine):
        folder = tmp_path / str(name)
        folder.mkdir()
        monkeypatch.chdir(folder)
        monkeypatch.setenv("CORPUS_NOW", str(name))
        notebook = notebook_of("import os; print(os.getcwd(), os.environ['CORPUS_NOW'])")
        done = run(notebook, name, tmp_path / "out.ipynb")
        assert done.cells[0].outputs[0].text == f"{folder} {name}\n"


def test_written_when_a_cell_fails(engine: str, tmp_path: Path) -> None:
    for name in both(engine):
        target = tmp_path / "out.ipynb"
        with pytest.raises(PapermillExecutionError) as caught:
            run(notebook_of("print('kept')", "1 / 0", "3"), name, target)
        assert (caught.value.ename, caught.value.cell_index) == ("ZeroDivisionError", 1)
        written = nbformat.read(target, as_version=4)
        assert "An Exception was encountered at" in written.cells[0].source
        assert written.cells[1].outputs[0].text == "kept\n"
        assert "encountered an exception here" in written.cells[2].source
        target.unlink()


def test_a_kernel_that_dies(engine: str, tmp_path: Path) -> None:
    for name in both(engine):
        with pytest.raises(DeadKernelError, match="Kernel died"):
            run(notebook_of("import os; os._exit(1)"), name, tmp_path / "out.ipynb")


def test_files_and_exit_hooks_of_a_run_that_ends(engine: str, tmp_path: Path) -> None:
    for name in both(engine):
        folder = tmp_path / str(name)
        folder.mkdir()
        notebook = notebook_of(
            "import atexit, pathlib\n"
            "atexit.register(lambda: pathlib.Path('hook.txt').write_text('called'))\n"
            "stream = open('open.txt', 'w')\n"
            "stream.write('never closed')"
        )
        run(notebook, name, tmp_path / "out.ipynb", cwd=folder)
        assert (folder / "hook.txt").read_text() == "called"
        assert (folder / "open.txt").read_text() == "never closed"


def test_runs_do_not_share_anything(engine: str, tmp_path: Path) -> None:
    notebook = notebook_of(
        "import os, random, sys, uuid\nimport numpy as np\n"
        "print('seen' in globals(), hasattr(np, 'seen'), 'SEEN' in os.environ)\n"
        "seen = np.seen = 1\nos.environ['SEEN'] = 'x'",
        "random.random(), float(np.random.rand()), hash('text'), uuid.uuid4().hex",
    )
    for name in both(engine):
        one, two = (run(notebook, name, tmp_path / "out.ipynb") for _ in range(2))
        for done in (one, two):
            assert done.cells[0].outputs[0].text == "False False False\n"
        values = [eval(done.cells[1].outputs[0].data["text/plain"]) for done in (one, two)]
        for kind, first, second in zip(("random", "numpy"), *values, strict=False):
            assert first != second, f"{kind} gives every run the same numbers"
        assert values[0][3] != values[1][3]


def test_an_interrupt_of_the_caller_ends_the_run(engine: str, tmp_path: Path) -> None:
    def interrupt(**given: Any) -> None:
        raise KeyboardInterrupt

    for name in both(engine):
        with pytest.raises(KeyboardInterrupt):
            run(notebook_of("1", "2"), name, tmp_path / "out.ipynb", on_cell_executed=interrupt)
        written = nbformat.read(tmp_path / "out.ipynb", as_version=4)
        assert written.cells[1].execution_count is None


def test_an_unknown_kernel(engine: str, tmp_path: Path) -> None:
    for name in both(engine):
        with pytest.raises(NoSuchKernel, match="no-such-kernel"):
            run(notebook_of("1", kernel="no-such-kernel"), name, tmp_path / "out.ipynb")
        run(
            notebook_of("1", kernel="no-such-kernel"),
            name,
            tmp_path / "out.ipynb",
            kernel_name="python3",
        )


def test_no_kernel_name_at_all(engine: str, tmp_path: Path) -> None:
    notebook = notebook_of("1")
    del notebook.metadata["kernelspec"]
    for name in both(engine):
        with pytest.raises(ValueError, match="No kernel name found"):
            run(notebook, name, tmp_path / "out.ipynb")


def _install_kernel(folder: Path, name: str, argv: list[str], language: str) -> None:
    spec = folder / "kernels" / name
    spec.mkdir(parents=True)
    (spec / "kernel.json").write_text(
        json.dumps({"argv": argv, "display_name": name, "language": language})
    )


def test_a_kernel_of_another_language_is_left_to_papermill(
    engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Papermill starts any kernel; one that is not this Python's cannot be caged."""
    _install_kernel(tmp_path, "ir", ["no-such-program", "{connection_file}"], "R")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    notebook = notebook_of("cat(1)", kernel="ir")
    raised = []
    for name in both(engine):
        with pytest.raises(Exception, match="no-such-program") as caught:
            run(notebook, name, tmp_path / "out.ipynb")
        raised.append(caught.type)
    assert raised[0] is raised[1]
    if engine == "warm" and why_not("namespaces") is None:
        with pytest.raises(ValueError, match="not this Python's and cannot be caged"):
            run(notebook, engine, tmp_path / "out.ipynb", isolation="namespaces")


def test_a_kernel_that_does_not_start(
    engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sleeping = [sys.executable, "-c", "import time; time.sleep(60)", "{connection_file}"]
    _install_kernel(tmp_path, "sleeping", sleeping, "python")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    for name in both(engine):
        started = time.monotonic()
        # What else an engine says is its own matter, but it does not wait for a minute.
        with pytest.raises(Exception, match=r"(?i)kernel"):
            run(
                notebook_of("1", kernel="sleeping"),
                name,
                tmp_path / "out.ipynb",
                start_timeout=2,
            )
        assert time.monotonic() - started < 30


def test_pip_runs_as_with_papermill(engine: str, tmp_path: Path) -> None:
    notebook = notebook_of("%pip --version")
    for name in both(engine):
        folder = tmp_path / str(name)
        folder.mkdir()
        (folder / "pip.py").write_text("print('pip was run')\n")  # python -m pip finds it first
        run(notebook, name, folder / "out.ipynb", cwd=folder)
        assert "pip was run" in (folder / "out.ipynb").read_text("utf-8")


@pytest.mark.parametrize("engine", ["warm"])
def test_a_caged_notebook_installs_nothing_and_sees_nothing(engine: str, tmp_path: Path) -> None:
    if (reason := why_not("namespaces")) is not None:
        pytest.skip(f"no cage on this machine: {reason}")
    (tmp_path / "mine").write_text("a file of the caller's")
    for source, said in {
        "%pip install six": "packages cannot be installed here",
        f"open({str(tmp_path / 'mine')!r})": "FileNotFoundError",
        "import os; os.environ['CORPUS_OUTER']": "KeyError",
        "import socket; socket.create_connection(('127.0.0.1', 80), 1)": "OSError",
    }.items():
        target = tmp_path / "out.ipynb"
        with pytest.raises(PapermillExecutionError):
            run(notebook_of(source), engine, target, isolation="namespaces")
        assert said in target.read_text("utf-8")
    figure = "import matplotlib.pyplot as plt; plt.plot([1, 2]); plt.show()"
    run(notebook_of(figure), engine, tmp_path / "out.ipynb", isolation="namespaces")
    assert "image/png" in (tmp_path / "out.ipynb").read_text("utf-8")
    with pytest.raises(ValueError, match="use 'none' or 'namespaces'"):
        run(notebook_of("1"), engine, tmp_path / "out.ipynb", isolation="some")
