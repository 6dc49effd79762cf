"""From the curriculum's text to notebooks."""

from .files import Difference, build, check
from .notebooks import exercise_notebook, lesson_notebook, solution_notebook
from .outputs import ExecutionFailed, comparable_display

__all__ = [
    "Difference",
    "ExecutionFailed",
    "build",
    "check",
    "comparable_display",
    "exercise_notebook",
    "lesson_notebook",
    "solution_notebook",
]
