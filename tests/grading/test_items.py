"""Item analysis against values worked out by hand or by SciPy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from certlab.grading.reports.items import item_analysis, point_biserial, reliability, upper_lower
from certlab.grading.results import QuestionResult, SubmissionResult
from tests.grading.classroom import UNIT, a_class, graded, result


def test_the_item_rest_correlation_is_scipys_point_biserial() -> None:
    marks = graded(a_class(60))
    points = np.array([[entry.points for entry in mark.questions] for mark in marks])
    for number, item in enumerate(item_analysis(marks)):
        rest = points.sum(axis=1) - points[:, number]
        expected = stats.pointbiserialr(points[:, number] > 0, rest).statistic
        assert item.item_total == pytest.approx(expected)
        assert item.difficulty == pytest.approx((points[:, number] / 2).mean())


def test_a_coins_toss_hardly_separates_and_a_good_question_does() -> None:
    items = item_analysis(graded(a_class(200)))
    assert "hardly separates" in items[-1].flags
    assert all(not item.flags for item in items[1:4])
    assert all(item.item_total is not None and item.item_total > 0.4 for item in items[1:4])


def test_a_question_that_only_the_weak_get_right() -> None:
    results = [result(f"s{n}", 2.0 * (n > 10), 2.0 * (n > 20), 2.0 * (n < 10)) for n in range(40)]
    item = item_analysis(graded(results))[2]
    assert item.item_total is not None
    assert item.item_total < 0
    assert any(flag.startswith("separates the wrong way") for flag in item.flags)


def test_upper_and_lower_27_percent() -> None:
    totals = list(range(100))
    item = [1.0 if total >= 73 + 9 else 0.0 for total in totals]  # 18 of the upper 27
    assert upper_lower(item, totals) == pytest.approx(18 / 27)
    assert upper_lower([1.0 - value for value in item], totals) == pytest.approx(-18 / 27)
    assert upper_lower([1.0] * 100, [5.0] * 100) is None


def test_ties_at_the_edge_share_the_places() -> None:
    """Whatever the order of the students: the three in the middle fill half a place of one each."""
    totals = [0.0, 1.0, 1.0, 1.0, 2.0]  # 27 % of five: one upper, one lower
    assert upper_lower([0.0, 0.0, 0.0, 1.0, 1.0], totals) == 1.0
    totals = [1.0, 1.0, 1.0, 1.0, 2.0]  # four for the one lower place
    assert upper_lower([0.0, 0.0, 0.0, 1.0, 1.0], totals) == pytest.approx(1 - 0.25)


def test_nothing_is_computed_from_what_does_not_vary() -> None:
    assert point_biserial([1.0, 1.0], [0.0, 3.0]) is None
    items = item_analysis(graded([result(f"s{n}", 2, 2.0 * (n % 2)) for n in range(40)]))
    assert items[0].item_total is None
    assert items[0].flags == ["almost everybody has it"]


def test_few_submissions_are_called_few() -> None:
    items = item_analysis(graded(a_class(9)))
    assert all(item.flags == ["too few submissions to judge (n = 9)"] for item in items)
    assert all(item.item_total is None and item.upper_lower is None for item in items)
    hints = [flag for item in item_analysis(graded(a_class(20))) for flag in item.flags]
    assert any("n = 20 is few: take it as a hint" in flag for flag in hints)
    assert item_analysis([]) == []


def test_cronbachs_alpha() -> None:
    points = np.random.default_rng(0).normal(size=(30, 1)) + np.random.default_rng(1).normal(
        size=(30, 4)
    )
    results = [
        SubmissionResult(
            f"s{row}",
            UNIT,
            "graded",
            {f"q{n}": QuestionResult(float(value), 9.0, "wrong") for n, value in enumerate(values)},
        )
        for row, values in enumerate(points)
    ]
    # the mean covariance of two questions over the mean entry of the covariance matrix
    covariance = np.cov(points.T)
    between = covariance[~np.eye(4, dtype=bool)].mean()
    assert reliability(graded(results)) == pytest.approx(between / covariance.mean())
    assert reliability(graded(a_class(5))) is None


def test_messages_that_differ_in_numbers_are_one() -> None:
    results = [result(f"s{n}", 0, message=f"entry {n} is off by {n}.5e-3") for n in range(12)]
    results += [result("t1", 0, message="another"), result("t2", 2)]
    (item,) = item_analysis(graded(results))
    assert [(message.count, message.text) for message in item.messages] == [
        (12, "entry 0 is off by 0.5e-3"),
        (1, "another"),
    ]


def test_unreadable_submissions_do_not_count() -> None:
    results = [*a_class(30), result("broken", 0, 0, 0, 0, 0, status="unreadable")]
    assert item_analysis(graded(results)) == item_analysis(graded(a_class(30)))


def test_a_status_that_many_share_is_flagged() -> None:
    results = [
        SubmissionResult(
            f"s{n}",
            UNIT,
            "graded",
            {"q": QuestionResult(0.0, 2.0, "blank" if n % 2 else "timeout")},
        )
        for n in range(40)
    ]
    (item,) = item_analysis(graded(results))
    assert {"many leave it blank", "many answers do not finish"} <= set(item.flags)
    assert item.statuses == {"timeout": 20, "blank": 20}
