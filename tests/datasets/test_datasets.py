"""Each data set is what its card says, for every seed."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import certlab.datasets
from certlab.datasets import (
    load_adverts,
    load_churn,
    load_conveyor,
    load_docstrings,
    load_fraud,
    load_loans,
    load_ratings,
    load_readmission,
    write_conveyor,
)
from certlab.datasets.adverts import CONDITIONS
from certlab.datasets.churn import FEE_RISE, MONTHS
from certlab.datasets.conveyor import DEFECTS, Conveyor
from certlab.datasets.conveyor_rendering import CAMERAS, KINDS, Part, render
from certlab.datasets.fraud import LONGEST, NEW_PATTERN
from certlab.datasets.ratings import FIRST_DAY
from certlab.datasets.readmission import DAYS, NEW_ANALYSER, Hospital

LOADERS = [name for name in certlab.datasets.__all__ if name.startswith("load_")]
NAMES = [name.removeprefix("load_") for name in LOADERS]
DRAWN = [name for name in NAMES if name != "docstrings"]  # these are drawn from a seed


def tables(name: str, size: int | None = None, seed: int = 0) -> list[pd.DataFrame]:
    """The frames that a loader gives: one, or those in its named tuple."""
    load = getattr(certlab.datasets, f"load_{name}")
    if name == "docstrings":
        return [load()]
    data = load(seed=seed) if size is None else load(size, seed=seed)
    every = [data] if isinstance(data, pd.DataFrame) else list(data)
    return [part for part in every if isinstance(part, pd.DataFrame)]


def test_every_data_set_has_a_card_and_every_card_a_loader(root: Path) -> None:
    folders = {path.name for path in (root / "datasets").iterdir() if path.is_dir()}
    assert folders == set(NAMES)
    overview = (root / "datasets" / "README.md").read_text("utf-8")
    assert set(re.findall(r"\]\((\w+)/README.md\)", overview)) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_card_names_each_column_and_its_type(name: str, root: Path) -> None:
    card = (root / "datasets" / name / "README.md").read_text("utf-8")
    columns = re.findall(r"^\| `(\w+)` \| ([^|]+) \|", card, re.MULTILINE)
    frames = tables(name)
    assert [column for column, _ in columns] == [name for frame in frames for name in frame]
    series = [frame[column] for frame in frames for column in frame]
    for (column, said), values in zip(columns, series, strict=True):
        is_what = {
            "integer": pd.api.types.is_integer_dtype,
            "number": pd.api.types.is_float_dtype,
            "date": pd.api.types.is_datetime64_any_dtype,
            "text": pd.api.types.is_string_dtype,
            "0 or 1": lambda one: set(one) == {0, 1},
        }[said.strip()]
        assert is_what(values), (column, said, values.dtype)
    honest = "## What to keep in mind" if name == "docstrings" else "## What is not real about it"
    for heading in ("## How it is made", honest, "Licence:"):
        assert heading in card


@pytest.mark.parametrize("name", DRAWN)
def test_a_seed_fixes_the_data(name: str) -> None:
    first = tables(name, 50, seed=3)
    for one, same in zip(first, tables(name, 50, seed=3), strict=True):
        pd.testing.assert_frame_equal(one, same)
    for seed in (4, 2**31):
        assert not any(
            one.equals(other) for one, other in zip(first, tables(name, 50, seed=seed), strict=True)
        )


@pytest.mark.parametrize("name", DRAWN)
def test_a_size_below_one_is_refused_by_its_name(name: str) -> None:
    with pytest.raises(ValueError, match=r"n_\w+ must be at least 1, not 0"):
        tables(name, 0)
    for one, many in zip(tables(name, 1), tables(name, 50), strict=True):
        assert len(one) >= 1
        pd.testing.assert_series_equal(one.dtypes, many.dtypes)


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


@pytest.fixture(scope="module", params=[0, 1, 2**31])
def fraud(request: pytest.FixtureRequest) -> pd.DataFrame:
    return load_fraud(seed=request.param)


def test_payments_are_in_order_and_few_are_fraud(fraud: pd.DataFrame) -> None:
    assert fraud["time"].is_monotonic_increasing
    assert fraud.notna().all().all()
    assert 0.003 < fraud["fraud"].mean() < 0.006
    stolen = fraud.groupby("card_id")["fraud"].sum()
    assert (stolen > 0).mean() == pytest.approx(0.02, abs=0.006)
    assert stolen.max() <= 8
    assert fraud.loc[fraud["fraud"] == 0, "abroad"].mean() == pytest.approx(0.04, abs=0.006)


def test_the_history_of_a_payment_holds_nothing_later(fraud: pd.DataFrame) -> None:
    busy = fraud.loc[fraud["n_last_hour"] > 0, "card_id"].unique()[:20]
    for _, rows in fraud[fraud["card_id"].isin(busy)].groupby("card_id"):
        for number, (_, row) in enumerate(rows.iterrows()):
            before = rows.iloc[:number]
            gaps = (row["time"] - before["time"]).dt.total_seconds() / 3_600
            assert row["n_last_hour"] == (gaps <= 1).sum()
            last = min(gaps.min(), LONGEST) if number else LONGEST
            assert row["hours_since_last"] == pytest.approx(last, abs=0.006)
            ratio = row["amount"] / before["amount"].mean() if number >= 3 else 1.0
            assert row["amount_ratio"] == pytest.approx(ratio, abs=0.001)


def test_thieves_change_their_ways_in_may(fraud: pd.DataFrame) -> None:
    stolen = fraud[fraud["fraud"] == 1]
    near = stolen["channel"] == "contactless"
    late = stolen["time"] >= NEW_PATTERN
    assert not near[~late].any()
    assert 0.25 < near[late].mean() < 0.75


@pytest.fixture(scope="module", params=[0, 1, 2**31])
def loans(request: pytest.FixtureRequest) -> pd.DataFrame:
    return load_loans(seed=request.param)


def test_groups_differ_as_the_card_says(loans: pd.DataFrame) -> None:
    in_b = loans["group"] == "b"
    assert in_b.mean() == pytest.approx(0.35, abs=0.02)
    mean = loans.groupby("group")[["repaid", "past_decision", "income", "late_payments"]].mean()
    assert mean.loc["a", "repaid"] == pytest.approx(0.73, abs=0.02)
    assert mean.loc["b", "repaid"] == pytest.approx(0.67, abs=0.025)
    assert mean.loc["a", "past_decision"] == pytest.approx(0.70, abs=0.03)
    assert mean.loc["b", "past_decision"] == pytest.approx(0.43, abs=0.03)
    assert mean.loc["b", "income"] / mean.loc["a", "income"] == pytest.approx(0.8, abs=0.03)
    # The register catches half as many again of b's.
    caught = mean.loc["b", "late_payments"] / mean.loc["a", "late_payments"]
    assert caught == pytest.approx(1.5, abs=0.12)
    homes = loans["area"].str[-2:].astype(int) >= 10
    assert homes[in_b].mean() == pytest.approx(0.8, abs=0.03)
    assert homes[~in_b].mean() == pytest.approx(0.25, abs=0.03)


@pytest.fixture(scope="module", params=[0, 1, 2**31])
def ratings(request: pytest.FixtureRequest) -> pd.DataFrame:
    return load_ratings(seed=request.param)


def test_films_are_watched_once_and_not_before_their_premiere(ratings: pd.DataFrame) -> None:
    assert ratings["watched"].is_monotonic_increasing
    assert not ratings.duplicated(["user_id", "film_id"]).any()
    assert (ratings["watched"] >= ratings["premiere"]).all()
    assert ratings["share_watched"].between(0, 1).all()
    assert set(ratings["rating"].dropna()) == {1, 2, 3, 4, 5}
    assert ratings.groupby("user_id").size().agg(["min", "max"]).tolist() == [4, 200]


def test_ratings_have_the_shares_of_their_card(ratings: pd.DataFrame) -> None:
    assert 0.5 < ratings["rating"].isna().mean() < 0.6
    assert (ratings["share_watched"] == 1).mean() == pytest.approx(0.76, abs=0.03)
    popular = ratings["film_id"].value_counts().iloc[:40].sum() / len(ratings)
    assert 1 / 3 < popular < 0.4
    films = ratings.drop_duplicates("film_id")
    assert (films["premiere"] >= FIRST_DAY).mean() == pytest.approx(1 / 6, abs=0.03)
    assert ratings.groupby("genre")["rating"].mean().std() > 0.02


def test_films_are_the_same_for_every_seed(ratings: pd.DataFrame) -> None:
    columns = ["film_id", "genre", "premiere"]
    films = ratings[columns].drop_duplicates().sort_values("film_id", ignore_index=True)
    others = load_ratings(seed=5)[columns].drop_duplicates()
    assert len(films.merge(others)) == len(films.merge(others, on="film_id")) > 390


@pytest.fixture(scope="module", params=[0, 1, 2**31])
def hospital(request: pytest.FixtureRequest) -> Hospital:
    return load_readmission(seed=request.param)


def test_the_tables_of_a_hospital_belong_together(hospital: Hospital) -> None:
    patients, stays, diagnoses, labs = hospital
    assert set(stays["patient_id"]) == set(patients["patient_id"])
    assert patients["patient_id"].is_unique
    assert set(diagnoses["stay_id"]) == set(stays["stay_id"])
    assert set(labs["stay_id"]) <= set(stays["stay_id"])
    assert not diagnoses.duplicated(["stay_id", "position"]).any()
    once = stays.drop_duplicates()
    assert once["stay_id"].is_unique
    assert (len(stays) - len(once)) / len(once) == pytest.approx(0.015, abs=0.001)
    bounds = labs.merge(once, on="stay_id")
    assert (bounds["taken"] >= bounds["admitted"]).all()
    assert (bounds["taken"] <= bounds["discharged"]).where(bounds["discharged"].notna(), True).all()


def test_a_patient_is_in_one_bed_at_a_time(hospital: Hospital) -> None:
    stays = hospital.stays.drop_duplicates().sort_values(["patient_id", "admitted"])
    before = stays.groupby("patient_id").shift()
    followed = before["stay_id"].notna()
    assert (stays["admitted"] >= before["discharged"])[followed].all()
    assert not (before["discharged_to"] == "died").any()
    # Of some transfers, the stay before lies before the extract.
    transfers = (stays["admission"] == "transfer") & followed
    assert (before["discharged_to"] == "other hospital")[transfers].all()


def test_one_stay_in_eight_is_followed_by_an_emergency(hospital: Hospital) -> None:
    stays = hospital.stays.drop_duplicates().sort_values(["patient_id", "admitted"])
    following = stays.groupby("patient_id").shift(-1)
    soon = following["admitted"] - stays["discharged"] <= pd.Timedelta(days=30)
    end = pd.Timestamp("2023-01-01") + pd.Timedelta(days=DAYS)
    index = stays["discharged_to"].isin(["home", "care home"]) & (
        stays["discharged"] < end - pd.Timedelta(days=30)
    )
    back = soon & (following["admission"] == "emergency")
    assert back[index].mean() == pytest.approx(0.13, abs=0.02)
    assert (soon & (following["admission"] == "planned"))[index].mean() > 0.03
    days = (stays["discharged"] - stays["admitted"]).dt.total_seconds() / 86_400
    dear = (stays["final_bill"] / (900 + 620 * days))[index].groupby(back[index]).median()
    assert dear[True] > 1.3 * dear[False]


def test_creatinine_changes_its_unit_once(hospital: Hospital) -> None:
    labs = hospital.labs
    new = (labs["test"] == "creatinine") & (labs["taken"] >= NEW_ANALYSER)
    assert ((labs["unit"] == "mg/dL") == new).all()
    assert (labs["value"] == 0).mean() == pytest.approx(0.004, abs=0.001)
    there = labs[labs["value"] > 0]
    middle = there[there["test"] == "creatinine"].groupby("unit")["value"].median()
    assert middle["umol/L"] / middle["mg/dL"] == pytest.approx(88.4, rel=0.05)


@pytest.fixture(scope="module", params=[0, 1, 2**31])
def conveyor(request: pytest.FixtureRequest) -> Conveyor:
    return load_conveyor(300, seed=request.param)


def test_pictures_have_the_sizes_and_shares_of_their_card(conveyor: Conveyor) -> None:
    table = conveyor.table
    for picture, row in zip(conveyor.pictures, table.itertuples(), strict=True):
        camera = CAMERAS[row.camera]
        assert picture.shape == (row.height, row.width, 3) == (camera.height, camera.width, 3)
        assert picture.dtype == np.uint8
    assert set(table["kind"]) == set(KINDS)
    assert abs((table["defect"] == "ok").mean() - 0.55) < 0.09
    assert abs((table["camera"] == "C").mean() - 0.20) < 0.08
    ranges = {"ok": (0, 0), "chip": (3, 7), "crack": (8, 20), "rust": (3, 9)}
    for defect, sizes in table.groupby("defect")["defect_size"]:
        assert sizes.between(*ranges[str(defect)]).all()


def test_camera_c_is_darker(conveyor: Conveyor) -> None:
    light = pd.Series([picture.mean() for picture in conveyor.pictures])
    by_camera = light.groupby(conveyor.table["camera"]).mean()
    assert by_camera["C"] < 0.85 * by_camera[["A", "B"]].min()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("defect", DEFECTS[1:])
def test_a_defect_changes_the_part_where_it_is_and_little_else(kind: str, defect: str) -> None:
    largest = {"chip": 7.0, "crack": 20.0, "rust": 9.0}[defect]
    camera = CAMERAS["A"]._replace(noise=0.0)
    for seed in range(5):
        # The same draws up to the defect; after it, grain and lamp differ by less than the bound.
        drawn = [
            render(Part(kind, one, size), camera, np.random.default_rng(seed)).astype(int)
            for one, size in (("ok", 0.0), (defect, largest))
        ]
        changed = np.abs(drawn[0] - drawn[1]).max(axis=2) > 60
        assert 10 < changed.sum() < 0.25 * changed.size


def test_more_pictures_begin_with_the_same(conveyor: Conveyor) -> None:
    few, many = load_conveyor(5, seed=7), load_conveyor(8, seed=7)
    pd.testing.assert_frame_equal(few.table, many.table.iloc[:5])
    for one, same in zip(few.pictures, many.pictures, strict=False):
        np.testing.assert_array_equal(one, same)


def test_folders_hold_the_pictures_of_the_table(tmp_path: Path) -> None:
    from PIL import Image

    table = write_conveyor(tmp_path, 12, seed=5)
    pictures = load_conveyor(12, seed=5).pictures
    assert sorted(table["file"]) == sorted(
        path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.jpg")
    )
    for picture, row in zip(pictures, table.itertuples(), strict=True):
        assert row.file.startswith(f"{row.defect}/")
        with Image.open(tmp_path / row.file) as image:
            stored = np.asarray(image).astype(int)
        assert np.abs(stored - picture).mean() < 10  # JPEG loses the noise of single pixels


def test_docstrings_are_descriptions_of_six_libraries() -> None:
    texts = load_docstrings()
    assert len(texts) > 4_000
    assert texts["library"].value_counts().min() > 400
    assert texts["text"].is_unique
    assert texts["name"].is_unique
    assert texts["text"].str.split().str.len().min() >= 8
    assert 25 < texts["text"].str.split().str.len().median() < 40
    # No list of parameters and no prompt is left.
    assert not texts["text"].str.contains(">>>|Parameters ---", regex=True).any()
    assert (texts["name"].str.split(".").str[0] == texts["library"]).all()
    order = texts[["library", "name"]].apply(tuple, axis=1)
    assert order.is_monotonic_increasing
    named = texts.set_index("name")["text"]
    assert named["pandas.DataFrame.merge"].startswith("Merge DataFrame")
    assert "sklearn.svm.SVC.fit" not in named  # the class that defines it is not public
