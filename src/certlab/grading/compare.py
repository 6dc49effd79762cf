"""Compares a submission's value with the solution's, by a probe's rule.

Both are plain data (`plain.decode`). Messages are for the learner: they name the kind of
difference and never the expected value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from certlab.curriculum import Rule


@dataclass(frozen=True)
class Comparison:
    """Whether the value is right, and if not, what kind of difference there is."""

    ok: bool
    message: str = ""


RIGHT = Comparison(True)

# What a zero may be instead, in units of rtol times its array's largest entry: a right answer
# computed another way leaves 1e-16 where the solution has 0, and a pure ratio forgives nothing.
_ZERO = 1e-3
_MAX_TEXT = 25_000_000  # characters of an array of text


def compare(expected: Any, got: Any, rule: Rule) -> Comparison:
    """Compare a value with the solution's value."""
    if rule.metric is not None:
        raise ValueError("a scored probe is compared with `score`, against trusted labels")
    return _same(expected, got, rule, "the value")


def score(truth: Any, got: Any, rule: Rule) -> Comparison:
    """Score predictions against trusted labels, and hold the score to the rule's bar."""
    try:
        truth, predictions = np.asarray(truth), _as_array(got)
        if predictions.shape[:1] != truth.shape[:1]:
            return Comparison(
                False, f"expected {_shape(truth)} predictions, got {_shape(predictions)}"
            )
        value = _metric(rule.metric or "", truth, predictions)
    except (TypeError, ValueError) as error:
        return Comparison(False, f"the predictions cannot be scored ({type(error).__name__})")
    if rule.at_most is not None:
        ok, bar = value <= rule.at_most, f"at most {rule.at_most:g}"
    else:
        ok, bar = value >= (rule.at_least or 0.0), f"at least {rule.at_least:g}"
    if ok:
        return RIGHT
    return Comparison(False, f"{rule.metric} on hidden data is {value:.3f}; {bar} is needed")


_OF_LABELS = ("accuracy", "balanced_accuracy", "f1")
_MOST_NEW_LABELS = 100


def _metric(name: str, truth: np.ndarray, predictions: np.ndarray) -> float:
    from sklearn import metrics

    functions = {
        "accuracy": metrics.accuracy_score,
        "balanced_accuracy": metrics.balanced_accuracy_score,
        "f1": metrics.f1_score,
        "roc_auc": metrics.roc_auc_score,
        "r2": metrics.r2_score,
        "mae": metrics.mean_absolute_error,
        "rmse": metrics.root_mean_squared_error,
    }
    if (
        name in _OF_LABELS
        and len(np.unique(predictions)) > len(np.unique(truth)) + _MOST_NEW_LABELS
    ):
        raise ValueError("too many labels")  # scikit-learn counts every pair of them
    return float(functions[name](truth, predictions))


def _same(expected: Any, got: Any, rule: Rule, what: str) -> Comparison:
    if rule.exact and type(expected) is not type(got):
        return _wrong(f"{what} should be {_kind(expected)}, not {_kind(got)}")
    if isinstance(expected, np.ndarray) and expected.ndim == 0:
        expected = expected.item()
    if isinstance(got, np.generic) or (isinstance(got, np.ndarray) and got.ndim == 0):
        got = got.item()
    if isinstance(expected, (bool, str, bytes)) or expected is None:
        if type(expected) is not type(got):
            return _wrong(f"{what} should be {_kind(expected)}, not {_kind(got)}")
        return RIGHT if expected == got else _wrong(f"{what} is not right")
    if isinstance(expected, (int, float, complex)):
        return _same_number(expected, got, rule, what)
    if isinstance(expected, (pd.DataFrame, pd.Series)):
        return _same_table(expected, got, rule, what)
    if isinstance(expected, np.ndarray):
        return _same_array(expected, got, rule, what)
    if isinstance(expected, dict):
        return _same_dict(expected, got, rule, what)
    if isinstance(expected, frozenset):
        if not isinstance(got, frozenset):
            return _wrong(f"{what} should be a set, not {_kind(got)}")
        return _same_sequence(_ordered(expected), _ordered(got), rule, what)
    if isinstance(expected, (list, tuple)):
        if isinstance(got, np.ndarray) and len(got) == len(expected):
            got = list(got)
        elif isinstance(got, np.ndarray):
            return _wrong(f"{what} should have {len(expected)} elements, not {len(got)}")
        if not isinstance(got, (list, tuple)):
            return _wrong(f"{what} should be {_kind(expected)}, not {_kind(got)}")
        if rule.unordered:
            return _same_sequence(_ordered(expected), _ordered(got), rule, what)
        return _same_sequence(expected, got, rule, what)
    raise TypeError(f"no rule compares {type(expected).__name__}")


def _same_number(expected: complex, got: Any, rule: Rule, what: str) -> Comparison:
    if isinstance(got, bool) or not isinstance(got, (int, float, complex)):
        return _wrong(f"{what} should be a number, not {_kind(got)}")
    if rule.exact or (isinstance(expected, int) and isinstance(got, int)):
        both_nan = expected != expected and got != got
        return RIGHT if expected == got or both_nan else _wrong(f"{what} is not right")
    if np.isclose(got, expected, rtol=rule.rtol, atol=rule.atol, equal_nan=True):
        return RIGHT
    return _wrong(_distance(np.asarray(expected), np.asarray(got), rule, what))


def _same_array(expected: np.ndarray, got: Any, rule: Rule, what: str) -> Comparison:
    if isinstance(got, (list, tuple)):
        try:
            got = _as_array(got)
        except ValueError:
            return _wrong(f"{what} should be an array, not {_kind(got)}")
    if isinstance(got, (pd.Series, pd.DataFrame)):
        got = got.to_numpy()
    if not isinstance(got, np.ndarray) or got.dtype.kind == "O":
        return _wrong(f"{what} should be an array, not {_kind(got)}")
    if expected.shape != got.shape:
        return _wrong(f"{what} should have the shape {expected.shape}, not {got.shape}")
    numeric = "iufc"
    if expected.dtype.kind not in numeric or got.dtype.kind not in numeric:
        if (expected.dtype.kind in "US") != (got.dtype.kind in "US") or (
            (expected.dtype.kind == "b") != (got.dtype.kind == "b")
        ):
            return _wrong(f"{what} should hold {_content(expected)}, not {_content(got)}")
        differing = int(np.sum(expected != got))
        return RIGHT if not differing else _wrong(f"{what}: {_share(differing, expected.size)}")
    if rule.unordered:
        expected, got = np.sort(expected, axis=0), np.sort(got, axis=0)
    if rule.exact:
        close = (expected == got) | (np.isnan(expected) & np.isnan(got))
    else:
        atol = max(rule.atol, _ZERO * rule.rtol * _scale(expected))
        close = np.isclose(got, expected, rtol=rule.rtol, atol=atol, equal_nan=True)
    if np.all(close):
        return RIGHT
    differing = int(np.sum(~close))
    return _wrong(f"{_distance(expected, got, rule, what)}; {_share(differing, expected.size)}")


def _same_table(expected: Any, got: Any, rule: Rule, what: str) -> Comparison:
    if type(expected) is not type(got):
        return _wrong(f"{what} should be {_kind(expected)}, not {_kind(got)}")
    if expected.shape != got.shape:
        return _wrong(f"{what} should have the shape {expected.shape}, not {got.shape}")
    if isinstance(expected, pd.Series):
        expected, got = expected.to_frame("value"), got.to_frame("value")
    if rule.unordered:
        expected, got = (frame.sort_index(axis=0).sort_index(axis=1) for frame in (expected, got))
    if list(expected.columns) != list(got.columns):
        return _wrong(f"{what} does not have the expected columns, in this order")
    if list(expected.index) != list(got.index):
        return _wrong(f"{what} does not have the expected index, in this order")
    for column in expected.columns:
        result = _same_column(
            _column_values(expected[column]),
            _column_values(got[column]),
            rule.model_copy(update={"unordered": False}),
            f"{what}, column {column!r}",
        )
        if not result.ok:
            return result
    return RIGHT


def _same_column(
    expected: np.ndarray | list[str], got: np.ndarray | list[str], rule: Rule, what: str
) -> Comparison:
    if isinstance(expected, np.ndarray) and isinstance(got, np.ndarray):
        return _same_array(expected, got, rule, what)
    if isinstance(expected, np.ndarray) or isinstance(got, np.ndarray):
        return _wrong(f"{what} should hold {_content(expected)}, not {_content(got)}")
    differing = sum(one != other for one, other in zip(expected, got, strict=True))
    return RIGHT if not differing else _wrong(f"{what}: {_share(differing, len(expected))}")


def _column_values(column: pd.Series) -> np.ndarray | list[str]:
    """Numbers or booleans as an array, everything else as text.

    Never an array of text: there every entry takes the room of the longest.
    """
    if pd.api.types.is_bool_dtype(column.dtype):
        return column.to_numpy(dtype=bool)
    if pd.api.types.is_numeric_dtype(column.dtype):
        return column.to_numpy(dtype=float, na_value=np.nan)
    missing = column.isna()
    return [
        "nan" if gone else str(value) for value, gone in zip(column.tolist(), missing, strict=True)
    ]


def _as_array(values: Any) -> np.ndarray:
    """An array of nested lists. Raises ValueError where text would take too much room in it."""
    if isinstance(values, (list, tuple)):
        count, longest = _extent(values)
        if count * longest > _MAX_TEXT:
            raise ValueError("text that is too long for an array")
    return np.asarray(values)


def _extent(values: Any) -> tuple[int, int]:
    """How many entries nested lists have, and how many characters the longest text in them."""
    if isinstance(values, (list, tuple)):
        parts = [_extent(value) for value in values]
        return sum(count for count, _ in parts), max((longest for _, longest in parts), default=0)
    if isinstance(values, np.ndarray):
        return values.size, values.dtype.itemsize if values.dtype.kind in "US" else 0
    return 1, len(values) if isinstance(values, (str, bytes)) else 0


def _same_dict(expected: dict, got: Any, rule: Rule, what: str) -> Comparison:
    if not isinstance(got, dict):
        return _wrong(f"{what} should be a dictionary, not {_kind(got)}")
    if expected.keys() != got.keys():
        return _wrong(f"{what} does not have the expected keys")
    for key, value in expected.items():
        result = _same(value, got[key], rule, _part(what, repr(key)))
        if not result.ok:
            return result
    return RIGHT


def _same_sequence(expected: Sequence, got: Sequence, rule: Rule, what: str) -> Comparison:
    if len(expected) != len(got):
        return _wrong(f"{what} should have {len(expected)} elements, not {len(got)}")
    for number, (one, other) in enumerate(zip(expected, got, strict=True), start=1):
        result = _same(one, other, rule, _part(what, str(number)))
        if not result.ok:
            return result
    return RIGHT


def _part(what: str, name: str) -> str:
    """What a part of something is called: 'part 2 of the value', and inside it 'part 2.1 of …'."""
    if what.startswith("part "):
        path, _, rest = what.removeprefix("part ").partition(" of ")
        return f"part {path}.{name} of {rest}"
    return f"part {name} of {what}"


def _ordered(values: Any) -> list[Any]:
    return sorted(values, key=lambda value: (type(value).__name__ == "str", _sort_key(value)))


def _sort_key(value: Any) -> tuple[float, str]:
    if isinstance(value, (bool, int, float)):
        return float(value), ""
    return 0.0, repr(value)


def _scale(array: np.ndarray) -> float:
    finite = np.abs(array[np.isfinite(array)])
    return float(finite.max()) if finite.size else 0.0


def _wrong(message: str) -> Comparison:
    return Comparison(False, message)


def _distance(expected: np.ndarray, got: np.ndarray, rule: Rule, what: str) -> str:
    """How far off, in words that do not give the answer away."""
    with np.errstate(all="ignore"):
        if np.any(np.isnan(got) & ~np.isnan(expected)):
            return f"{what} is NaN where a number is expected"
        if np.allclose(got, -expected, rtol=rule.rtol, atol=rule.atol):
            return f"{what} has the wrong sign"
        if np.allclose(got, expected, rtol=0.02, atol=0.02 * float(np.max(np.abs(expected)))):
            return f"{what} is close, but not within the tolerance"
    return f"{what} is not right"


def _share(differing: int, size: int) -> str:
    return f"{differing} of {size} entries differ"


def _shape(array: np.ndarray) -> str:
    return str(array.shape[0]) if array.ndim == 1 else str(array.shape)


def _content(array: np.ndarray | list[str]) -> str:
    if isinstance(array, list):
        return "text"
    return {"b": "booleans", "U": "text", "S": "bytes", "M": "dates"}.get(
        array.dtype.kind, "numbers"
    )


def _kind(value: Any) -> str:
    names = {
        bool: "True or False",
        int: "a number",
        float: "a number",
        complex: "a complex number",
        str: "text",
        bytes: "bytes",
        list: "a list",
        tuple: "a tuple",
        dict: "a dictionary",
        frozenset: "a set",
        np.ndarray: "an array",
        pd.DataFrame: "a table",
        pd.Series: "a column (Series)",
    }
    return "None" if value is None else names.get(type(value), type(value).__name__)
