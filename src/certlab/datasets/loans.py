"""Applicants for a small loan, who repaid, and who was lent to before: see `datasets/loans/`."""

from __future__ import annotations

import numpy as np
import pandas as pd

_N_AREAS = 20
_COLUMNS = [
    "group",
    "age",
    "area",
    "income",
    "years_employed",
    "debt_ratio",
    "late_payments",
    "past_decision",
    "repaid",
]


def load_loans(n_applicants: int = 8_000, seed: int = 0) -> pd.DataFrame:
    """Draw `n_applicants` and return one row each, in no order.

    The target `repaid` is known for every applicant, which no real lender has; `past_decision` says
    whom an officer of the past would have lent to. `group` is a protected attribute.

    Raises:
        ValueError: when `n_applicants` is below 1.
    """
    if n_applicants < 1:
        raise ValueError(f"n_applicants must be at least 1, not {n_applicants}")
    rng = np.random.default_rng(seed)
    in_b = rng.random(n_applicants) < 0.35
    age = np.clip(rng.normal(41, 12, n_applicants), 18, 80).round().astype(int)
    # Where people live goes with their group: areas 10 to 19 are mostly b's.
    other_half = rng.random(n_applicants) < np.where(in_b, 0.8, 0.25)
    area = rng.integers(0, _N_AREAS // 2, n_applicants) + (_N_AREAS // 2) * other_half
    years = np.minimum(rng.gamma(1.6, 3.5, n_applicants), age - 17.0)
    income = rng.lognormal(7.75 - 0.22 * in_b + 0.012 * np.minimum(years, 20), 0.35)
    debt_ratio = rng.beta(2.2, 5.0, n_applicants)
    reliability = rng.normal(0.0, 1.0, n_applicants)  # no column shows it; the same in both groups
    late = rng.poisson(np.exp(-0.5 - 0.7 * reliability))
    # Half as many again of b's late payments come to the register as of a's: it measures unequally.
    seen = rng.binomial(late, np.where(in_b, 0.9, 0.6))

    log_odds = (
        0.9
        + 1.1 * reliability
        + 1.3 * (np.log(income) - 7.7)
        - 3.0 * (debt_ratio - 0.3)
        + 0.05 * np.minimum(years, 15)
    )
    repaid = rng.random(n_applicants) < 1 / (1 + np.exp(-log_odds))
    # The officer reads the same file, and marks b down.
    judgement = (
        1.2 * (np.log(income) - 7.7)
        - 2.5 * (debt_ratio - 0.3)
        - 0.6 * seen
        + 0.04 * years
        - 0.5 * in_b
        + rng.logistic(0.6, 0.6, n_applicants)
    )
    return pd.DataFrame(
        {
            "group": np.where(in_b, "b", "a"),
            "age": age,
            "area": [f"area {number:02}" for number in area],
            "income": income.round(-1),
            "years_employed": years.round(1),
            "debt_ratio": debt_ratio.round(3),
            "late_payments": seen,
            "past_decision": (judgement > 0).astype(int),
            "repaid": repaid.astype(int),
        }
    )[_COLUMNS]
