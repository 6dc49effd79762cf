"""Tables cross, and take no more memory than their bytes account for."""

from __future__ import annotations

import base64
import contextlib
import json

import pandas as pd
import pyarrow as pa
import pytest

from certlab.grading import arrow
from certlab.grading.plain import NotPlain, decode, encode


def stream(column: pa.Array, compression: str | None = None) -> bytes:
    sink = pa.BufferOutputStream()
    schema = pa.schema([("a", column.type)])
    options = pa.ipc.IpcWriteOptions(compression=compression)
    with pa.ipc.new_stream(sink, schema, options=options) as writer:
        writer.write_batch(pa.record_batch([column], schema=schema))
    return sink.getvalue().to_pybytes()


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"a": [1, 2], "b": ["x", None], "c": [True, False]}),
        pd.DataFrame({"a": pd.Categorical(["x", "y", "x"])}),
        pd.DataFrame({"b": [{"x": 1}, {"x": 2}]}),
        pd.DataFrame({"a": pd.period_range("2020", periods=2, freq="M")}),
        pd.DataFrame({"a": pd.date_range("2020", periods=2, tz="UTC"), "b": [None, None]}),
        pd.DataFrame({"a": [1, 2]}, index=pd.MultiIndex.from_tuples([(1, "a"), (2, "b")])),
        pd.DataFrame(),
    ],
    ids=["plain", "categories", "nested", "periods", "times", "levels", "empty"],
)
def test_what_learners_make_arrives(frame: pd.DataFrame) -> None:
    arrived = decode(encode(frame))
    assert arrived.shape == frame.shape
    assert arrived.astype(str).to_numpy().tolist() == frame.astype(str).to_numpy().tolist()


@pytest.mark.parametrize("compression", ["zstd", "lz4"])
def test_compressed_columns_are_refused_before_they_are_read(compression: str) -> None:
    with pytest.raises(arrow.TooMuch, match="compressed"):
        arrow.read_table(stream(pa.array([0.0] * 1000), compression))


def test_values_without_bytes_are_counted() -> None:
    assert arrow.read_table(stream(pa.nulls(1000))).num_rows == 1000
    with pytest.raises(arrow.TooMuch, match="more values"):
        arrow.read_table(stream(pa.nulls(arrow.MAX_VALUES + 1)))
    nested = pa.array([[None]] * 3, pa.list_(pa.null()))
    assert arrow.read_table(stream(nested)).num_rows == 3


@pytest.mark.parametrize(
    "kind", [pa.string_view(), pa.list_view(pa.int8()), pa.run_end_encoded(pa.int32(), pa.int8())]
)
def test_types_whose_values_share_bytes_are_refused(kind: pa.DataType) -> None:
    with pytest.raises(ValueError, match="a column of"):
        arrow.read_table(stream(pa.nulls(1, kind)))


def test_every_cut_of_a_table_is_read_or_called_not_plain() -> None:
    whole = stream(pa.array(["a", "bc", None]))
    for length in range(len(whole)):
        with contextlib.suppress(NotPlain):
            decode(json.dumps({"frame": base64.b64encode(whole[:length]).decode()}))
