"""Landlock: rules about files, sockets and signals that a process sets for itself, landlock(7).

What keeps a submission from the disk where the system offers no namespaces.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable
from pathlib import Path

from . import linux

_VERSION = 1  # LANDLOCK_CREATE_RULESET_VERSION
_PATH_BENEATH = 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_READ = _EXECUTE | _READ_FILE | _READ_DIR
_FILE_RIGHTS = _EXECUTE | _WRITE_FILE | _READ_FILE  # what a rule on a file may name
_FIRST_RIGHTS = (1 << 13) - 1
_LATER_RIGHTS = {2: 1 << 13, 3: 1 << 14, 5: 1 << 15}  # refer, truncate, ioctl_dev
_TRUNCATE, _NO_IOCTL = 1 << 14, ~(1 << 15)
_NETWORK_FROM, _SCOPES_FROM = 4, 6
_NO_TCP, _NO_OUTSIDE = 3, 3  # bind and connect; abstract sockets and signals
_NO_SIGNALS = 2


SIGNALS_FROM = 6


def version() -> int:
    """The version of Landlock that this system offers, from 1. Raises linux.Refused."""
    return linux.syscall("landlock_create_ruleset", None, ctypes.c_size_t(0), _VERSION)


def keep_signals() -> bool:
    """Have signals of this process reach only what it starts; False where Landlock is too old.

    Needs no_new_privs. Raises linux.Refused.
    """
    if version() < _SCOPES_FROM:
        return False
    ruleset = _ruleset(struct.pack("QQQ", 0, 0, _NO_SIGNALS))
    try:
        linux.syscall("landlock_restrict_self", ruleset, 0)
    finally:
        os.close(ruleset)
    return True


def restrict(
    readable: Iterable[str], writable: Iterable[str], devices: Iterable[str], private: Path
) -> None:
    """Leave this process, and what it starts, these folders and files. Raises linux.Refused.

    What lies in the folder `private`, a path without links, is not read, even where a readable
    folder holds it. Needs no_new_privs. From version 4 on TCP is refused too, from 6 on abstract
    sockets of others and signals to others.
    """
    offered = version()
    rights = _FIRST_RIGHTS
    for since, right in _LATER_RIGHTS.items():
        rights |= right if offered >= since else 0
    attributes = struct.pack("Q", rights)
    if offered >= _NETWORK_FROM:
        attributes += struct.pack("Q", _NO_TCP)
    if offered >= _SCOPES_FROM:
        attributes += struct.pack("Q", _NO_OUTSIDE)
    ruleset = _ruleset(attributes)
    try:
        for path in readable:
            folder = Path(path).resolve()
            if private.is_dir() and private.is_relative_to(folder):
                _allow_around(ruleset, folder, private)
            else:
                _allow(ruleset, path, _READ)
        for path in writable:
            _allow(ruleset, path, rights & _NO_IOCTL)
        for path in devices:
            _allow(ruleset, path, (_READ_FILE | _WRITE_FILE | _TRUNCATE) & rights)
        linux.syscall("landlock_restrict_self", ruleset, 0)
    finally:
        os.close(ruleset)


def _ruleset(attributes: bytes) -> int:
    return linux.syscall("landlock_create_ruleset", attributes, ctypes.c_size_t(len(attributes)), 0)


def _allow_around(ruleset: int, folder: Path, private: Path) -> None:
    """Allow all of `folder` but `private`: no rule takes away, so each neighbour has its own."""
    _allow(ruleset, str(folder), _READ_DIR)  # imports list the folders on the way
    for entry in folder.iterdir():
        if entry == private or entry.is_symlink():  # a rule would be for what the link leads to
            continue
        if private.is_relative_to(entry):
            _allow_around(ruleset, entry, private)
        else:
            _allow(ruleset, str(entry), _READ)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        folder = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        if not os.path.isdir(path):
            rights &= _FILE_RIGHTS | _TRUNCATE
        rule = struct.pack("=Qi", rights, folder)
        linux.syscall("landlock_add_rule", ruleset, _PATH_BENEATH, rule, 0)
    finally:
        os.close(folder)
