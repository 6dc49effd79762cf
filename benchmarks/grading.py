"""How fast CertLab grades, next to nbgrader, Otter-Grader and the floor, on this machine.

    python benchmarks/grading.py [--only light …] [--json FILE]
    python benchmarks/grading.py --thousand

Every tool grades the same students' answers to the same three assignments, on the same data, with
tests that ask for the same values: a mix of right, partly wrong, raising and blank ones that a seed
fixes. (Every five in a row hold each kind, so batches should be a multiple of five apart.)

Every tool grades two batches; their difference is the marginal cost of a submission, and what is
left is the tool's start-up (for CertLab and the floor with the import of the libraries, which the
others pay for each submission). The floor executes the same cells in forked children of a warm
Python, without notebooks, cage or reports.

Reported, not asserted: CertLab's aims are 25 times nbgrader's rate on `light`, 8 times on the
other two, and 0.7 of the floor's on all three. Marks that differ between the tools are an error.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from graders.measure import Memory, ToolFailed
from graders.students import Assignment, load_assignment, make_students
from graders.tools import CertLab, Floor, Marks, NbGrader, Otter, Tool, Work, make_work
from rich.console import Console
from rich.table import Table

ASSIGNMENTS = Path(__file__).parent / "assignments"
NAMES = ("light", "classical", "deep")
TARGETS = {"light": 25.0, "classical": 8.0, "deep": 8.0}
FLOOR_TARGET = 0.7
THOUSAND = (100, 500, 1000)

console = Console(width=max(Console().width, 110))


@dataclass(frozen=True)
class Row:
    """What one tool took for one assignment."""

    assignment: str
    tool: str
    submissions: int
    seconds: float  # of the larger batch, start-up included
    per_minute: float
    marginal_seconds: float | None  # of one more submission; None where noise hides it
    marginal_per_minute: float | None
    startup_seconds: float | None
    peak_mb: float
    memory_complete: bool  # otherwise the peak is a lower bound


def main() -> None:
    """Measure what the options ask for, and report."""
    options = _options()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        if options.thousand:
            grade_thousand(options)
        else:
            compare_tools(options)
    except ToolFailed as error:
        sys.exit(f"benchmark: {error}")


def compare_tools(options: argparse.Namespace) -> None:
    """Run every tool on every assignment; print the tables; write JSON; check the marks."""
    tools = _tools(options)
    rows: list[Row] = []
    imports: dict[str, float] = {}
    differences: list[str] = []
    with tempfile.TemporaryDirectory(prefix="certlab-benchmark-") as made:
        folder = Path(made)
        for name in options.only:
            assignment = load_assignment(ASSIGNMENTS / name)
            work = make_work(assignment, ASSIGNMENTS / name / "exercise.py", folder / name / "work")
            imports[name] = _import_seconds(assignment)
            marks: dict[str, Marks] = {}
            for tool in tools:
                row, marks[tool.name] = _measure(tool, work, options, folder / name / tool.name)
                rows.append(row)
                console.print(
                    f"{name}, {tool.name}: {row.submissions} submissions in {row.seconds:.1f} s"
                )
            differences += _differences(name, marks)
    machine = _machine(options)
    _print_table(rows, imports, machine)
    if options.json:
        report = {
            "machine": machine,
            "rows": [asdict(row) for row in rows],
            "ratios": {name: _ratios(rows, name) for name in options.only},
            "targets": {"nbgrader": TARGETS, "floor": FLOOR_TARGET},
            "import_seconds": imports,
            "differing_marks": differences,
        }
        options.json.write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    if differences:
        sys.exit("the tools' marks differ:\n" + "\n".join(differences))


def grade_thousand(options: argparse.Namespace) -> None:
    """Grade 1,000 light submissions with CertLab; print memory on the way."""
    most = THOUSAND[-1]
    found: dict[int, tuple[float, float]] = {}
    with tempfile.TemporaryDirectory(prefix="certlab-benchmark-") as made:
        folder = Path(made)
        assignment = load_assignment(ASSIGNMENTS / "light")
        work = make_work(assignment, ASSIGNMENTS / "light" / "exercise.py", folder / "work")
        students = make_students(assignment, most, options.seed)
        (folder / "batch").mkdir()
        command = CertLab(options.jobs).prepare(work, students, folder / "batch")
        started = time.perf_counter()
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            memory = Memory()
            for number, _ in enumerate(process.stdout, start=1):
                if number in THOUSAND:
                    found[number] = (time.perf_counter() - started, memory.sample())
        if process.returncode:
            raise ToolFailed(f"certlab grade ended with {process.returncode}")
        seconds = time.perf_counter() - started
    table = Table("submissions", "seconds", "memory, MB", title="certlab grade, light")
    for number, (after, megabytes) in found.items():
        table.add_row(str(number), f"{after:.1f}", f"{megabytes:.0f}")
    console.print(table)
    if not memory.complete:
        console.print("caged processes, which only root may look at, are missing from the memory")
    console.print(f"{most} submissions in {seconds:.1f} s, {most / seconds * 60:.0f} per minute")
    if options.json:
        report = {
            "machine": _machine(options),
            "seconds": seconds,
            "memory_mb": {number: megabytes for number, (_, megabytes) in found.items()},
        }
        options.json.write_text(json.dumps(report, indent=1) + "\n", "utf-8")


def _tools(options: argparse.Namespace) -> list[Tool]:
    tools: list[Tool] = [Floor(options.jobs), CertLab(options.jobs)]
    if "nbgrader" not in options.without:
        tools.append(NbGrader())
    if "otter" not in options.without:
        otter = Otter(options.jobs, options.environments)
        console.print(f"otter-grader {otter.install()}, in {options.environments}")
        tools.append(otter)
    return tools


def _measure(
    tool: Tool, work: Work, options: argparse.Namespace, folder: Path
) -> tuple[Row, Marks]:
    """Grade a small and a larger batch."""
    peers = tool.name in ("nbgrader", "otter")
    sizes = options.peers if peers else getattr(options, work.name)
    results = []
    for size in sizes:
        students = make_students(work.assignment, size, options.seed)
        batch = folder / str(size)
        batch.mkdir(parents=True)
        results.append(tool.grade(work, students, batch))
    (small, _), (large, marks) = results
    missing = sizes[1] - len(marks)
    if missing:
        raise ToolFailed(f"{tool.name} gave no marks to {missing} of {sizes[1]} submissions")
    marginal: float | None = (large.seconds - small.seconds) / (sizes[1] - sizes[0])
    if marginal is not None and marginal <= 0:  # a busy machine
        marginal = None
    row = Row(
        assignment=work.name,
        tool=tool.name,
        submissions=sizes[1],
        seconds=large.seconds,
        per_minute=60 * sizes[1] / large.seconds,
        marginal_seconds=marginal,
        marginal_per_minute=60 / marginal if marginal else None,
        startup_seconds=max(small.seconds - sizes[0] * marginal, 0.0) if marginal else None,
        peak_mb=max(small.peak_mb, large.peak_mb),
        memory_complete=small.complete and large.complete,
    )
    return row, marks


def _differences(assignment: str, marks: dict[str, Marks]) -> list[str]:
    """Where a tool's mark is not CertLab's, for the students that both graded."""
    found = []
    for tool, given in marks.items():
        for student in given.keys() & marks["certlab"].keys():
            for question, points in marks["certlab"][student].items():
                if given[student].get(question) != points:
                    found.append(
                        f"{assignment}, {student}, {question}: {points} with certlab, "
                        f"{given[student].get(question)} with {tool}"
                    )
    return found


def _ratios(rows: Sequence[Row], assignment: str) -> dict[str, dict[str, float | None]]:
    """CertLab's rate as a multiple of every other tool's, with start-up and without."""
    by_tool = {row.tool: row for row in rows if row.assignment == assignment}
    own = by_tool.pop("certlab")
    return {
        tool: {
            "batch": _ratio(own.per_minute, row.per_minute),
            "marginal": _ratio(own.marginal_per_minute, row.marginal_per_minute),
        }
        for tool, row in by_tool.items()
    }


def _ratio(one: float | None, other: float | None) -> float | None:
    return one / other if one is not None and other is not None else None


def _print_table(rows: list[Row], imports: dict[str, float], machine: dict[str, Any]) -> None:
    console.print(f"{machine['processor']}, {machine['cores']} cores, {machine['jobs']} jobs")
    for name, seconds in imports.items():
        table = Table(title=f"{name}: importing its libraries takes {seconds:.1f} s")
        table.add_column("tool")
        for column in ("batch", "per min", "s each", "more/min", "s each", "start-up s"):
            table.add_column(column, justify="right")
        for column in ("peak MB", "× nbgrader", "× floor"):
            table.add_column(column, justify="right")
        by_tool = {row.tool: row for row in rows if row.assignment == name}
        for row in by_tool.values():
            table.add_row(
                row.tool,
                str(row.submissions),
                f"{row.per_minute:.1f}",
                f"{row.seconds / row.submissions:.3f}",
                _shown(row.marginal_per_minute, 1),
                _shown(row.marginal_seconds, 3),
                _shown(row.startup_seconds, 1),
                f"{'' if row.memory_complete else '≥ '}{row.peak_mb:.0f}",
                _versus(row, by_tool.get("nbgrader")),
                _versus(row, by_tool.get("floor")),
            )
        console.print(table)
        console.print(f"CertLab's aims: {TARGETS[name]:g} × nbgrader, {FLOOR_TARGET:g} × floor\n")
    console.print(
        "per min: of the batch, start-up included; more/min: of what a larger batch adds. "
        "Ratios of both, the latter in brackets. nbgrader grades one submission after the other."
    )


def _shown(value: float | None, digits: int) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def _versus(row: Row, other: Row | None) -> str:
    if other is None:
        return "–"
    batch = _ratio(row.per_minute, other.per_minute)
    more = _ratio(row.marginal_per_minute, other.marginal_per_minute)
    return f"{_shown(batch, 2)} ({_shown(more, 2)})"


def _import_seconds(assignment: Assignment) -> float:
    from certlab.grading.runners import imported_modules

    code = "".join(f"import {name}\n" for name in sorted(imported_modules(assignment.exercise)))
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    return time.perf_counter() - started


def _machine(options: argparse.Namespace) -> dict[str, Any]:
    processor = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        if line.startswith("model name"):
            processor = line.split(":", 1)[1].strip()
            break
    return {
        "processor": processor,
        "cores": os.cpu_count(),
        "jobs": options.jobs,
        "python": platform.python_version(),
        "system": platform.platform(),
        "load_average": os.getloadavg()[0],
        "seed": options.seed,
    }


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", nargs="+", choices=NAMES, default=list(NAMES))
    parser.add_argument("--without", nargs="+", choices=["nbgrader", "otter"], default=[])
    parser.add_argument("--thousand", action="store_true", help="CertLab's memory over 1,000")
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--seed", type=int, default=0, help="of the students' answers")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here as well")
    parser.add_argument(
        "--environments",
        type=Path,
        default=Path.home() / ".cache" / "certlab-benchmarks",
        help="folder of the other tools' environments, made when missing",
    )
    batches = {"type": int, "nargs": 2, "metavar": ("SMALL", "LARGE")}
    parser.add_argument("--peers", **batches, default=(2, 7), help="batches of nbgrader and otter")
    parser.add_argument("--light", **batches, default=(25, 425))
    parser.add_argument("--classical", **batches, default=(25, 225))
    parser.add_argument("--deep", **batches, default=(5, 45))
    options = parser.parse_args()
    for name in ("peers", *NAMES):
        small, large = getattr(options, name)
        if not 1 <= small < large:
            parser.error(f"--{name} takes a smaller and a larger number of submissions")
    return options


if __name__ == "__main__":
    main()
