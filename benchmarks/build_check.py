"""How long `certlab build --check` takes for a course of many modules.

    python benchmarks/build_check.py [MODULES]

Copies the course's own modules until there are 100 (or as many as asked for), builds the copies
without running them, and times the command as a user runs it, imports included.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
RUNS = 5


def main() -> None:
    """Make the course, time the check, print the figures."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    with tempfile.TemporaryDirectory() as folder:
        course = Path(folder)
        make_course(course, count)
        seconds = [time_check(course) for _ in range(RUNS)]
    print(
        f"certlab build --check, {count} modules: median {statistics.median(seconds):.2f} s, "
        f"slowest {max(seconds):.2f} s of {RUNS} runs"
    )


def make_course(course: Path, count: int) -> None:
    """Write a course of `count` modules that are copies of the real ones, built and in sync."""
    shutil.copytree(ROOT / "certifications", course / "certifications")
    part = course / "curriculum" / "01-math"
    part.mkdir(parents=True)
    shutil.copy(ROOT / "curriculum" / "course.yml", course / "curriculum")
    originals = sorted((ROOT / "curriculum").glob("*/*/lesson.py"))
    names = [f"{number:02d}-copy" for number in range(min(count, 100))]
    for number, name in enumerate(names):
        original = originals[number % len(originals)].parent
        shutil.copytree(original, part / name)
        lesson = part / name / "lesson.py"
        lines = [
            "# needs: []" if line.startswith("# needs:") else line
            for line in lesson.read_text("utf-8").splitlines()
        ]
        text = "\n".join(lines) + "\n"
        for other in originals:  # links to the real neighbours lead nowhere here
            text = text.replace(other.parent.name, name)
        lesson.write_text(text, "utf-8")
    build_without_running(course)


def build_without_running(course: Path) -> None:
    """Write the notebooks; solutions get the fingerprint of their code and no outputs."""
    from certlab.build import files, outputs
    from certlab.curriculum import load_course
    from certlab.curriculum.cells import BUILT_KEY

    def pretend(notebook, name):
        notebook.metadata[BUILT_KEY][outputs.EXECUTED_KEY] = outputs.fingerprint(notebook)
        return notebook

    real, outputs.run = outputs.run, pretend
    try:
        files.build(load_course(course))
    finally:
        outputs.run = real


def time_check(course: Path) -> float:
    """Seconds that the command takes, which must succeed."""
    started = time.perf_counter()
    command = [sys.executable, "-m", "certlab.cli", "build", "--check"]
    done = subprocess.run(command, cwd=course, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(json.dumps(done.stderr[-2000:]))
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
