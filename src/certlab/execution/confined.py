"""The second tier, for Linux machines that offer no namespaces: Landlock, seccomp and limits.

A confined run sees the same files as a caged one and writes only to a folder of its own; it has no
sockets, no capability and the same limits. Compared with the cage it shares the process numbers,
the network's and the user's names with the machine, its folder is on the disk and has no size, and
its memory is limited by address space alone. It can see that a file exists, and how large it is,
though not what is in it. What it started is ended by a keeper process, which the kernel makes the
parent of every orphan.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
from pathlib import Path

from . import cage, landlock, linux, seccomp

_SET_CHILD_SUBREAPER = 36
_SET_PDEATHSIG = 1
_SET_NO_NEW_PRIVS = 38
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")


class Confinement:
    """Makes confined children of one worker."""

    def __init__(self, limits: cage.CageLimits) -> None:
        """Raises linux.Refused where the system offers no Landlock that keeps signals apart."""
        if (offered := landlock.version()) < landlock.SIGNALS_FROM:
            raise linux.Refused(
                f"Landlock's version {offered} does not keep runs from ending other processes; "
                f"{landlock.SIGNALS_FROM} does, of Linux 6.12"
            )
        self._limits = limits
        self._filter = seccomp.Filter((), seccomp.ATTRIBUTES)

    def fork(self, channel: int) -> int:
        """Fork a child below a keeper: 0 in the child, the child's pid in the caller.

        The keeper holds the descriptor `channel` until all that the child started has ended.
        """
        reader, writer = os.pipe()
        if os.fork():
            os.close(writer)
            with os.fdopen(reader) as stream:
                return int(stream.read())
        os.close(reader)
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        linux.call("prctl", _SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        linux.call("prctl", _SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        apart = landlock.keep_signals()
        child = os.fork()
        if child == 0:
            os.close(writer)
            return 0
        os.write(writer, str(child).encode())
        os.closerange(3, channel)
        os.closerange(channel + 1, 65_536)
        _await_end(child, channel)
        _end_orphans(apart)
        os._exit(0)

    def enter(self, folder: Path) -> None:
        """Confine this process to `folder`, for good. Raises linux.Refused."""
        linux.call("prctl", _SET_PDEATHSIG, signal.SIGKILL)
        cage.die_first()
        for name in ("home", "work"):
            (folder / name).mkdir()
        os.chdir(folder / "work")
        cage.limit(self._limits)
        cage.drop_capabilities()
        cage.forbid_privileges()
        landlock.restrict(cage.readable_paths(), [str(folder)], _DEVICES, cage.PRIVATE)
        self._filter.install()


def works(folder: Path) -> str | None:
    """Why this machine cannot confine, or None when it can. Tries it in a child."""

    def attempt() -> None:
        Confinement(cage.CageLimits()).enter(folder)

    return cage.tried(attempt)


def _await_end(child: int, channel: int) -> None:
    """Wait for the end of a run, or of the grader at the other end of its channel; then end it."""
    watch = select.poll()
    watch.register(os.pidfd_open(child), select.POLLIN)
    watch.register(channel, 0)  # it tells of a hang-up without being asked
    watch.poll()
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def _end_orphans(apart: bool) -> None:
    """Kill all that is left below this process, however often it forks.

    A process that forks and ends over and over is never met under the number that it had. Where
    this process's signals reach nothing but what it started, one signal to all meets it.
    """
    me = os.getpid()
    apart = apart and not _reaches(os.getppid())
    while True:
        for process in [-1] if apart else _children(me):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(process, signal.SIGKILL)
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def _reaches(process: int) -> bool:
    """Whether this process may send signals to another one."""
    try:
        os.kill(process, 0)
    except PermissionError:
        return False
    return True


def _children(parent: int) -> list[int]:
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError, IndexError, ValueError):
            status = Path(f"/proc/{name}/stat").read_text(encoding="utf-8", errors="replace")
            if int(status.rpartition(")")[2].split()[1]) == parent:
                found.append(int(name))
    return found
