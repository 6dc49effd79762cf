"""The gradebook's tables, the connection to them, and the upgrade of tables made earlier."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Float,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    event,
    inspect,
    make_url,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import CreateColumn
from sqlalchemy.types import TypeDecorator

BUSY_SECONDS = 60  # how long SQLite waits for another process's write

# The names are folders' and files', so 255 characters; keys are hashes.
_NAME = String(255)


class UtcDateTime(TypeDecorator[datetime.datetime]):
    """A moment: stored in UTC, also by databases that know no time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(
        self, value: datetime.datetime | None, dialect: Dialect
    ) -> datetime.datetime | None:
        """Convert to UTC."""
        return None if value is None else value.astimezone(datetime.UTC)

    def process_result_value(
        self, value: datetime.datetime | None, dialect: Dialect
    ) -> datetime.datetime | None:
        """Say that it is UTC where the database did not."""
        if value is None:
            return None
        return value.replace(tzinfo=datetime.UTC) if value.tzinfo is None else value


_metadata = MetaData()

submissions = Table(
    "submissions",
    _metadata,
    Column("student", _NAME, primary_key=True),
    Column("exercise", _NAME, primary_key=True),
    Column("status", String(20), nullable=False),
    Column("score", Float, nullable=False),
    Column("max", Float, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("submission_hash", String(64), nullable=False),
    Column("graded_at", UtcDateTime, nullable=False),
    Column("key", String(255), nullable=False, server_default=""),
    Column("submitted_at", UtcDateTime, nullable=True),
)

questions = Table(
    "questions",
    _metadata,
    Column("student", _NAME, primary_key=True),
    Column("exercise", _NAME, primary_key=True),
    Column("question", _NAME, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("score", Float, nullable=False),
    Column("max", Float, nullable=False),
    Column("status", String(20), nullable=False),
    Column("message", Text, nullable=False),
    Column("draws_right", Integer, nullable=False, server_default="0"),
    Column("draws", Integer, nullable=False, server_default="0"),
    ForeignKeyConstraint(
        ["student", "exercise"], ["submissions.student", "submissions.exercise"], ondelete="CASCADE"
    ),
)

# No foreign key: an instructor's decision outlives whatever the machine records.
overrides = Table(
    "overrides",
    _metadata,
    Column("student", _NAME, primary_key=True),
    Column("exercise", _NAME, primary_key=True),
    Column("question", _NAME, primary_key=True),
    Column("points", Float, nullable=False),
    Column("why", Text, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
)

# Columns that gradebooks made by earlier versions lack.
_ADDED = (submissions.c.key, submissions.c.submitted_at, questions.c.draws_right, questions.c.draws)


class NotAGradebook(Exception):
    """A database with tables of the same names that hold something else."""


def connect(url: str) -> Engine:
    """An engine for a database URL, or for a file's path with SQLite."""
    if "://" not in url:
        parsed = make_url("sqlite://").set(database=str(Path(url)))
    else:
        parsed = make_url(url)
        if parsed.drivername in ("postgresql", "postgres"):
            parsed = parsed.set(drivername="postgresql+psycopg")
    engine = create_engine(parsed)
    if engine.dialect.name == "sqlite":
        _configure_sqlite(engine)
    return engine


def prepare(engine: Engine) -> None:
    """Make the tables, or add what those of an earlier version lack. Raises NotAGradebook."""
    try:
        _prepare(engine)
    except DBAPIError:
        _prepare(engine)  # another process may have made them between our look and our write


def _prepare(engine: Engine) -> None:
    if not _missing(engine):
        return
    with engine.connect().execution_options(certlab_write=True) as connection, connection.begin():
        _metadata.create_all(connection)
        for column in _missing(connection):
            _add(connection, column)


def _missing(bind: Engine | Connection) -> list[Column[Any]]:
    """Columns that the database's tables lack; all of a table that is not there."""
    inspector = inspect(bind)
    existing = set(inspector.get_table_names())
    missing: list[Column[Any]] = []
    for table in _metadata.sorted_tables:
        if table.name not in existing:
            missing.extend(table.columns)
            continue
        found = {column["name"] for column in inspector.get_columns(table.name)}
        lacking = [column for column in table.columns if column.name not in found]
        unknown = [column.name for column in lacking if column not in _ADDED]
        if unknown:
            raise NotAGradebook(
                f"its table `{table.name}` lacks the columns {', '.join(unknown)}, so it is no "
                "gradebook of CertLab's; give another file or database"
            )
        missing.extend(lacking)
    return missing


def _add(connection: Connection, column: Column[Any]) -> None:
    definition = CreateColumn(column).compile(dialect=connection.dialect)
    connection.exec_driver_sql(f"ALTER TABLE {column.table} ADD COLUMN {definition}")


def _configure_sqlite(engine: Engine) -> None:
    """Readers never wait, writers wait for each other, and a killed process leaves no half row."""

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy's BEGIN is the only one
        connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        # A transaction that will write takes the lock first: one that only asks for it after
        # reading is refused at once when another process has written in between.
        writes = connection.get_execution_options().get("certlab_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
