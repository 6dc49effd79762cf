"""Files that are no notebook, or no file."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

from ..attack import NAME, Attack


def _raw(name: str, raw: Callable[[bytes], bytes], reasons: str) -> Attack:
    return Attack("files", name, raw=raw, earns=frozenset(), status="unreadable", reasons=reasons)


def _placed(name: str, place: Callable[[Path, bytes], object], reasons: str) -> Attack:
    return Attack(
        "files", name, place=place, earns=frozenset(), status="unreadable", reasons=reasons
    )


def _in_folder(make: Callable[[Path, bytes], object]) -> Callable[[Path, bytes], object]:
    def place(folder: Path, data: bytes) -> None:
        folder.mkdir()
        make(folder, data)

    return place


def _old(data: bytes) -> bytes:
    """The same notebook in format 3."""
    cells = [
        {
            "cell_type": "code",
            "input": cell["source"],
            "outputs": [],
            "language": "python",
            "metadata": cell["metadata"],
        }
        for cell in json.loads(data)["cells"]
        if cell["cell_type"] == "code"
    ]
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": cells}]}
    return json.dumps(old).encode()


def _cells(count: int) -> bytes:
    cell = b'{"cell_type":"code","source":"x","metadata":{}}'
    return b'{"nbformat":4,"nbformat_minor":5,"cells":[' + b",".join([cell] * count) + b"]}"


def _with_metadata(metadata: bytes) -> bytes:
    cell = b'{"cell_type":"code","source":"x","metadata":{"certlab":' + metadata + b"}}"
    return b'{"nbformat":4,"nbformat_minor":5,"cells":[' + cell + b"]}"


def _two_others(folder: Path, data: bytes) -> None:
    (folder / "one.ipynb").write_bytes(data)
    (folder / "two.ipynb").write_bytes(data)


_OTHERS = f"../honest-right/{NAME}"
ATTACKS = [
    _raw("empty", lambda data: b"", "empty"),
    _raw("blank", lambda data: b" \n" * 1000, "empty"),
    _raw("truncated", lambda data: data[: len(data) // 2], "not a readable notebook"),
    _raw("not-utf-8", lambda data: b"\xff\xfe" + data, "not UTF-8"),
    _raw("utf-16", lambda data: data.decode().encode("utf-16"), "not UTF-8"),
    _raw("binary", lambda data: bytes(range(256)) * 1000, "not UTF-8"),
    _raw("list", lambda data: b"[" + data + b"]", "names no format"),
    _raw("other-json", lambda data: b'{"score": 100}', "names no format"),
    _raw("format-of-the-future", lambda data: b'{"nbformat": 99, "cells": []}', "format"),
    _raw("nested", lambda data: b"[" * 10**6 + b"]" * 10**6, "not"),
    _raw(
        "nested-metadata", lambda data: _with_metadata(b'{"a":' * 900 + b"1" + b"}" * 900), "nested"
    ),
    _raw("many-parts", lambda data: _with_metadata(b"[" + b"{}," * 10**7 + b"0]"), "more parts"),
    _raw("many-cells", lambda data: _cells(100_000), "100000 cells"),
    _raw("ids-of-other-kinds", lambda data: data.replace(b'"id": "', b'"id": ["a"], "x": "'), "id"),
    _raw(
        "sources-of-other-kinds",
        lambda data: data.replace(b'"source": "', b'"source": [5], "x": "'),
        "notebook",
    ),
    _raw("script", lambda data: b'{"nbformat": "<script>alert(1)</script>"}', "format"),
    _raw(
        "large-and-old",
        lambda data: b'{"nbformat": 3, "worksheets": [' + b'{"cells": []},' * 100_000 + b"{}]}",
        "old format",
    ),
    Attack("files", "old-format", raw=_old),
    Attack("files", "byte-order-mark", raw=lambda data: b"\xef\xbb\xbf" + data),
    Attack(
        "files",
        "surrogates",
        # Half a character in a comment changes no answer, and no file or page breaks on it.
        raw=lambda data: data.replace(b"values * 3 - 1", b"values * 3 - 1 # \\ud800"),
        questions={"scale": ("correct", "")},
    ),
    _placed("huge", _in_folder(lambda f, data: os.truncate(_made(f), 2**40)), "too large"),
    _placed("link", _in_folder(lambda f, data: (f / NAME).symlink_to(_OTHERS)), "link"),
    _placed(
        "link-of-another-name",
        _in_folder(lambda f, data: (f / "x.ipynb").symlink_to(_OTHERS)),
        "link",
    ),
    _placed("dangling-link", _in_folder(lambda f, data: (f / NAME).symlink_to("nowhere")), "link"),
    _placed(
        "link-to-a-device", _in_folder(lambda f, data: (f / NAME).symlink_to("/dev/zero")), "link"
    ),
    _placed("linked-folder", lambda folder, data: folder.symlink_to("honest-right"), "link"),
    _placed("pipe", _in_folder(lambda f, data: os.mkfifo(f / NAME)), "not a regular file"),
    _placed("folder", _in_folder(lambda f, data: (f / NAME).mkdir()), "not a regular file"),
    _placed("nothing", _in_folder(lambda f, data: None), "no notebook"),
    _placed("two-others", _in_folder(_two_others), "2 other notebooks"),
    Attack(
        "files",
        "odd-name",
        place=_in_folder(lambda f, data: (f / "my \n<b>copy \udcff.ipynb").write_bytes(data)),
    ),
]


def _made(folder: Path) -> Path:
    path = folder / NAME
    path.touch()
    return path
