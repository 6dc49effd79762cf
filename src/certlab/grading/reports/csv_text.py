"""CSV that spreadsheets read as data: text that came from a submission is never a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

_FORMULA = frozenset("=+-@\t\n＝＋－＠")


def write_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The text of a CSV file. Text that a spreadsheet could take for a formula gets a `'`."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([_cell(value) for value in header])
    writer.writerows([_cell(value) for value in row] for row in rows)
    return stream.getvalue()


def number(value: float) -> str:
    """A number of points as LMSs take it: at most two decimals, a point, no exponent."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _cell(value: object) -> object:
    if isinstance(value, float):
        return number(value)
    if not isinstance(value, str):
        return value
    text = value.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")
    bare = text.strip(" ")
    return f"'{text}" if bare[:1] in _FORMULA and bare not in ("", "-") else text
