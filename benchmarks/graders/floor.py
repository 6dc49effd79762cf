"""The floor: the same cells executed in forked children of a warm Python, and nothing else.

    python floor.py ORDER.json RESULT.json

The parent imports the exercise's libraries once and forks a child per submission; the child
compiles and executes the cells in one namespace and sends the probes' values; the parent compares
them with the solution's. No notebook is read, no display or traceback is made, nothing is caged.
"""

from __future__ import annotations

import ast
import contextlib
import gc
import importlib
import json
import os
import selectors
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

Cells = list[tuple[str, str]]  # a probe's key, or nothing, and the code

VALUE = "_value_of_the_probe"

_MODULES = "modules"
_NEW_MODULES = (_MODULES, f"import sys, json; {VALUE} = json.dumps(sorted(sys.modules))")


def main() -> None:
    """Grade what the order names; write marks, and the solution's values, as JSON."""
    order = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    from certlab.curriculum import read_exercise
    from certlab.grading import plain
    from certlab.grading.compare import compare, score

    for name in order["imports"]:
        importlib.import_module(name)
    exercise = read_exercise(Path(order["exercise"]))
    probes = probe_cells(exercise)
    oracle = cells_of(exercise, order["seed"], None)
    against = [
        (f"against-{key}", f"{VALUE} = {cell.rule.against}")
        for key, cell in probes.items()
        if cell.rule.against
    ]
    ((_, told),) = run([("solution", [*oracle, *against, _NEW_MODULES])], 1)
    # What libraries import only when they are first used.
    for name in json.loads(plain.decode(told.pop(_MODULES))):
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    gc.collect()
    gc.freeze()  # children then copy fewer pages
    expected = {key: plain.decode(value) for key, value in told.items()}
    missing = [key for key, _ in oracle + against if key and key not in expected]
    if missing:
        sys.exit(f"the solution gives no value for {', '.join(missing)}")

    marks: dict[str, dict[str, float]] = {}
    submissions = [
        (name, cells_of(exercise, order["seed"], answers))
        for name, answers in order["submissions"].items()
    ]
    for name, values in run(submissions, order["jobs"]):
        right = dict.fromkeys((question.id for question in exercise.questions), True)
        for key, cell in probes.items():
            if key not in values:
                verdict = False
            elif cell.rule.metric:
                truth = expected[f"against-{key}"]
                verdict = score(truth, plain.decode(values[key]), cell.rule).ok
            else:
                verdict = compare(expected[key], plain.decode(values[key]), cell.rule).ok
            right[cell.question] &= verdict
        marks[name] = {
            question.id: question.points * right[question.id] for question in exercise.questions
        }
    values = {key: listed(value) for key, value in expected.items()}
    Path(sys.argv[2]).write_text(json.dumps({"marks": marks, "values": values}), "utf-8")


def probe_cells(exercise: Any) -> dict[str, Any]:
    """The probes of an exercise by key."""
    return {f"probe-{cell.number}": cell for cell in exercise.cells if cell.role == "probe"}


def cells_of(exercise: Any, seed: int, answers: dict[str, str] | None) -> Cells:
    """What runs: the instructor's cells with `seed`, the answers (or the solution), the probes."""
    cells: Cells = []
    for cell in exercise.cells:
        if cell.role == "parameters":
            cells.append(("", f"{cell.source}\nseed = {seed}"))
        elif cell.role == "given" or (cell.role == "solution-only" and answers is None):
            cells.append(("", cell.source))
        elif cell.role == "question":
            cells.append(("", cell.source if answers is None else answers[cell.question]))
        elif cell.role == "probe":
            cells.append((f"probe-{cell.number}", assigning(cell.source)))
    return cells


def assigning(source: str) -> str:
    """A probe's code with its last expression assigned to the name VALUE."""
    tree = ast.parse(source)
    last = tree.body[-1]
    assert isinstance(last, ast.Expr)
    tree.body[-1] = ast.Assign([ast.Name(VALUE, ast.Store())], last.value)
    return ast.unparse(ast.fix_missing_locations(tree))


def listed(value: Any) -> Any:
    """A value as JSON has it: arrays as lists."""
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, list | tuple):
        return [listed(entry) for entry in value]
    if isinstance(value, dict):
        return {str(key): listed(entry) for key, entry in value.items()}
    return value


def run(
    submissions: Iterable[tuple[str, Cells]], jobs: int
) -> Iterator[tuple[str, dict[str, str]]]:
    """Run submissions in forked children, `jobs` at a time; yield names and values as they end."""
    waiting = iter(submissions)
    selector = selectors.DefaultSelector()
    running = 0
    while True:
        while running < jobs and (submission := next(waiting, None)) is not None:
            name, cells = submission
            reader, child = _fork(cells)
            selector.register(reader, selectors.EVENT_READ, (name, child, bytearray()))
            running += 1
        if not running:
            return
        for key, _ in selector.select():
            name, child, received = key.data
            if part := os.read(key.fd, 1 << 20):
                received += part
                continue
            selector.unregister(key.fd)
            os.close(key.fd)
            os.waitpid(child, 0)
            running -= 1
            yield name, json.loads(received or b"{}")


def _fork(cells: Cells) -> tuple[int, int]:
    reader, writer = os.pipe()
    child = os.fork()
    if child:
        os.close(writer)
        return reader, child
    with contextlib.suppress(BaseException):
        os.close(reader)
        quiet = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(quiet, standard)
        answer = json.dumps(_execute(cells)).encode()
        with os.fdopen(writer, "wb") as stream:
            stream.write(answer)
    os._exit(0)


def _execute(cells: Cells) -> dict[str, str]:
    from certlab.grading import plain

    namespace: dict[str, Any] = {"__name__": "__main__"}
    values: dict[str, str] = {}
    for key, source in cells:
        try:
            exec(compile(source, "<cell>", "exec"), namespace)
            if key:
                values[key] = plain.encode(namespace[VALUE])
        except BaseException:  # the next cell runs all the same
            continue
    return values


if __name__ == "__main__":
    main()
