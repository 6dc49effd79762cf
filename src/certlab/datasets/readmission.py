"""Raw tables of a hospital, to ask who comes back within 30 days: see `datasets/readmission/`."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

FIRST_DAY = pd.Timestamp("2023-01-01")
DAYS = 730  # the extract ends here; stays that began earlier and end later are in it
NEW_ANALYSER = pd.Timestamp("2024-03-01")  # from here on creatinine comes in mg/dL

_DAY = 86_400
_CODES = {  # share of main diagnoses, effect on the log-odds, mean days in hospital
    "heart failure": (0.16, 0.55, 7.0),
    "COPD": (0.13, 0.40, 6.0),
    "pneumonia": (0.15, 0.10, 6.5),
    "stroke": (0.09, 0.0, 9.0),
    "hip fracture": (0.10, -0.10, 9.5),
    "heart attack": (0.11, 0.10, 5.0),
    "sepsis": (0.07, 0.35, 8.5),
    "gall bladder": (0.11, -0.60, 3.5),
    "hernia": (0.08, -0.80, 2.0),
}
_CHRONIC = {"diabetes": (0.22, 0.18), "kidney disease": (0.14, 0.35), "depression": (0.12, 0.20)}
_TESTS = {"haemoglobin": "g/dL", "sodium": "mmol/L", "creatinine": "umol/L"}


class Hospital(NamedTuple):
    """Four tables as three systems of a hospital export them; `stay_id` and `patient_id` link."""

    patients: pd.DataFrame
    stays: pd.DataFrame
    diagnoses: pd.DataFrame
    labs: pd.DataFrame


def load_readmission(n_patients: int = 4_000, seed: int = 0) -> Hospital:
    """Draw `n_patients` who were in hospital at least once, with all that was recorded.

    The tables are raw on purpose: no table holds the target, and the card lists what is wrong.

    Raises:
        ValueError: when `n_patients` is below 1.
    """
    if n_patients < 1:
        raise ValueError(f"n_patients must be at least 1, not {n_patients}")
    rng = np.random.default_rng(seed)
    people = _draw_people(n_patients, rng)
    stays = _draw_stays(people, rng)
    return Hospital(
        patients=_patients_table(people, stays),
        stays=_stays_table(stays, rng),
        diagnoses=_diagnoses_table(people, stays, rng),
        labs=_labs_table(stays, rng),
    )


def _draw_people(count: int, rng: np.random.Generator) -> pd.DataFrame:
    age = np.clip(rng.normal(66, 15, count), 18, 98)
    people = pd.DataFrame(
        {
            "patient_id": 70_000 + rng.permutation(count),
            "age": age,
            "sex": rng.choice(["f", "m"], count),
            "alone": rng.random(count) < 0.2 + 0.004 * (age - 18),
            "frailty": rng.normal(0.0, 1.0, count),  # no table shows it
            "code": rng.choice(list(_CODES), count, p=[share for share, _, _ in _CODES.values()]),
        }
    )
    for name, (share, _) in _CHRONIC.items():
        people[name] = rng.random(count) < share * (0.5 + age / 130)
    return people


def _draw_stays(people: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Each person's first stay, and after each stay perhaps the next, until nobody comes back."""
    waves = []
    now = people.assign(
        start=rng.integers(-20, DAYS, len(people)) + rng.random(len(people)), earlier=0
    )
    while len(now):
        now = _draw_wave(now, rng)
        waves.append(now)
        following = now[now["next_start"].notna()]
        now = following.assign(start=following["next_start"], earlier=following["earlier"] + 1)
    stays = pd.concat(waves).sort_values(["start", "patient_id"], ignore_index=True)
    stays = stays[stays["end"] >= 0].reset_index(drop=True)
    return stays.assign(stay_id=200_000 + np.arange(len(stays)))


def _draw_wave(now: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """One stay of each person in `now`, how it ends, and when the next one begins, if one does."""
    count = len(now)
    mean_days = now["code"].map({code: days for code, (_, _, days) in _CODES.items()})
    frailty = now["frailty"].to_numpy()
    days = rng.gamma(2.0, mean_days / 2.0) * np.exp(0.15 * frailty) + 0.3
    planned_code = now["code"].isin(["hernia", "gall bladder"]).to_numpy()
    planned = (now["earlier"] == 0).to_numpy() & (rng.random(count) < 0.1 + 0.6 * planned_code)
    haemoglobin = rng.normal(12.8 - 0.5 * frailty - 0.01 * (now["age"] - 60), 1.3)
    sodium = rng.normal(138.5 - 0.6 * frailty, 2.8)
    creatinine = np.exp(rng.normal(4.45 + 0.35 * now["kidney disease"] + 0.05 * frailty, 0.22))
    log_odds = (
        -2.55
        + now["code"].map({code: effect for code, (_, effect, _) in _CODES.items()})
        + sum(effect * now[name] for name, (_, effect) in _CHRONIC.items())
        + 0.45 * frailty
        + 0.35 * np.log1p(now["earlier"])
        + 0.30 * now["alone"]
        + 0.10 * np.maximum(13 - haemoglobin, 0)
        + 0.06 * np.maximum(137 - sodium, 0)
        + 0.008 * (now["age"] - 65)
        - 0.5 * planned
    ).to_numpy()
    end = now["start"].to_numpy() + days
    died = rng.random(count) < 0.02 + 0.03 * (frailty > 1)
    # A transfer ends in another hospital's bed; the patient is back here a day or so later.
    moved = ~died & (rng.random(count) < 0.03)
    back = ~died & ~moved & (rng.random(count) < 1 / (1 + np.exp(-log_odds)))
    later = ~died & ~moved & ~back & (rng.random(count) < 0.25)
    gap = np.select(
        [moved, back, later],
        [
            rng.uniform(0.1, 1.5, count),
            0.5 + 29.5 * rng.beta(1.0, 1.6, count),
            rng.uniform(31, 400, count),
        ],
        np.nan,
    )
    follow_up = later & (rng.random(count) < 0.3)  # a check-up that was agreed on at discharge
    gap = np.where(follow_up, rng.uniform(10, 29, count), gap)
    next_start = np.where(end + gap < DAYS, end + gap, np.nan)
    kind = np.where(planned, "planned", "emergency")
    if "next_kind" in now:
        kind = np.where(now["next_kind"] == "", kind, now["next_kind"])
    care = rng.random(count) < 0.06 + 0.10 * (now["age"] > 80)
    return now.assign(
        end=end,
        kind=kind,
        next_kind=np.select([moved, follow_up], ["transfer", "planned"], "emergency"),
        next_start=next_start,
        to=np.select([died, moved, care], ["died", "other hospital", "care home"], "home"),
        back=back,
        haemoglobin=haemoglobin,
        sodium=sodium,
        creatinine=creatinine,
    )


def _patients_table(people: pd.DataFrame, stays: pd.DataFrame) -> pd.DataFrame:
    table = people.assign(
        birth_year=(2023 - people["age"]).round().astype(int),
        lives_alone=np.where(people["alone"], "yes", "no"),
    )
    # Nobody asked those who were in hospital once and for less than two days.
    short = stays[(stays["end"] - stays["start"] < 2) & (stays["earlier"] == 0)]["patient_id"]
    table.loc[table["patient_id"].isin(short), "lives_alone"] = "unknown"
    table = table[table["patient_id"].isin(stays["patient_id"])]
    columns = ["patient_id", "birth_year", "sex", "lives_alone"]
    return table[columns].sort_values("patient_id", ignore_index=True)


def _stays_table(stays: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    # Coded weeks later, when it is known who came back: it leaks the target.
    days = stays["end"] - stays["start"]
    bill = (900 + 620 * days + 2_800 * stays["back"]) * rng.lognormal(0.0, 0.12, len(stays))
    ends = stays["end"] < DAYS
    table = pd.DataFrame(
        {
            "stay_id": stays["stay_id"],
            "patient_id": stays["patient_id"],
            "admitted": _time(stays["start"]),
            "discharged": _time(stays["end"].where(ends)),
            "admission": stays["kind"],
            "discharged_to": stays["to"].where(ends, "still here"),
            "final_bill": bill.round(0).where(ends),
        }
    )
    # The interface sends some messages twice.
    again = table.sample(frac=0.015, random_state=int(rng.integers(2**31)))
    return pd.concat([table, again]).sort_values(["admitted", "stay_id"], ignore_index=True)


def _diagnoses_table(
    people: pd.DataFrame, stays: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    main = stays[["stay_id", "code"]].assign(position=1)
    parts = [main]
    for place, name in enumerate(_CHRONIC, start=2):
        # A chronic illness is not written down at every stay.
        noted = stays[name] & (rng.random(len(stays)) < 0.8)
        parts.append(stays.loc[noted, ["stay_id"]].assign(code=name, position=place))
    table = pd.concat(parts).sort_values(["stay_id", "position"], ignore_index=True)
    table["position"] = table.groupby("stay_id").cumcount() + 1
    return table[["stay_id", "position", "code"]]


def _labs_table(stays: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    parts = []
    for test, unit in _TESTS.items():
        # One sample a day and a half, on average; short stays may have none.
        count = rng.poisson(np.minimum(stays["end"] - stays["start"], 14) / 1.5 + 0.4)
        rows = stays.loc[stays.index.repeat(count)]
        share = rng.random(len(rows))
        time = rows["start"] + share * (rows["end"] - rows["start"])
        spread = {"haemoglobin": 0.25, "sodium": 1.0, "creatinine": 5.0}[test]
        value = rows[test] + rng.normal(0.0, spread, len(rows))
        parts.append(
            pd.DataFrame(
                {
                    "stay_id": rows["stay_id"],
                    "taken": time,
                    "test": test,
                    "value": value,
                    "unit": unit,
                }
            )
        )
    labs = pd.concat(parts)
    labs = labs[labs["taken"].between(0, DAYS, inclusive="left")]
    taken = _time(labs["taken"])
    new = (labs["test"] == "creatinine") & (taken >= NEW_ANALYSER)
    labs = labs.assign(
        taken=taken,
        value=labs["value"].where(~new, labs["value"] / 88.4).round(2),
        unit=labs["unit"].where(~new, "mg/dL"),
    )
    # A clotted sample is entered as 0.
    labs.loc[rng.random(len(labs)) < 0.004, "value"] = 0.0
    return labs.sort_values(["taken", "stay_id", "test"], ignore_index=True)


def _time(days: pd.Series) -> pd.Series:
    """Days since the first one as points in time, to the minute."""
    seconds = (days * _DAY / 60).round() * 60
    return (FIRST_DAY + pd.to_timedelta(seconds, unit="s")).astype("datetime64[s]")
