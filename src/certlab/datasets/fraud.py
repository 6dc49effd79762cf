"""Card payments over six months, a few of them fraudulent: see `datasets/fraud/`."""

from __future__ import annotations

import numpy as np
import pandas as pd

FIRST_DAY = pd.Timestamp("2024-01-01")
DAYS = 182
LONGEST = 720.0  # hours: where `hours_since_last` ends, and what a card's first payment has
NEW_PATTERN = pd.Timestamp("2024-05-01")  # from here on stolen cards are also used near home

_SECTORS = {  # share of honest payments, and how large they are beside a card's usual amount
    "groceries": (0.34, 0.8),
    "restaurants": (0.17, 0.9),
    "fuel": (0.12, 1.3),
    "clothing": (0.11, 1.5),
    "travel": (0.06, 3.5),
    "electronics": (0.05, 3.0),
    "services": (0.15, 0.9),
}
_HOURS = np.array(  # how many honest payments fall into each hour of the day
    [1, 1, 1, 1, 1, 2, 4, 8, 12, 12, 12, 14, 16, 14, 12, 12, 14, 18, 20, 16, 12, 8, 5, 2]
)
_FRAUD_SECTORS = {  # what each pattern of fraud buys
    "web": ["electronics", "services", "clothing", "travel"],
    "away": ["electronics", "travel", "clothing", "fuel"],
    "near": ["groceries", "fuel", "restaurants"],
}
_COLUMNS = [
    "card_id",
    "time",
    "amount",
    "sector",
    "channel",
    "abroad",
    "amount_ratio",
    "n_last_hour",
    "hours_since_last",
    "fraud",
]


def load_fraud(n_cards: int = 5_000, seed: int = 0) -> pd.DataFrame:
    """Draw the payments of `n_cards` and return one row each, in the order of time.

    The target is `fraud`. `amount` is in euros.

    Raises:
        ValueError: when `n_cards` is below 1.
    """
    if n_cards < 1:
        raise ValueError(f"n_cards must be at least 1, not {n_cards}")
    rng = np.random.default_rng(seed)
    usual = rng.lognormal(3.4, 0.5, n_cards)  # euros that a card's median payment comes to
    online = rng.beta(1.5, 4.0, n_cards)  # share of a card's payments that are made online
    honest = _draw_honest(usual, online, rng)
    rows = pd.concat([honest, *_draw_fraud(usual, rng)])
    frame = _dated(rows[rows["seconds"] < DAYS * 86_400])
    frame = frame.sort_values("time", kind="stable", ignore_index=True)
    frame["card_id"] += 500_000
    return _with_history(frame)[_COLUMNS]


def _draw_honest(usual: np.ndarray, online: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    counts = 1 + rng.poisson(rng.gamma(3.0, 6.0, len(usual)))
    card = np.repeat(np.arange(len(usual)), counts)
    size = len(card)
    # By day most, around six in the evening, hardly any at night.
    hour = rng.choice(24, size, p=_HOURS / _HOURS.sum())
    start = rng.integers(0, DAYS, size) * 86_400 + hour * 3_600 + rng.integers(0, 3_600, size)
    names = list(_SECTORS)
    sector = rng.choice(len(names), size, p=[share for share, _ in _SECTORS.values()])
    scale = np.array([factor for _, factor in _SECTORS.values()])[sector]
    away = rng.random(size) < 0.03
    in_person = rng.choice(["chip", "contactless"], size, p=[0.45, 0.55])
    return pd.DataFrame(
        {
            "card_id": card,
            "seconds": start,
            "amount": usual[card] * scale * rng.lognormal(0.0, 0.6, size),
            "sector": np.array(names)[sector],
            "channel": np.where(rng.random(size) < online[card], "online", in_person),
            "abroad": (away | (rng.random(size) < 0.25 * (sector == names.index("travel")))),
            "fraud": 0,
        }
    )


def _draw_fraud(usual: np.ndarray, rng: np.random.Generator) -> list[pd.DataFrame]:
    """Bursts of payments with a stolen card, one to eight within hours."""
    victims = np.flatnonzero(rng.random(len(usual)) < 0.02)
    days = rng.integers(0, DAYS, len(victims))
    late = days >= (NEW_PATTERN - FIRST_DAY).days
    pattern = np.where(
        late & (rng.random(len(victims)) < 0.5), "near", rng.choice(["web", "away"], len(victims))
    )
    bursts = []
    for victim, day, kind in zip(victims, days, pattern, strict=True):
        count = 1 + rng.binomial(7, 0.45)
        gaps = rng.exponential({"web": 900.0, "away": 3_600.0, "near": 7_200.0}[kind], count)
        start = day * 86_400 + rng.integers(0, 86_400)
        factor = {"web": 2.5, "away": 3.0, "near": 0.9}[kind]
        amount = usual[victim] * factor * rng.lognormal(0.0, 0.7, count)
        if kind == "web":
            amount[0] = rng.uniform(0.5, 3.0)  # whether the card still works
        bursts.append(
            pd.DataFrame(
                {
                    "card_id": victim,
                    "seconds": (start + gaps.cumsum()).astype(np.int64),
                    "amount": amount,
                    "sector": rng.choice(_FRAUD_SECTORS[kind], count),
                    "channel": {"web": "online", "away": "chip", "near": "contactless"}[kind],
                    "abroad": rng.random(count) < {"web": 0.6, "away": 0.95, "near": 0.02}[kind],
                    "fraud": 1,
                }
            )
        )
    return bursts


def _dated(rows: pd.DataFrame) -> pd.DataFrame:
    time = FIRST_DAY + pd.to_timedelta(rows["seconds"], unit="s")
    return rows.assign(
        time=time.astype("datetime64[s]"),
        amount=rows["amount"].clip(lower=0.5).round(2),
        abroad=rows["abroad"].astype(int),
    ).drop(columns="seconds")


def _with_history(frame: pd.DataFrame) -> pd.DataFrame:
    """Add what the bank knows about a card at the moment of each payment, and nothing later."""
    by_card = frame.groupby("card_id")
    earlier = by_card["amount"].cumsum() - frame["amount"]
    count = by_card.cumcount()
    seconds = frame["time"].astype("int64").to_numpy()
    last = by_card["time"].shift().astype("datetime64[s]")
    hours = (frame["time"] - last).dt.total_seconds() / 3_600
    recent = np.zeros(len(frame), dtype=np.int64)
    for rows in by_card.indices.values():
        times = seconds[rows]
        recent[rows] = np.arange(len(rows)) - np.searchsorted(times, times - 3_600)
    return frame.assign(
        # A card's first payments have no usual amount yet; 1 says "as usual".
        amount_ratio=(frame["amount"] / (earlier / count.clip(lower=1)))
        .where(count >= 3, 1.0)
        .round(3),
        n_last_hour=recent,
        hours_since_last=hours.fillna(LONGEST).clip(upper=LONGEST).round(2),
    )
