"""Adverts for used cars, with their prices: see `datasets/adverts/`."""

from __future__ import annotations

import numpy as np
import pandas as pd

CONDITIONS = ["poor", "fair", "good", "very good", "like new"]  # from worst to best

_FIRST_DAY = pd.Timestamp("2023-01-01")
_DAYS = 730
_MAKES = ["Arvo", "Belmar", "Corvane", "Dalton", "Esker", "Fenwick", "Garda", "Halden", "Ister"]
_MODELS_PER_MAKE = 9
_N_DISTRICTS = 150
_FUELS = {"petrol": 0.0, "diesel": 0.03, "hybrid": 0.12, "electric": 0.18}

# What a description may say, in several wordings, how often, and its effect on the log price.
_REMARKS = [
    (["full service history", "always serviced on time", "service book complete"], 0.35, 0.06),
    (["one owner", "first owner", "bought new by us"], 0.25, 0.05),
    (["accident damage repaired", "rear damage, repaired", "had an accident"], 0.12, -0.22),
    (["needs some work", "project car, needs work", "gearbox needs work"], 0.08, -0.25),
    (["new tyres", "four new tyres", "tyres replaced last year"], 0.20, 0.02),
    (["non-smoker car", "never smoked in"], 0.25, 0.0),
    (["garage kept", "kept in a garage"], 0.20, 0.0),
    (["tow bar", "roof rack included"], 0.20, 0.0),
    (["price negotiable", "first to see will buy", "no time wasters please"], 0.35, 0.0),
    (["heated seats", "seat heating and cruise control"], 0.30, 0.03),
]


def load_adverts(n_adverts: int = 4_000, seed: int = 0) -> pd.DataFrame:
    """Draw `n_adverts` and return one row each, in the order in which they were listed.

    The target is `price`, in euros. `condition` is one of `CONDITIONS`.

    Raises:
        ValueError: when `n_adverts` is below 1.
    """
    if n_adverts < 1:
        raise ValueError(f"n_adverts must be at least 1, not {n_adverts}")
    market = np.random.default_rng(7)  # makes, models and districts are the same for every seed
    make_effect = market.normal(0.0, 0.25, len(_MAKES))
    model_effect = market.normal(0.0, 0.22, (len(_MAKES), _MODELS_PER_MAKE))
    model_share = market.dirichlet(np.full(_MODELS_PER_MAKE, 0.6), len(_MAKES))
    district_effect = market.normal(0.0, 0.08, _N_DISTRICTS)
    district_share = market.dirichlet(np.full(_N_DISTRICTS, 0.5))

    rng = np.random.default_rng(seed)
    make = rng.choice(len(_MAKES), size=n_adverts)
    model = np.array([rng.choice(_MODELS_PER_MAKE, p=model_share[one]) for one in make])
    district = rng.choice(_N_DISTRICTS, size=n_adverts, p=district_share)
    day = np.sort(rng.integers(0, _DAYS, n_adverts))
    age_days = rng.gamma(2.5, 900.0, n_adverts).round() + 90
    age = age_days / 365.25
    mileage = np.maximum(500, age * rng.gamma(6.0, 2_300.0, n_adverts)).round(-2)
    power = np.clip(rng.normal(95 + 60 * make_effect[make], 28), 40, 300).round()
    fuel = rng.choice(list(_FUELS), size=n_adverts, p=[0.48, 0.3, 0.14, 0.08])
    gearbox = np.where(
        rng.random(n_adverts) < 0.4 + 0.3 * (fuel == "electric"), "automatic", "manual"
    )
    grade = np.clip((4.4 - 0.22 * age + rng.normal(0, 0.9, n_adverts)).round(), 0, 4).astype(int)
    description, said = _describe(n_adverts, rng)

    listed = _FIRST_DAY + pd.to_timedelta(day, unit="D")
    log_price = (
        10.05
        + make_effect[make]
        + model_effect[make, model]
        + district_effect[district]
        + 0.006 * (power - 95)
        - 0.095 * age
        - 0.0025 * mileage / 1_000
        + np.array([-0.35, -0.1, 0.0, 0.06, 0.1])[grade]
        + np.array([_FUELS[one] for one in fuel])
        + 0.07 * (gearbox == "automatic")
        + 0.05 * np.cos(2 * np.pi * (listed.day_of_year.to_numpy() - 120) / 365.25)
        + said
        + rng.normal(0.0, 0.10, n_adverts)
    )
    return pd.DataFrame(
        {
            "listed": listed,
            "registered": listed - pd.to_timedelta(age_days, unit="D"),
            "make": np.array(_MAKES)[make],
            "model": [
                f"{_MAKES[one]} {10 * (two + 1)}" for one, two in zip(make, model, strict=True)
            ],
            "fuel": fuel,
            "gearbox": gearbox,
            "power_kw": power.astype(int),
            "mileage_km": mileage.astype(int),
            "condition": np.array(CONDITIONS)[grade],
            "district": [f"D{one:03d}" for one in district],
            "description": description,
            "price": np.maximum(100, np.exp(log_price)).round(-1).astype(int),
        }
    )


def _describe(count: int, rng: np.random.Generator) -> tuple[list[str], np.ndarray]:
    """Texts, and what each one's remarks add to the log price."""
    texts = []
    effects = np.zeros(count)
    for row in range(count):
        remarks = []
        for wordings, share, effect in _REMARKS:
            if rng.random() < share:
                remarks.append(str(rng.choice(wordings)))
                effects[row] += effect
        order = rng.permutation(len(remarks))
        text = ", ".join(remarks[one] for one in order)
        texts.append(text[:1].upper() + text[1:])
    return texts, effects
