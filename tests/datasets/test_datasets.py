"""Each data set is what its card says, for every seed."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import certlab.datasets
from certlab.datasets import load_adverts, load_churn
from certlab.datasets.adverts import CONDITIONS
from certlab.datasets.churn import FEE_RISE, MONTHS

NAMES = [name.removeprefix("load_") for name in certlab.datasets.__all__]


def loader(name: str) -> Callable[..., pd.DataFrame]:
    return getattr(certlab.datasets, f"load_{name}")


def test_every_data_set_has_a_card_and_every_card_a_loader(root: Path) -> None:
    folders = {path.name for path in (root / "datasets").iterdir() if path.is_dir()}
    assert folders == set(NAMES)
    overview = (root / "datasets" / "README.md").read_text("utf-8")
    assert set(re.findall(r"\]\((\w+)/README.md\)", overview)) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_card_names_each_column_and_its_type(name: str, root: Path) -> None:
    card = (root / "datasets" / name / "README.md").read_text("utf-8")
    columns = re.findall(r"^\| `(\w+)` \| ([^|]+) \|", card, re.MULTILINE)
    frame = loader(name)()
    assert [column for column, _ in columns] == list(frame.columns)
    for column, said in columns:
        values = frame[column]
        is_what = {
            "integer": pd.api.types.is_integer_dtype,
            "number": pd.api.types.is_float_dtype,
            "date": pd.api.types.is_datetime64_any_dtype,
            "text": pd.api.types.is_string_dtype,
            "0 or 1": lambda one: set(one) == {0, 1},
        }[said.strip()]
        assert is_what(values), (column, said, values.dtype)
    for heading in ("## How it is made", "## What is not real about it", "Licence:"):
        assert heading in card


@pytest.mark.parametrize("name", NAMES)
def test_a_seed_fixes_the_data(name: str) -> None:
    load = loader(name)
    pd.testing.assert_frame_equal(load(50, seed=3), load(50, seed=3))
    assert not load(50, seed=3).equals(load(50, seed=4))
    assert not load(50, seed=2**31).equals(load(50, seed=4))


@pytest.mark.parametrize("name", NAMES)
def test_a_size_below_one_is_refused_by_its_name(name: str) -> None:
    with pytest.raises(ValueError, match=r"n_\w+ must be at least 1, not 0"):
        loader(name)(0)
    assert len(loader(name)(1)) >= 1


@pytest.fixture(scope="module", params=[0, 1, 2**31])
def churn(request: pytest.FixtureRequest) -> pd.DataFrame:
    return load_churn(seed=request.param)


def test_churn_rows_are_one_per_customer_and_month_in_order(churn: pd.DataFrame) -> None:
    assert not churn.duplicated(["customer_id", "month"]).any()
    assert churn["month"].is_monotonic_increasing
    assert set(churn["month"]) == set(MONTHS)
    assert churn.notna().all().all()


def test_who_leaves_has_no_later_row(churn: pd.DataFrame) -> None:
    last = churn.groupby("customer_id")["month"].transform("max")
    assert (churn.loc[churn["churned"] == 1, "month"] == last[churn["churned"] == 1]).all()


def test_churn_has_the_shares_of_its_card(churn: pd.DataFrame) -> None:
    assert 0.02 < churn["churned"].mean() < 0.03
    offered = churn.groupby("churned")["retention_offer"].mean()
    assert offered[1] == pytest.approx(0.8, abs=0.06)
    assert offered[0] == pytest.approx(0.01, abs=0.003)
    rates = churn.groupby("contract")["churned"].mean()
    assert rates["monthly"] > 1.8 * rates["yearly"]


def test_fees_and_the_basic_plan_change_once(churn: pd.DataFrame) -> None:
    late = churn["month"] >= MONTHS[FEE_RISE]
    fees = churn.groupby(["customer_id", late])["monthly_fee"].agg(["min", "max"])
    assert (fees["max"] - fees["min"] < 0.011).all()
    both = fees["max"].unstack().dropna()
    assert np.allclose(both[True] / both[False], 1.10, atol=0.001)
    basic = churn["plan"] == "basic"
    before, after = (churn.loc[basic & when, "churned"].mean() for when in (~late, late))
    assert after > 1.4 * before


@pytest.fixture(scope="module", params=[0, 1, 2**31])
def adverts(request: pytest.FixtureRequest) -> pd.DataFrame:
    return load_adverts(seed=request.param)


def test_adverts_are_in_order_and_whole(adverts: pd.DataFrame) -> None:
    assert adverts["listed"].is_monotonic_increasing
    assert (adverts["registered"] < adverts["listed"]).all()
    assert adverts.notna().all().all()
    assert (adverts["price"] >= 100).all()
    assert set(adverts["condition"]) == set(CONDITIONS)


def test_models_belong_to_one_make_for_every_seed(adverts: pd.DataFrame) -> None:
    assert (adverts.groupby("model")["make"].nunique() == 1).all()
    assert adverts["make"].nunique() == 9
    assert 60 <= adverts["model"].nunique() <= 81
    assert adverts["model"].value_counts().min() < 10
    assert 110 <= adverts["district"].nunique() <= 150


def test_prices_follow_age_and_words(adverts: pd.DataFrame) -> None:
    age = (adverts["listed"] - adverts["registered"]).dt.days
    log_price = np.log(adverts["price"])
    assert np.corrcoef(age, log_price)[0, 1] < -0.7
    left = log_price - np.polyval(np.polyfit(age, log_price, 1), age)
    text = adverts["description"].str.lower()
    for words, sign in (("accident", -1), ("needs", -1), ("service", 1)):
        said = text.str.contains(words)
        assert sign * (left[said].mean() - left[~said].mean()) > 0.02, words
    assert 0.05 < (text == "").mean() < 0.11
