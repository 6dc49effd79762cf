"""Plain data: the only thing that crosses from a submission to the grader.

`encode` runs beside untrusted code and reduces a value to JSON: scalars and containers as such,
arrays as .npy without pickle, tables as Arrow. `decode` runs in the grader, on text that may be
anything, and makes plain Python, NumPy and pandas objects of it, or raises `NotPlain`. No object
whose behaviour a submission wrote survives the way.
"""

from __future__ import annotations

import base64
import datetime
import io
import json
import math
import time
from collections.abc import Iterable
from typing import Any

import numpy as np

MIME = "application/vnd.certlab.value"
MAX_BYTES = 40_000_000
MAX_PARTS = 4_000_000  # marks of JSON's; parsed, each may take a hundred bytes
MAX_DEPTH = 20
_HASHING_SECONDS = 2.0


class NotPlain(Exception):
    """A value that is not plain data, too deep or too large; the message is for the learner."""


# ------------------------------------------------------------------------ beside untrusted code


def publish(value: Any) -> None:
    """Send `value` to whoever runs this kernel. Raises NotPlain, which the learner's row shows."""
    from IPython.display import publish_display_data

    publish_display_data({MIME: encode(value)})


def encode(value: Any) -> str:
    """Return `value` as JSON text. Raises NotPlain for what is no plain data."""
    text = json.dumps(_reduce(value, 0), allow_nan=False)
    if len(text) > MAX_BYTES:
        raise NotPlain(f"the value is too large to be graded ({len(text) / 1e6:.0f} MB)")
    if _parts(text) > MAX_PARTS:
        raise NotPlain("the value has too many parts to be graded; use an array")
    return text


def _parts(text: str) -> int:
    return sum(map(text.count, ",:[{"))


def _reduce(value: Any, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise NotPlain("the value is nested too deeply to be graded")
    if value is None or value is True or value is False:
        return value
    if isinstance(value, np.generic):
        if value.dtype.kind in "biufcUS":
            return _reduce(value.item(), depth)
        return _array(np.asarray(value), depth)
    if isinstance(value, int):
        return {"int": str(int.__int__(value))}
    if isinstance(value, float):
        number = float.__float__(value)
        return number if math.isfinite(number) else {"float": repr(number)}
    if isinstance(value, complex):
        return {"complex": [repr(value.real), repr(value.imag)]}
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, (bytes, bytearray)):
        return {"bytes": _base64(bytes(value))}
    if isinstance(value, (datetime.datetime, datetime.date)):
        return {"datetime": value.isoformat()}
    if isinstance(value, list):
        return {"list": [_reduce(item, depth + 1) for item in list.__iter__(value)]}
    if isinstance(value, tuple):
        return {"tuple": [_reduce(item, depth + 1) for item in tuple.__iter__(value)]}
    if isinstance(value, (set, frozenset)):
        return {"set": [_reduce(item, depth + 1) for item in value]}
    if isinstance(value, dict):
        return {
            "dict": [
                [_reduce(key, depth + 1), _reduce(item, depth + 1)]
                for key, item in dict.items(value)
            ]
        }
    return _library_value(value, depth)


def _library_value(value: Any, depth: int) -> Any:
    if isinstance(value, np.ndarray):
        return _array(np.asarray(value), depth)
    module = type(value).__module__.partition(".")[0]
    if module == "pandas":
        return _table(value)
    if module == "scipy" and hasattr(value, "toarray"):
        return _array(np.asarray(value.toarray()), depth)
    if hasattr(value, "detach") and hasattr(value, "numpy"):
        return _array(np.asarray(value.detach().numpy()), depth)
    if hasattr(value, "numpy"):
        return _array(np.asarray(value.numpy()), depth)
    raise NotPlain(
        f"the value is a {type(value).__name__}; only numbers, text, lists, dictionaries, arrays "
        "and tables can be graded"
    )


def _array(array: np.ndarray, depth: int) -> Any:
    if array.dtype.kind == "O":
        items = [_reduce(item, depth + 1) for item in array.ravel().tolist()]
        return {"objects": items, "shape": list(array.shape)}
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return {"npy": _base64(buffer.getvalue())}


def _table(value: Any) -> Any:
    import pandas as pd
    import pyarrow as pa

    if isinstance(value, pd.Series):
        kind, frame = "series", value.to_frame(name="value")
    elif isinstance(value, pd.DataFrame):
        kind, frame = "frame", value
    elif isinstance(value, pd.Index):
        kind, frame = "index", value.to_frame(index=False)
    elif isinstance(value, (pd.Timestamp, pd.Timedelta)):
        return {"datetime": value.isoformat()}
    elif value is pd.NA or value is pd.NaT:
        return {"float": "nan"}
    else:
        return _reduce(value.to_numpy(), 1)
    try:
        table = pa.Table.from_pandas(frame)
    except (pa.ArrowException, TypeError, ValueError) as error:
        raise NotPlain(f"the table has a column that is not plain data ({error})") from error
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return {kind: _base64(sink.getvalue().to_pybytes())}


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


# ------------------------------------------------------------------------------- in the grader


def decode(text: str) -> Any:
    """Make plain objects of what `encode` wrote, or of what somebody forged. Raises NotPlain."""
    if len(text) > MAX_BYTES or _parts(text) > MAX_PARTS:
        raise NotPlain("the value is too large to be graded")
    try:
        return _Restorer().restore(json.loads(text), 0)
    except NotPlain:
        raise
    except Exception as error:  # forged text can fail in any of the parsers below
        raise NotPlain(f"the value cannot be read ({type(error).__name__})") from error


class _Restorer:
    """Makes objects of parsed JSON."""

    def __init__(self) -> None:
        self._hashing = 0.0  # seconds

    def restore(self, data: Any, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise NotPlain("the value is nested too deeply to be graded")
        if data is None or isinstance(data, (bool, int, float, str)):
            return data
        if not isinstance(data, dict) or not data:
            raise NotPlain("the value cannot be read")
        kind = next(iter(data))
        payload = data[kind]
        if kind == "int":
            if len(payload) > 4000:
                raise NotPlain("the value is too large to be graded")
            return int(payload)
        if kind == "float":
            return float(payload)
        if kind == "complex":
            return complex(float(payload[0]), float(payload[1]))
        if kind == "bytes":
            return base64.b64decode(payload, validate=True)
        if kind == "datetime":
            return str(payload)
        if kind in ("list", "tuple", "set", "dict", "objects") and not isinstance(payload, list):
            raise NotPlain("the value cannot be read")
        if kind in ("list", "tuple"):
            items = [self.restore(item, depth + 1) for item in payload]
            return items if kind == "list" else tuple(items)
        if kind == "set":
            return frozenset(
                self._hashed((self.restore(item, depth + 1), None) for item in payload)
            )
        if kind == "dict":
            return self._hashed(
                (self.restore(key, depth + 1), self.restore(item, depth + 1))
                for key, item in payload
            )
        if kind == "objects":
            items = [self.restore(item, depth + 1) for item in payload]
            shape = tuple(int(size) for size in data["shape"])
            if math.prod(shape) != len(items) or len(shape) > MAX_DEPTH:
                raise NotPlain("the value cannot be read")
            return _shaped(items, shape)
        if kind == "npy":
            return _restore_array(base64.b64decode(payload, validate=True))
        if kind in ("frame", "series", "index"):
            return _restore_table(kind, base64.b64decode(payload, validate=True))
        raise NotPlain("the value cannot be read")

    def _hashed(self, pairs: Iterable[tuple[Any, Any]]) -> dict[Any, Any]:
        """A dictionary; keys that were chosen to have the same hash would take hours."""
        result: dict[Any, Any] = {}
        for key, item in list(pairs):
            started = time.perf_counter()
            result[key] = item
            self._hashing += time.perf_counter() - started
            if self._hashing > _HASHING_SECONDS:
                raise NotPlain("the value has keys that take too long to tell apart")
        return result


def _shaped(items: list[Any], shape: tuple[int, ...]) -> Any:
    """An object array as nested lists, so that nothing compares by an object's own methods."""
    if len(shape) <= 1 or not items:
        return items
    step = len(items) // shape[0]
    return [_shaped(items[i * step : (i + 1) * step], shape[1:]) for i in range(shape[0])]


def _restore_array(data: bytes) -> np.ndarray:
    array = np.load(io.BytesIO(data), allow_pickle=False)
    if not isinstance(array, np.ndarray):  # an archive of arrays
        raise NotPlain("the value cannot be read")
    if not array.dtype.itemsize and array.size > len(data):
        raise NotPlain("the array has more entries than data")
    return array


def _restore_table(kind: str, data: bytes) -> Any:
    from .arrow import read_table

    frame = read_table(data).to_pandas()
    if kind == "series":
        return frame["value"].rename(None)
    if kind == "index":
        return frame.iloc[:, 0].tolist()
    return frame
