"""Customers of an internet provider, month by month, and who left: see `datasets/churn/`."""

from __future__ import annotations

import numpy as np
import pandas as pd

MONTHS = pd.date_range("2023-01-01", periods=24, freq="MS")
FEE_RISE = 14  # the month, counted from the first, from which monthly fees are 10 % higher

_PLANS = {"basic": 24.0, "plus": 36.0, "premium": 52.0}  # list price, euros a month
_REGIONS = ["north", "north-east", "east", "south-east", "south", "south-west", "west", "centre"]


def load_churn(n_customers: int = 2_000, seed: int = 0) -> pd.DataFrame:
    """Draw `n_customers` and return one row per customer and month, in the order of months.

    The target `churned` says whether the customer leaves within the month after `month`.
    `retention_offer` is filled in afterwards, so that it leaks the target; the card says how.

    Raises:
        ValueError: when `n_customers` is below 1.
    """
    if n_customers < 1:
        raise ValueError(f"n_customers must be at least 1, not {n_customers}")
    rng = np.random.default_rng(seed)
    customers = _draw_customers(n_customers, rng)
    months = []
    for index, month in enumerate(MONTHS):
        rows = _draw_month(customers, index, rng)
        customers = customers[~customers.index.isin(rows.index[rows["churned"] == 1])]
        months.append(rows.assign(month=month).reset_index())
    return pd.concat(months, ignore_index=True)[_COLUMNS]


def _draw_customers(count: int, rng: np.random.Generator) -> pd.DataFrame:
    """What stays as it is about each customer; `unhappiness` is never shown."""
    plans = rng.choice(list(_PLANS), size=count, p=[0.5, 0.35, 0.15])
    # Two in three are there already in the first month; the others join later.
    joins = np.where(rng.random(count) < 0.65, 0, rng.integers(1, len(MONTHS), count))
    before = np.where(joins == 0, rng.geometric(0.04, count), 0)
    return pd.DataFrame(
        {
            "joins": joins,
            "before": before,
            "plan": plans,
            "contract": np.where(rng.random(count) < 0.55, "monthly", "yearly"),
            "region": rng.choice(_REGIONS, size=count),
            "list_fee": np.array([_PLANS[plan] for plan in plans])
            - rng.gamma(2.0, 1.2, count).round(2),
            "appetite": rng.normal(0.0, 0.4, count),
            "unhappiness": rng.normal(0.0, 1.0, count),
        },
        index=pd.Index(10_000 + rng.permutation(count), name="customer_id"),
    )


def _draw_month(customers: pd.DataFrame, index: int, rng: np.random.Generator) -> pd.DataFrame:
    there = customers[customers["joins"] <= index]
    count = len(there)
    unhappiness = there["unhappiness"].to_numpy()
    tenure = (there["before"] + index - there["joins"]).to_numpy()
    calls = rng.poisson(np.exp(-1.0 + 0.5 * unhappiness))
    late = rng.binomial(6, 0.06, count)
    # Usage falls before customers leave, and in summer.
    drop = np.clip(rng.normal(0.05 + 0.08 * unhappiness, 0.15), -0.6, 0.8)
    summer = -0.15 * (MONTHS[index].month in (7, 8))
    plan = there["plan"].map({"basic": 0.0, "plus": 0.4, "premium": 0.9}).to_numpy()
    usage = np.exp(4.2 + plan + there["appetite"].to_numpy() + summer) * (1 - drop)
    log_odds = (
        -4.7
        + 0.55 * unhappiness
        + 0.4 * calls
        + 0.35 * late
        + 2.2 * drop
        + 1.1 * (there["contract"] == "monthly").to_numpy()
        - 0.02 * np.minimum(tenure, 60)
        + 0.8 * ((index >= FEE_RISE) & (there["plan"] == "basic").to_numpy())
    )
    churned = (rng.random(count) < 1 / (1 + np.exp(-log_odds))).astype(int)
    offered = rng.random(count) < np.where(churned == 1, 0.8, 0.01)
    fee = there["list_fee"] * (1.10 if index >= FEE_RISE else 1.0)
    return there.assign(
        tenure_months=tenure,
        monthly_fee=fee.round(2),
        usage_gb=usage.round(1),
        usage_drop=drop.round(3),
        support_calls=calls,
        late_payments=late,
        retention_offer=offered.astype(int),
        churned=churned,
    )


_COLUMNS = [
    "customer_id",
    "month",
    "tenure_months",
    "plan",
    "contract",
    "region",
    "monthly_fee",
    "usage_gb",
    "usage_drop",
    "support_calls",
    "late_payments",
    "retention_offer",
    "churned",
]
