"""Finds answers that share more than their exercise explains, by winnowing.

Source: Schleimer, Wilkerson and Aiken, Winnowing: Local Algorithms for Document Fingerprinting,
SIGMOD 2003.
"""

from .compare import Comparison, Pair, Passage, Place, Work, compare
from .read import Skipped, exercise_sources, read_works

__all__ = [
    "Comparison",
    "Pair",
    "Passage",
    "Place",
    "Skipped",
    "Work",
    "compare",
    "exercise_sources",
    "read_works",
]
