"""Data for the lessons: synthetic cases made on the spot from a seed, and the libraries' own text.

Each loader returns a pandas frame, or a named tuple of frames or pictures, and has a card in the
course's `datasets/` folder that says what its columns mean, how they are made and what about them
is not real. Other real data come from the libraries that the course teaches and need no loader.
"""

from __future__ import annotations

from certlab.datasets.adverts import load_adverts
from certlab.datasets.churn import load_churn
from certlab.datasets.conveyor import load_conveyor, write_conveyor
from certlab.datasets.docstrings import load_docstrings
from certlab.datasets.fraud import load_fraud
from certlab.datasets.loans import load_loans
from certlab.datasets.ratings import load_ratings
from certlab.datasets.readmission import load_readmission

__all__ = [
    "load_adverts",
    "load_churn",
    "load_conveyor",
    "load_docstrings",
    "load_fraud",
    "load_loans",
    "load_ratings",
    "load_readmission",
    "write_conveyor",
]
