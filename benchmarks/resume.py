"""Kills `certlab grade` at random moments of a batch of 1,000 and lets it go on.

    python benchmarks/resume.py [--submissions 1000] [--kills 12]

Grades the batch once without interruption. Grades it again into another gradebook, killing the
grader with SIGKILL at moments that a seed fixes and starting it anew. Then compares: the marks must
be the same, and no submission may have been recorded twice.
"""

from __future__ import annotations

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from graders.students import load_assignment, make_students
from graders.tools import CertLab, make_work

from certlab.grading.gradebook import Gradebook

ASSIGNMENT = Path(__file__).parent / "assignments" / "light"


def main() -> None:
    """Parse the arguments, run, and exit with 1 when anything was lost or graded twice."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--submissions", type=int, default=1_000)
    parser.add_argument("--kills", type=int, default=12)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="certlab-resume-") as made:
        folder = Path(made)
        assignment = load_assignment(ASSIGNMENT)
        work = make_work(assignment, ASSIGNMENT / "exercise.py", folder / "work")
        students = make_students(assignment, options.submissions, options.seed)
        (folder / "batch").mkdir()
        command = CertLab(options.jobs).prepare(work, students, folder / "batch")
        whole, pieces = folder / "whole.db", folder / "pieces.db"
        seconds = run(with_gradebook(command, whole), None)
        print(f"without interruption: {options.submissions} submissions in {seconds:.0f} s")
        rng = random.Random(options.seed)
        recorded: dict[str, object] = {}
        twice = 0
        started = time.monotonic()
        for kill in range(options.kills + 1):
            last = kill == options.kills
            after = None if last else rng.uniform(1, 1.8 * seconds / options.kills + 4)
            run(with_gradebook(command, pieces), after)
            rows = Gradebook(str(pieces)).rows()
            moments = {row.student: row.graded_at for row in rows}
            twice += sum(moments[student] != moment for student, moment in recorded.items())
            recorded = moments
            print(f"{'completed' if last else f'killed after {after:.1f} s'}: {len(rows)} recorded")
        expected, found = marks(whole), marks(pieces)
        print(
            f"killed {options.kills} times, {time.monotonic() - started:.0f} s in all: "
            f"{len(expected) - len(found)} lost, {twice} graded twice, "
            f"{sum(found.get(student) != mark for student, mark in expected.items())} marks differ"
        )
        sys.exit(found != expected or twice > 0)


def with_gradebook(command: list[str], path: Path) -> list[str]:
    """The command with another gradebook."""
    at = command.index("--gradebook") + 1
    return [*command[:at], str(path), *command[at + 1 :]]


def run(command: list[str], kill_after: float | None) -> float:
    """Run the command, kill it after so many seconds; return the seconds that it took."""
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        process.wait(kill_after)
        if process.returncode:
            sys.exit(f"certlab grade ended with {process.returncode}")
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
    return time.monotonic() - started


def marks(path: Path) -> dict[str, tuple[object, ...]]:
    """What a gradebook says of each student, without times."""
    return {
        row.student: (row.status, row.score, row.reasons, row.questions)
        for row in Gradebook(str(path)).rows()
    }


if __name__ == "__main__":
    main()
