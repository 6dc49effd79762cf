"""Folders and files on this machine or in a store: `s3://`, `gs://`, `abfs://` and fsspec's others.

A place on this machine is a `pathlib.Path`. One in a store is a `upath.UPath`, which joins and
names like a path; what touches the store goes through the functions here, so that its errors
become one clear message. Writing is whole or not at all in both: a temporary file that is renamed,
or a single object that is put.
"""

from __future__ import annotations

import contextlib
import datetime
import os
import stat
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

_UPLOADS = 16  # objects put at a time: a store answers many at once, each slowly
_PACKAGES = {"gs": "gcsfs", "gcs": "gcsfs", "abfs": "adlfs", "abfss": "adlfs", "az": "adlfs"}
_uploads: ContextVar[_Uploads | None] = ContextVar("uploads", default=None)


class StorageError(Exception):
    """A store cannot be used; the message names the address, the reason and the mend."""


@dataclass(frozen=True)
class Content:
    """A file's bytes and when it was changed last."""

    data: bytes
    changed: datetime.datetime


@dataclass(frozen=True)
class Entry:
    """A file in a store."""

    parts: tuple[str, ...]  # below the folder that was listed
    size: int


class TooLarge(OSError):
    """A file is larger than the caller takes; `size` in bytes."""

    def __init__(self, size: int) -> None:
        super().__init__(f"the file is too large ({size / 1e6:.0f} MB)")
        self.size = size
        self.strerror = str(self)


def place(text: str) -> Path:
    """A path, or for an address such as `s3://bucket/folder` what has a path's interface.

    Raises StorageError for a store that no installed package knows.
    """
    if "://" not in text:
        return Path(text)
    protocol = text.split("://")[0]
    if protocol in ("file", "local"):
        return Path(url2pathname(unquote(urlsplit(text).path)))
    try:
        from upath import UPath
    except ImportError as error:
        raise StorageError(
            f"{text}: addresses of stores need the extra `cloud`; pip install 'certlab[cloud]'"
        ) from error
    try:
        found = UPath(text)
        found.fs  # noqa: B018 imports the package for this kind of store
    except ImportError as error:
        package = _PACKAGES.get(protocol)
        mend = f"pip install {package}" if package else str(error)
        raise StorageError(
            f"{text}: the package for {protocol}:// is not installed; {mend}"
        ) from error
    except ValueError as error:
        raise StorageError(
            f"{text}: no kind of store that fsspec knows; use s3://, gs:// or abfs://"
        ) from error
    except Exception as error:  # credentials that are looked for at once, as gcsfs and adlfs do
        raise StorageError(_said("opened", text, error)) from error
    return cast(Path, found)


def is_remote(path: Path) -> bool:
    """Whether a place is in a store."""
    return not isinstance(path, Path)


def files_below(folder: Path) -> list[Entry]:
    """Every file below a folder of a store, by as few requests as the store allows.

    Raises StorageError, also for a bucket that is not there.
    """
    with _errors("listed", folder):
        # Without a depth, S3 is listed by a thousand keys at a time instead of folder by folder.
        found = _fs(folder).find(_key(folder), detail=True)
        if not found:
            _fs(folder).ls(_key(folder), refresh=True)  # tells what is empty from what is missing
    start = _key(folder).rstrip("/") + "/"
    return [
        Entry(tuple(name.removeprefix(start).split("/")), int(info.get("size") or 0))
        for name, info in found.items()
        if name.startswith(start) and info.get("type") == "file"
    ]


def read(path: Path, most: int) -> Content:
    """Read a regular file of at most `most` bytes; never a link, a device or a pipe.

    Raises OSError (TooLarge for a larger file, which is not read), for a store's file
    StorageError; FileNotFoundError in both when it is missing.
    """
    return _read_remote(path, most) if is_remote(path) else _read_local(path, most)


def read_text(path: Path) -> str | None:
    """A text file of our own, or None where there is none. Raises OSError, StorageError."""
    try:
        if is_remote(path):
            with _errors("read", path):
                return _fs(path).cat_file(_key(path)).decode("utf-8")
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None


def exists(path: Path) -> bool:
    """Whether a file is there. Raises StorageError."""
    if not is_remote(path):
        return path.exists()
    with _errors("looked up", path):
        try:
            _fs(path).info(_key(path))
        except FileNotFoundError:
            return False
        return True


def write_atomically(path: Path, text: str, *, keep: bool = False) -> None:
    """Write `text` so that a full disk or a crash leaves the old file or the new one.

    With `keep`, a file that is there is left alone. Raises OSError, StorageError; inside
    `uploads`, for a store, possibly later.
    """
    if not is_remote(path):
        if not (keep and path.exists()):
            _write_local(path, text)
    elif (running := _uploads.get()) is not None:
        running.put(path, text, keep)
    else:
        _put(path, text, keep)


@contextlib.contextmanager
def uploads() -> Iterator[None]:
    """Put objects side by side; all are in the store when the block ends. Raises StorageError."""
    with ThreadPoolExecutor(_UPLOADS, thread_name_prefix="upload") as pool:
        running = _Uploads(pool)
        token = _uploads.set(running)
        try:
            yield
            running.finish()
        finally:
            _uploads.reset(token)
            pool.shutdown(wait=True, cancel_futures=True)


class _Uploads:
    """Puts that are under way, few enough to hold in memory."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self._pool = pool
        self._waiting: list[Future[None]] = []

    def put(self, path: Path, text: str, keep: bool) -> None:
        if len(self._waiting) >= 4 * _UPLOADS:
            self._waiting.pop(0).result()
        self._waiting.append(self._pool.submit(_put, path, text, keep))

    def finish(self) -> None:
        for future in self._waiting:
            future.result()


def _put(path: Path, text: str, keep: bool) -> None:
    if keep and exists(path):
        return
    with _errors("written", path):
        _fs(path).pipe_file(_key(path), text.encode("utf-8"))


def _write_local(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _read_local(path: Path, most: int) -> Content:
    # Not following a link and not waiting for a pipe hold even when the file is exchanged between
    # its being found and its being opened. Windows has neither flag.
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0)
    flags |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    with os.fdopen(os.open(path, flags), "rb") as stream:
        status = os.fstat(stream.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise OSError(0, "not a regular file", str(path))
        data = stream.read(most + 1) if status.st_size <= most else b""
        if max(status.st_size, len(data)) > most:
            raise TooLarge(max(status.st_size, len(data)))
    return Content(data, datetime.datetime.fromtimestamp(status.st_mtime, datetime.UTC))


def _read_remote(path: Path, most: int) -> Content:
    with _errors("read", path):
        status = path.stat()
        data = b""
        if 0 < status.st_size <= most:  # an empty object has no range
            data = _fs(path).cat_file(_key(path), start=0, end=most + 1)
        changed = datetime.datetime.fromtimestamp(status.st_mtime, datetime.UTC)
    if max(status.st_size, len(data)) > most:
        raise TooLarge(max(status.st_size, len(data)))
    return Content(data, changed)


@contextlib.contextmanager
def _errors(done: str, path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        if done in ("read", "looked up") and "bucket" not in str(error).lower():
            raise
        raise StorageError(_said(done, path, error)) from error
    except Exception as error:  # every store's client has errors of its own
        raise StorageError(_said(done, path, error)) from error


def _said(done: str, path: Path | str, error: Exception) -> str:
    name = type(error).__name__
    text = (str(error).strip().splitlines() or [name])[0][:300]
    if isinstance(error, FileNotFoundError):
        mend = "check the address"
    elif isinstance(error, PermissionError) or "redential" in name + text:
        mend = "check the credentials and what they may do"
    else:
        mend = "check the address, the network and the credentials"
    return f"{path} cannot be {done}: {text}; {mend}"


def _fs(path: Path) -> Any:
    return cast(Any, path).fs


def _key(path: Path) -> str:
    return cast(Any, path).path
