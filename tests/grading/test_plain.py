"""Only plain data crosses, and it arrives unchanged."""

from __future__ import annotations

import base64
import json
import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from certlab.curriculum import Rule
from certlab.grading.compare import compare
from certlab.grading.plain import NotPlain, decode, encode

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary()
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(max_size=5) | st.integers(), inner, max_size=4)
    ),
    max_leaves=12,
)


def same(one: object, other: object) -> bool:
    return compare(one, other, Rule(exact=True)).ok


@given(values)
def test_scalars_and_containers_arrive_unchanged(value: object) -> None:
    assert same(value, decode(encode(value)))


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6).reshape(2, 3),
        np.array([1.5, np.nan, np.inf]),
        np.array([True, False]),
        np.array(["a", "bc"]),
        np.array(3.0),
        np.zeros((0, 4)),
        np.array([1 + 2j]),
    ],
)
def test_arrays_arrive_unchanged(array: np.ndarray) -> None:
    arrived = decode(encode(array))
    assert arrived.dtype == array.dtype
    np.testing.assert_array_equal(arrived, array)


def test_tables_arrive_unchanged() -> None:
    frame = pd.DataFrame({"a": [1, 2], "b": ["x", None]}, index=["r", "s"])
    pd.testing.assert_frame_equal(decode(encode(frame)), frame)
    arrived = decode(encode(frame["a"]))
    assert arrived.tolist() == [1, 2]
    assert arrived.index.tolist() == ["r", "s"]


def test_numpy_scalars_and_tensors_become_numbers_and_arrays() -> None:
    assert decode(encode(np.float32(0.5))) == 0.5
    assert decode(encode(np.int64(3))) == 3
    assert decode(encode(np.bool_(True))) is True


def test_subclasses_are_reduced_to_their_base() -> None:
    class Number(float):
        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = float.__hash__

    class Text(str):
        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = str.__hash__

    class Array(np.ndarray):
        def __eq__(self, other: object) -> np.ndarray:
            return np.array(True)

    class Items(list):
        def __iter__(self):
            return iter([42])

    for value in (Number(1.0), Text("a"), np.zeros(2).view(Array), Items([1])):
        arrived = decode(encode(value))
        assert type(arrived) in (float, str, np.ndarray, list)
    assert decode(encode(Items([1]))) == [1]


class Unknown:
    """Some object."""


@pytest.mark.parametrize(
    "value",
    [
        object(),
        lambda: 1,
        Unknown(),
        [object()],
        pd.DataFrame({"a": [Unknown()]}),
        np.array([Unknown()], dtype=object),
    ],
)
def test_anything_else_is_refused(value: object) -> None:
    with pytest.raises(NotPlain):
        encode(value)


def test_too_deep_and_too_large_is_refused() -> None:
    deep: list = []
    for _ in range(100):
        deep = [deep]
    with pytest.raises(NotPlain, match="deeply"):
        encode(deep)
    with pytest.raises(NotPlain, match="large"):
        encode(np.zeros(10_000_000))


class Bomb:
    """What a pickle would run."""

    def __reduce__(self) -> tuple:
        return exec, ("raise SystemExit('unpickled')",)


def pickled_npy() -> str:
    import io

    buffer = io.BytesIO()
    np.save(buffer, np.array([Bomb()], dtype=object), allow_pickle=True)
    return base64.b64encode(buffer.getvalue()).decode()


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "{",
        "[1, 2]",
        "{}",
        '{"pickle": "gASV"}',
        '{"npy": "!!!"}',
        '{"npy": "AAAA"}',
        json.dumps({"npy": pickled_npy()}),
        json.dumps({"npy": base64.b64encode(pickle.dumps(Bomb())).decode()}),
        json.dumps({"frame": base64.b64encode(pickle.dumps(Bomb())).decode()}),
        '{"dict": [[{"list": []}, 1]]}',
        '{"int": "9' + "9" * 5000 + '"}',
        '{"float": "one"}',
        '{"list": ' * 500 + "[]" + "}" * 500,
        '{"objects": [1], "shape": [1000000000, 1000000000]}',
    ],
)
def test_forged_text_is_refused_and_never_run(forged: str) -> None:
    with pytest.raises(NotPlain):
        decode(forged)
