"""Linux system calls that Python does not offer, through ctypes.

Sources: the man pages of each call; numbers from the kernel's tables for x86-64 and 64-bit Arm.
"""

from __future__ import annotations

import ctypes
import functools
import os

SYSCALLS = {  # name: (x86_64, aarch64)
    "mount_setattr": (442, 442),
    "pivot_root": (155, 41),
    "landlock_create_ruleset": (444, 444),
    "landlock_add_rule": (445, 445),
    "landlock_restrict_self": (446, 446),
}
_MACHINES = {"x86_64": 0, "aarch64": 1}


class Refused(Exception):
    """The system refuses a call; the message says which and why."""


@functools.cache
def libc() -> ctypes.CDLL:
    """The C library of this process."""
    return ctypes.CDLL(None, use_errno=True)


def machine_index() -> int:
    """The column of this machine in tables of system calls. Raises Refused."""
    machine = os.uname().machine
    if machine not in _MACHINES:
        raise Refused(f"the system calls of {machine} are not known")
    return _MACHINES[machine]


def call(name: str, *arguments: object) -> int:
    """Call a function of the C library. Raises Refused where it returns -1."""
    result = getattr(libc(), name)(*arguments)
    if result == -1:
        raise Refused(f"{name} is refused here ({os.strerror(ctypes.get_errno())})")
    return int(result)


def syscall(name: str, *arguments: object) -> int:
    """Make a system call that the C library has no function for. Raises Refused."""
    number = SYSCALLS[name][machine_index()]
    result = libc().syscall(ctypes.c_long(number), *arguments)
    if result == -1:
        raise Refused(f"{name} is refused here ({os.strerror(ctypes.get_errno())})")
    return int(result)


def mount(
    source: str | None, target: str, kind: str | None, flags: int, options: str | None = None
) -> None:
    """Mount `source` on `target`. Raises Refused."""
    encoded = [text.encode() if text is not None else None for text in (source, kind, options)]
    if libc().mount(encoded[0], target.encode(), encoded[1], ctypes.c_ulong(flags), encoded[2]):
        reason = os.strerror(ctypes.get_errno())
        raise Refused(f"mounting {source or target} is refused here ({reason})")


def write(path: str, text: str, folder: int | None = None) -> None:
    """Write a line to a file of the kernel's, below the open `folder`. Raises Refused."""
    try:
        descriptor = os.open(path, os.O_WRONLY, dir_fd=folder)
        try:
            os.write(descriptor, text.encode())
        finally:
            os.close(descriptor)
    except OSError as error:
        raise Refused(f"writing {path} is refused here ({error.strerror})") from error
