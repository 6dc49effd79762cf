"""Runs a notebook with a papermill engine and brings what came out into a form to compare.

Only what no two runs share is normalised: times, addresses, process numbers, names of temporary
files, widgets' random ids, and where the kernel's flush timer cut a stream in two. Colours, texts,
order, metadata and everything else stay as the engine gave them.
"""

from __future__ import annotations

import difflib
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jupytext
import nbformat
import papermill

CORPUS = Path(__file__).parent / "corpus"

_PATIENCE = 90  # seconds that a cell gets before it counts as stuck

_NUMBER = r"\d+(?:\.\d+)?(?:e[+-]?\d+)?"
_SPAN = rf"(?:{_NUMBER} ?(?:ns|μs|µs|us|ms|s|min|h|d)\b ?)+"
_RULES = [
    (re.compile(r"\b0x[0-9a-fA-F]{6,}|(?<=object at )[0-9a-f]{8,}"), "<address>"),
    (re.compile(r"ipykernel_\d+"), "ipykernel_<pid>"),
    (re.compile(r"\btmp[a-z0-9_]{8}\b"), "<temporary>"),
    # %time and %timeit
    (re.compile(rf"(CPU times: )(?:(?:user|sys|total):? {_SPAN},? ?)+"), r"\1<time>"),
    (re.compile(rf"(Wall time: ){_SPAN}"), r"\1<time>"),
    (re.compile(rf"{_SPAN}± {_SPAN}(per loop)"), r"<time> ± <time> \1"),
    # tqdm: 3/3 [00:00<00:00, 9000.12it/s], and the widget's "3/3 [...]"
    (re.compile(r"\[\d\d:\d\d(?:<|&lt;)(?:\d\d:\d\d|\?),\s+[^\]]*\]"), "[<time>]"),
    (re.compile(rf"(Ran \d+ tests? in ){_NUMBER}s"), r"\1<time>"),
]
_WIDGET_ID = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
_SKIPPED = re.compile(r"(skipping similar frames: .*?) \(\d+ times\)")
_CELL_ID = re.compile(r"[0-9a-f]{8}")  # one that nbformat made up
_CELL_TIMES = ("start_time", "end_time", "duration")


@dataclass(frozen=True)
class Outcome:
    """What one run gave: the returned and the written notebook, and what was raised."""

    returned: dict[str, Any] | None
    written: dict[str, Any] | None
    raised: str | None


def corpus() -> list[str]:
    """Names of the corpus's files, in order."""
    return sorted(path.name for path in CORPUS.iterdir() if path.suffix in (".py", ".ipynb"))


def load(name: str) -> nbformat.NotebookNode:
    """Read a notebook of the corpus; text notebooks get a kernel and ids that stay the same."""
    path = CORPUS / name
    if path.suffix == ".ipynb":
        # as it is: nbformat would give ids to the cells of an older notebook
        return nbformat.from_dict(json.loads(path.read_text("utf-8")))
    notebook = jupytext.read(path, fmt="py:percent")
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "language_info": {"name": "python"},
        }
    )
    for number, cell in enumerate(notebook.cells):
        cell.id = f"{path.stem.replace('_', '-')}-{number}"
        cell.metadata.pop("lines_to_next_cell", None)
    return notebook


def outcome(
    notebook: nbformat.NotebookNode,
    engine: str | None,
    folder: Path,
    *,
    merge_streams: bool = True,
    **options: Any,
) -> Outcome:
    """Run a notebook in `folder`, which is made, with papermill's options."""
    folder.mkdir()
    source, target = folder / "in.ipynb", folder / "out.ipynb"
    source.write_text(json.dumps(notebook), "utf-8")
    work = folder / "work"
    work.mkdir()
    returned, raised = None, None
    with outside_pytest():
        try:
            returned = papermill.execute_notebook(
                source,
                target,
                engine_name=engine,
                cwd=work,
                **{"progress_bar": False, "execution_timeout": _PATIENCE} | options,
            )
        except Exception as error:
            raised = f"{type(error).__module__}.{type(error).__qualname__}: {error}"
    written = nbformat.read(target, as_version=4) if target.exists() else None

    def bring(value: Any) -> Any:
        if value is None:
            return None
        return _Normal(folder, merge_streams).notebook(json.loads(json.dumps(value)))

    text = None if raised is None else _Normal(folder, merge_streams).text(raised)
    return Outcome(bring(returned), bring(written), text)


def difference(expected: Outcome, got: Outcome) -> str:
    """A readable difference of two outcomes; empty when they are equal."""
    lines = difflib.unified_diff(
        _lines(expected), _lines(got), "papermill's engine", "this engine", n=4, lineterm=""
    )
    return "\n".join(line[:400] for line in lines)


@contextmanager
def outside_pytest() -> Iterator[None]:
    """Hide pytest from the kernels: ipykernel leaves descriptors alone where it sees pytest."""
    hidden = os.environ.pop("PYTEST_CURRENT_TEST", None)
    try:
        yield
    finally:
        if hidden is not None:
            os.environ["PYTEST_CURRENT_TEST"] = hidden


def _lines(outcome: Outcome) -> list[str]:
    lines = [f"raised: {outcome.raised}"]
    for notebook in (outcome.returned, outcome.written):
        text = json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False)
        lines += text.replace("\\n", "\n").splitlines()
    return lines


class _Normal:
    """Brings one run's notebook or message into the comparable form."""

    def __init__(self, folder: Path, merge_streams: bool) -> None:
        self._folder = re.compile(re.escape(str(folder)))
        self._merge_streams = merge_streams
        self._ids: dict[str, str] = {}

    def notebook(self, notebook: dict[str, Any]) -> dict[str, Any]:
        for cell in notebook["cells"]:
            self._cell(cell)
        _hide_times(notebook["metadata"].get("papermill", {}))
        notebook["cells"] = self._deep(notebook["cells"])
        for views in notebook["metadata"].get("widgets", {}).values():
            self._name_widgets(views["state"])
        notebook["metadata"] = self._deep(notebook["metadata"])
        return notebook

    def text(self, text: str) -> str:
        text = self._folder.sub("<folder>", text)
        for pattern, replacement in _RULES:
            text = pattern.sub(replacement, text)
        return _WIDGET_ID.sub(self._named, text)

    def _cell(self, cell: dict[str, Any]) -> None:
        if _CELL_ID.fullmatch(cell.get("id", "")):
            cell["id"] = "<random>"
        _hide_times(cell["metadata"].get("papermill", {}))
        execution = cell["metadata"].get("execution", {})
        for key, value in execution.items():
            if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", value):
                execution[key] = "<time>"
        for output in cell.get("outputs", ()):
            if output["output_type"] == "error":
                output["traceback"] = _without_repetition(output["traceback"])
        if self._merge_streams and "outputs" in cell:
            cell["outputs"] = _merged(cell["outputs"])

    def _deep(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self._deep(entry) for entry in value]
        if isinstance(value, dict):
            return {self.text(key): self._deep(entry) for key, entry in value.items()}
        return value

    def _name_widgets(self, state: dict[str, Any]) -> None:
        """Name widgets in an order of their own: the ones shown, what these refer to, the rest."""
        texts = {key: json.dumps(state[key], sort_keys=True) for key in state}
        hidden = {key: _WIDGET_ID.sub("<id>", text) for key, text in texts.items()}
        waiting = [*self._ids, *sorted(texts, key=lambda key: hidden[key])]
        seen: set[str] = set()
        while waiting:
            if (key := waiting.pop(0)) in texts and key not in seen:
                seen.add(key)
                self.text(key)
                waiting = _WIDGET_ID.findall(texts[key]) + waiting

    def _named(self, match: re.Match[str]) -> str:
        return self._ids.setdefault(match[0], f"<id {len(self._ids) + 1}>")


def _hide_times(metadata: dict[str, Any]) -> None:
    for key in _CELL_TIMES:
        if isinstance(metadata.get(key), str | float):
            metadata[key] = f"<{type(metadata[key]).__name__}>"


def _without_repetition(traceback: list[str]) -> list[str]:
    """A traceback whose equal frames in a row are one.

    An endless recursion shows as many as the stack had room for below the kernel's own frames.
    """
    return [
        _SKIPPED.sub(r"\1 (<count> times)", frame)
        for before, frame in zip([None, *traceback], traceback, strict=False)
        if frame != before
    ]


def _merged(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Outputs with neighbouring pieces of the same stream in one, as frontends show them."""
    merged: list[dict[str, Any]] = []
    for output in outputs:
        last = merged[-1] if merged else {}
        if output["output_type"] == "stream" and last.get("name") == output["name"]:
            last["text"] += output["text"]
        else:
            merged.append(output)
    return merged
