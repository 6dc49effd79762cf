"""Right is right, wrong is wrong, and the message helps without giving the answer away."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from certlab.curriculum import Rule
from certlab.grading.compare import compare, score

RIGHT = [
    (1.0, 1.0 + 1e-9, Rule()),
    (3, 3.0, Rule()),
    (True, True, Rule()),
    ("a", "a", Rule()),
    (None, None, Rule()),
    (float("nan"), float("nan"), Rule()),
    (float("nan"), float("nan"), Rule(exact=True)),
    ([1, 2], (1, 2), Rule()),
    (np.array([1, 2]), [1, 2], Rule()),
    ([1.0, 2.0], np.array([1.0, 2.0]), Rule()),
    (1.0, np.array(1.0), Rule()),
    (np.array([1.0, np.nan]), np.array([1.0, np.nan]), Rule()),
    (np.array([0.0, 5.0]), np.array([1e-16, 5.0]), Rule()),
    ([3, 1, 2], [1, 2, 3], Rule(unordered=True)),
    (np.array([3.0, 1.0]), np.array([1.0, 3.0]), Rule(unordered=True)),
    (100.0, 101.0, Rule(rtol=0.02)),
    (0.0, 1e-9, Rule(atol=1e-8)),
    ({"a": 1, "b": [2.0]}, {"b": [2.0], "a": 1}, Rule()),
    (frozenset({1, 2}), frozenset({2, 1}), Rule()),
    (pd.DataFrame({"a": [1, 2]}), pd.DataFrame({"a": [1.0, 2.0]}), Rule()),
    (pd.Series(["x", None]), pd.Series(["x", None]), Rule()),
]

WRONG = [
    (1.0, 1.1, Rule(), "not right"),
    (1.0, -1.0, Rule(), "wrong sign"),
    (1.0, 1.001, Rule(), "close"),
    (1.0, float("nan"), Rule(), "NaN"),
    (0.0, 1e-9, Rule(), "not right"),
    (1, True, Rule(), "should be a number"),
    (True, 1, Rule(), "should be True or False"),
    ("a", "b", Rule(), "not right"),
    ("1", 1, Rule(), "should be text"),
    (1.0, None, Rule(), "not None"),
    (None, 1.0, Rule(), "should be None"),
    ([1, 2], [1, 2, 3], Rule(), "2 elements, not 3"),
    ([1, 2], [1, 3], Rule(), "part 2 of the value"),
    ([1, 2], [2, 1], Rule(), "part 1 of the value"),
    ([1, 2], (1, 2), Rule(exact=True), "a list"),
    ([1, 1, 2], [1, 2, 2], Rule(unordered=True), "part 2"),
    ([[1, 2], [3, 4]], [[1, 2], [3, 5]], Rule(), "part 2.2 of the value"),
    (np.array([0.0, 5.0]), np.array([1e-7, 5.0]), Rule(), "close"),
    (np.zeros(2), np.array([1e-16, 0.0]), Rule(), "not right"),
    (np.zeros(3), np.zeros((3, 1)), Rule(), r"shape \(3,\), not \(3, 1\)"),
    (np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 4.0]), Rule(), "1 of 3 entries"),
    (np.array([True]), np.array([1.0]), Rule(), "booleans, not numbers"),
    (np.array(["a"]), np.array([1]), Rule(), "text, not numbers"),
    (np.zeros(2), "no", Rule(), "should be an array"),
    ({"a": 1}, {"b": 1}, Rule(), "keys"),
    ({"a": 1}, {"a": 2}, Rule(), "part 'a' of the value"),
    (pd.DataFrame({"a": [1]}), pd.DataFrame({"b": [1]}), Rule(), "columns"),
    (pd.DataFrame({"a": [1]}), pd.DataFrame({"a": [2]}), Rule(), "column 'a'"),
    (pd.DataFrame({"a": [1]}), pd.Series([1]), Rule(), "a table"),
    (pd.Series([1], index=["x"]), pd.Series([1], index=["y"]), Rule(), "index"),
]


@pytest.mark.parametrize(("expected", "got", "rule"), RIGHT)
def test_right(expected: object, got: object, rule: Rule) -> None:
    assert compare(expected, got, rule).ok


@pytest.mark.parametrize(("expected", "got", "rule", "message"), WRONG)
def test_wrong(expected: object, got: object, rule: Rule, message: str) -> None:
    import re

    result = compare(expected, got, rule)
    assert not result.ok
    assert re.search(message, result.message), result.message


def test_no_message_shows_the_expected_value() -> None:
    secret = 1234.5678
    for got in (1.0, -secret, secret * 1.001, float("nan"), "text", None, np.zeros(3)):
        assert "1234" not in compare(secret, got, Rule()).message
        assert "1234" not in compare(np.array([secret]), got, Rule()).message


def test_scored_answers_are_held_to_their_bar() -> None:
    truth = np.array([0, 1, 1, 0, 1])
    rule = Rule(metric="accuracy", against="y_true", at_least=0.8)
    assert score(truth, np.array([0, 1, 1, 0, 0]), rule).ok
    low = score(truth, np.array([0, 1, 0, 1, 0]), rule)
    assert not low.ok
    assert "0.400" in low.message
    assert not score(truth, np.array([0, 1]), rule).ok
    assert not score(truth, "nonsense", rule).ok


def test_errors_are_held_to_a_ceiling() -> None:
    rule = Rule(metric="rmse", against="y_true", at_most=0.5)
    assert score([1.0, 2.0], [1.1, 2.1], rule).ok
    assert not score([1.0, 2.0], [2.0, 3.0], rule).ok


def test_arrays_of_text_and_of_truth_values_answer_for_lists() -> None:
    assert compare(["a", "b"], np.array(["a", "b"]), Rule()).ok
    assert not compare(["a", "b"], np.array(["a", "c"]), Rule()).ok
    assert compare([True, False], np.array([True, False]), Rule()).ok


def test_predictions_with_a_label_for_every_row_are_not_counted_out() -> None:
    rule = Rule(metric="balanced_accuracy", against="y", at_least=0.9)
    found = score(np.arange(20_000) % 2, np.arange(20_000), rule)
    assert not found.ok
    assert "cannot be scored" in found.message
