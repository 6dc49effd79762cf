"""Reads tables in Arrow's stream format that may be forged, in memory that their bytes account for.

A few bytes can stand for any amount: compressed buffers, columns of nulls that have a length and no
data, views that all name the same text, run ends. What a table would take is read from its headers
before any of it is.

Source of the layout: format/Message.fbs and format/Schema.fbs of the Arrow specification, and
FlatBuffers' internals (a table begins with the distance to its vtable, which holds the offset of
each field, 0 for one that is absent).
"""

from __future__ import annotations

import struct

import pyarrow as pa
import pyarrow.compute as pc

MAX_VALUES = 20_000_000  # in all columns together, nested ones included
MAX_TEXT = 100_000_000  # bytes, of a categorical column with its categories written out
_HEADER, _LENGTH, _NODES, _COMPRESSION, _DATA = 2, 0, 1, 3, 1  # positions of fields


class TooMuch(ValueError):
    """A table that would take more memory than a graded value may."""


def read_table(data: bytes) -> pa.Table:
    """Read a table. Raises TooMuch, ValueError or pa.ArrowException."""
    source = pa.py_buffer(data)
    left = MAX_VALUES
    for message in pa.ipc.MessageReader.open_stream(source):
        if message.type in ("record batch", "dictionary"):
            left -= _values(message.metadata.to_pybytes(), message.type == "dictionary")
            if left < 0:
                raise TooMuch("more values than can be graded")
    with pa.ipc.open_stream(source) as reader:
        for kind in reader.schema.types:
            if not _is_plain(kind):
                raise ValueError(f"a column of {kind}")
        table = reader.read_all()
    table.validate(full=True)
    for column in table.columns:
        for chunk in column.chunks if pa.types.is_dictionary(column.type) else ():
            _check_categories(chunk)
    return table


def _values(metadata: bytes, is_dictionary: bool) -> int:
    """How many values a batch says that it holds; nested ones count too."""
    batch = _table_at(metadata, _Table(metadata, _offset(metadata, 0)), _HEADER)
    if is_dictionary:
        batch = _table_at(metadata, batch, _DATA)
    if batch.field(_COMPRESSION):
        raise TooMuch("compressed columns")
    at = batch.field(_LENGTH)
    total = struct.unpack_from("<q", metadata, at)[0] if at else 0
    at = batch.field(_NODES)
    if at:
        start = at + _offset(metadata, at)
        for number in range(_offset(metadata, start)):
            length = struct.unpack_from("<q", metadata, start + 4 + 16 * number)[0]
            if length < 0:
                raise ValueError("a column of negative length")
            total += length
    return total


class _Table:
    """A FlatBuffers table and where its fields are."""

    def __init__(self, data: bytes, position: int) -> None:
        self.position = position
        vtable = position - struct.unpack_from("<i", data, position)[0]
        size = struct.unpack_from("<H", data, vtable)[0]
        self._offsets = struct.unpack_from(f"<{(size - 4) // 2}H", data, vtable + 4)

    def field(self, number: int) -> int:
        """The position of a field, 0 when it is absent."""
        offset = self._offsets[number] if number < len(self._offsets) else 0
        return self.position + offset if offset else 0


def _table_at(data: bytes, table: _Table, number: int) -> _Table:
    at = table.field(number)
    if not at:
        raise ValueError("a message without its header")
    return _Table(data, at + _offset(data, at))


def _offset(data: bytes, position: int) -> int:
    return int(struct.unpack_from("<I", data, position)[0])


def _is_plain(kind: pa.DataType, nested: bool = False) -> bool:
    """Whether each value of a type has bytes of its own."""
    types = pa.types
    if types.is_dictionary(kind):
        values = kind.value_type
        return not nested and not types.is_nested(values) and _is_plain(values, True)
    if types.is_struct(kind):
        return all(_is_plain(field.type, True) for field in kind)
    if types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind):
        return _is_plain(kind.value_type, True)
    if isinstance(kind, pa.BaseExtensionType):
        return kind.extension_name == "pandas.period"
    return (
        types.is_primitive(kind)
        or types.is_null(kind)
        or types.is_decimal(kind)
        or types.is_string(kind)
        or types.is_large_string(kind)
        or types.is_binary(kind)
        or types.is_large_binary(kind)
    )


def _check_categories(column: pa.DictionaryArray) -> None:
    kind = column.type.value_type
    if pa.types.is_primitive(kind) or not len(column.dictionary):
        return
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        raise ValueError(f"categories of {kind}")
    longest = pc.max(pc.binary_length(column.dictionary)).as_py() or 0
    if longest * len(column) > MAX_TEXT:
        raise TooMuch("categories that are too long")
