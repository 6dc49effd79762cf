"""Databases for gradebooks, a store for submissions and a cluster: servers of our own."""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from .cluster import Cluster
from .store import Store

UNPRIVILEGED = ("postgres", "nobody")  # PostgreSQL refuses to run as root


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A Dask scheduler without workers, in a folder of its own."""
    folder = tmp_path / "cluster"
    folder.mkdir()
    running = Cluster(folder)
    yield running
    running.close()


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """An S3 of its own with one bucket, to which this process and its children are led."""
    running = Store()
    for name, value in running.environment.items():
        monkeypatch.setenv(name, value)
    running.create_bucket()
    yield running
    running.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty gradebook's address, on either kind of database."""
    if request.param == "sqlite":
        return str(tmp_path / "book.db")
    return request.getfixturevalue("postgres_url")


@pytest.fixture
def postgres_url(postgres_server: str) -> str:
    """A database of its own on the server."""
    import psycopg

    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return postgres_server.replace("/postgres?", f"/{name}?")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A server in a temporary folder, on a unix socket, that ends with this process."""
    if sys.platform != "linux":
        pytest.skip("the server's fixture is for Linux")
    programs = postgres_programs()
    if programs is None:
        pytest.skip("no PostgreSQL here; on Debian: apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="certlab-pg-"))  # short: a socket's path has 107 bytes
    server = None
    try:
        user = unprivileged(folder)
        options = ["-U", "certlab", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
        subprocess.run(
            [programs / "initdb", "-D", folder / "data", *options],
            check=True,
            capture_output=True,
            cwd=folder,
            **user,
        )
        settings = ("listen_addresses=", "fsync=off", "shared_buffers=16MB")
        options = [part for setting in settings for part in ("-c", setting)]
        server = subprocess.Popen(
            [programs / "postgres", "-D", folder / "data", "-k", folder, *options],
            stdout=subprocess.DEVNULL,
            stderr=(folder / "log").open("wb"),
            cwd=folder,
            preexec_fn=end_with_parent,
            **user,
        )
        url = f"postgresql://certlab@/postgres?host={folder}"
        wait_until_up(url, server, folder / "log")
        yield url
    finally:
        if server is not None:
            stop(server)
        shutil.rmtree(folder, ignore_errors=True)


def postgres_programs() -> Path | None:
    """The folder of the server's programs: Debian keeps them out of PATH."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return versions[-1].parent if versions else None


def unprivileged(folder: Path) -> dict:
    """How to run a program in `folder` as somebody who is not root."""
    if os.geteuid() != 0:
        return {}
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = next((known[name] for name in UNPRIVILEGED if name in known), None)
    if entry is None:
        pytest.skip(f"none of the users {', '.join(UNPRIVILEGED)} exists here")
    os.chown(folder, entry.pw_uid, entry.pw_gid)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def end_with_parent() -> None:
    """Ask Linux to interrupt this process when the one that started it is gone."""
    ctypes.CDLL(None).prctl(1, signal.SIGINT)


def wait_until_up(url: str, server: subprocess.Popen, log: Path) -> None:
    import psycopg

    for _ in range(600):
        assert server.poll() is None, log.read_text("utf-8", "replace")
        try:
            psycopg.connect(url).close()
            return
        except psycopg.OperationalError:
            time.sleep(0.05)
    pytest.fail(f"PostgreSQL did not start:\n{log.read_text('utf-8', 'replace')}")


def stop(server: subprocess.Popen) -> None:
    """Fast shutdown, then an immediate one, then none to ask."""
    for ending in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        server.send_signal(ending)
        try:
            server.wait(timeout=10)
            return
        except subprocess.TimeoutExpired:
            continue
