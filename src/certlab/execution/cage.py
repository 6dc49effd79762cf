"""The cage of a run: Linux namespaces, a read-only view of Python, limits, a filter of calls.

Two steps, because every process of a batch sees the same files. `Base` is entered once by the warm
worker: it becomes pid 1 of a pid namespace, without network, and its root becomes a tmpfs in which
nothing but the Python installation and system libraries can be read. `Base.fork` then makes one
child for each run. Before any untrusted code the child has namespaces of its own (user, mount, pid,
network, ipc, uts), a private tmpfs as its only writable place, no capability and no way to get one,
and limits. It is pid 1 of its pid namespace: when it ends, everything that it started ends with it.

Sources: namespaces(7), user_namespaces(7), pid_namespaces(7), mount(2), pivot_root(2),
capabilities(7), seccomp(2).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import struct
import sys
import sysconfig
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from . import linux, seccomp

_NEWNS, _NEWCGROUP, _NEWUTS, _NEWIPC = 0x00020000, 0x02000000, 0x04000000, 0x08000000
_NEWUSER, _NEWPID, _NEWNET = 0x10000000, 0x20000000, 0x40000000
_RDONLY, _NOSUID, _NODEV, _NOEXEC, _REMOUNT = 1, 2, 4, 8, 32
_NOATIME, _NODIRATIME, _BIND, _REC, _PRIVATE = 1024, 2048, 4096, 16384, 1 << 18
_DETACH = 2
_AT_FDCWD, _AT_RECURSIVE = -100, 0x8000
_INODES = 65_536  # files in the writable place; even empty ones take memory
_SET_DUMPABLE, _CAPBSET_DROP, _SET_NO_NEW_PRIVS = 4, 24, 38
_INSIDE_ID = 65534  # "nobody"
_DEVICES = ("null", "zero", "full", "random", "urandom")
_SOCKETS = (seccomp.AF_UNIX, seccomp.AF_INET, seccomp.AF_INET6)  # of an empty network
HOME, WORK = "/tmp/home", "/tmp/work"


# What a wheel of this package holds of the course, every solution with it: no run may read it.
PRIVATE = Path(__file__).resolve().parents[1] / "course"


@dataclass(frozen=True)
class CageLimits:
    """What a caged process may use."""

    memory_bytes: int = 4_000_000_000  # beyond what the process maps when it enters
    writable_bytes: int = 256_000_000
    file_bytes: int = 128_000_000
    processes: int = 64
    open_files: int = 256
    cpu_seconds: int = 300


def readable_paths() -> list[str]:
    """What a caged process may read, but for PRIVATE: this Python, its packages, the system's."""
    candidates = {
        sys.prefix,
        sys.base_prefix,
        sysconfig.get_path("stdlib"),
        "/usr/lib",
        "/usr/lib64",
        "/usr/share/zoneinfo",
        "/lib",
        "/lib64",
        "/bin",
        "/usr/bin",
        "/etc/ld.so.cache",
        str(Path(__file__).parents[1]),  # this package, where it is installed from its source
    }
    found = sorted(path for path in candidates if path and os.path.exists(path))
    return [
        path
        for path in found
        if not any(path != other and Path(path).is_relative_to(other) for other in found)
    ]


class Base:
    """What all cages of a worker share. Made in the process that becomes pid 1 of a namespace."""

    def __init__(self, root: Path, limits: CageLimits) -> None:
        """Mount the view over the empty folder `root` and make it the root. Raises Refused.

        The process must be pid 1 of what `separate` made.
        """
        self._limits = limits
        self._filter = seccomp.Filter(_SOCKETS)
        self._capabilities = _capabilities()
        self._counts_own_pids = _release() >= (6, 14)
        self._hidden = _view(root)
        self._proc = os.open("/proc", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        self._own_pids = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)

    def fork(self) -> int:
        """Fork: 0 in the child, which must call `enter` next, its pid in the caller.

        Raises linux.Refused or OSError.
        """
        linux.call("unshare", _NEWPID)  # of the children, the first of which becomes pid 1
        try:
            child = os.fork()
        except OSError:
            linux.call("setns", self._own_pids, _NEWPID)
            raise
        if child:
            linux.call("setns", self._own_pids, _NEWPID)
        return child

    def enter(self) -> None:
        """Complete the cage, in the child. Raises linux.Refused: then nothing may run in it."""
        limits = self._limits
        linux.call("unshare", _NEWNS | _NEWNET | _NEWIPC | _NEWUTS | _NEWCGROUP)
        size = f"size={limits.writable_bytes},nr_inodes={_INODES}"
        linux.mount("tmpfs", "/tmp", "tmpfs", _NOSUID | _NODEV, size)
        for name in (HOME, WORK, "/tmp/shm"):
            os.mkdir(name)
        for path, kept in self._hidden.items():
            os.makedirs(path)
            linux.mount(kept, path, None, _BIND | _REC)  # read-only, as the mount it copies
        # Read-only, since files of the kernel's obey their owner, who may be the one who grades.
        linux.mount("proc", "/proc", "proc", _RDONLY | _NOSUID | _NODEV | _NOEXEC)
        # RLIMIT_NPROC does not hold for root outside; since Linux 6.14 each pid namespace has a
        # limit of its own, of which about 300 are reserved. Before, it is the whole machine's.
        if self._counts_own_pids:
            with contextlib.suppress(linux.Refused):
                linux.write("sys/kernel/pid_max", str(301 + limits.processes), self._proc)
        die_first(self._proc)
        os.chdir(WORK)
        user, group = os.getuid(), os.getgid()
        linux.call("unshare", _NEWUSER)  # which owns none of the others: no way back into them
        _map_ids(self._proc, _INSIDE_ID, _INSIDE_ID, user, group)
        limit(limits)
        for capability in range(self._capabilities):
            linux.libc().prctl(_CAPBSET_DROP, capability, 0, 0, 0)
        drop_capabilities()
        forbid_privileges()
        self._filter.install()


def separate() -> None:
    """Leave this machine's namespaces; the caller forks next, and the child is pid 1 of a new one.

    Raises linux.Refused where the machine offers no user namespaces.
    """
    user, group = os.getuid(), os.getgid()
    linux.call("unshare", _NEWUSER | _NEWNS | _NEWPID | _NEWNET | _NEWIPC | _NEWUTS | _NEWCGROUP)
    _map_ids(None, 0, 0, user, group)


def works(root: Path) -> str | None:
    """Why this machine cannot build the cage, or None when it can. Tries it in a child."""
    return tried(lambda: _try(root))


def tried(attempt: object) -> str | None:
    """Run `attempt` in a child; return what it raised or printed to stderr, or None for success."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        os.dup2(writer, 2)
        try:
            attempt()  # type: ignore[operator]
        except BaseException as error:
            os.write(2, f"{error}\n".encode())
            os._exit(125)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, encoding="utf-8", errors="replace") as stream:
        said = stream.read().strip()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return None if status == 0 else (said or f"ended with status {status}")


def limit(limits: CageLimits) -> None:
    """Set the limits that a process carries, setrlimit(2)."""
    import resource  # not on Windows, where this module is imported for its names

    mapped = _mapped_bytes()
    for kind, value in (
        (resource.RLIMIT_AS, mapped + limits.memory_bytes),
        (resource.RLIMIT_FSIZE, limits.file_bytes),
        (resource.RLIMIT_NPROC, limits.processes),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (value, value))


def die_first(proc: int | None = None) -> None:
    """Where memory runs out, have the system end this process before any other.

    `proc` is an open /proc that can be written to; the usual one when None.
    """
    with contextlib.suppress(linux.Refused):
        linux.write(
            "self/oom_score_adj" if proc is not None else "/proc/self/oom_score_adj", "1000", proc
        )


def drop_capabilities() -> None:
    """Give up every capability. Raises linux.Refused."""
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)  # _LINUX_CAPABILITY_VERSION_3, this process
    linux.call("capset", header, (ctypes.c_uint32 * 6)())


def forbid_privileges() -> None:
    """No program gives rights back, and no process may look into this one. Raises Refused."""
    linux.call("prctl", _SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    linux.call("prctl", _SET_DUMPABLE, 0, 0, 0, 0)


def _try(root: Path) -> None:
    separate()
    _wait(os.fork() or _as_first(root))


def _as_first(root: Path) -> int:
    """What pid 1 does in a trial: enter the base and fork one caged child."""
    status = 125
    try:
        base = Base(root, CageLimits())
        child = base.fork()
        if child == 0:
            base.enter()
            os._exit(0)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    except BaseException as error:
        os.write(2, f"{error}\n".encode())
    os._exit(status)


def _wait(child: int) -> None:
    os._exit(abs(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])))


def _map_ids(proc: int | None, inside_user: int, inside_group: int, user: int, group: int) -> None:
    start = "self/" if proc is not None else "/proc/self/"
    linux.write(f"{start}setgroups", "deny", proc)
    linux.write(f"{start}uid_map", f"{inside_user} {user} 1", proc)
    linux.write(f"{start}gid_map", f"{inside_group} {group} 1", proc)


def _view(root: Path) -> dict[str, str]:
    """Make a root of its own in which only `readable_paths` can be seen, all of it read-only.

    Returns the paths that a tmpfs on /tmp will hide, and where else each can be found.
    """
    linux.mount(None, "/", None, _REC | _PRIVATE)
    linux.mount("tmpfs", str(root), "tmpfs", _NOSUID | _NODEV, "size=1m,mode=755")
    hidden: dict[str, str] = {}
    for path in readable_paths():
        seen = path
        if Path(path).is_relative_to("/tmp"):  # an environment may lie there
            seen = hidden[path] = f"/kept/{len(hidden)}"
        _bind_read_only(path, f"{root}{seen}")
        real = Path(path).resolve()
        if PRIVATE.is_dir() and PRIVATE.is_relative_to(real) and not os.path.islink(path):
            cover = f"{root}{seen}/{PRIVATE.relative_to(real)}"
            linux.mount("tmpfs", cover, "tmpfs", _RDONLY | _NOSUID | _NODEV, "size=4k,mode=755")
    _mirror_links(root, ("/lib", "/lib64", "/bin"))
    (root / "tmp").mkdir()
    (root / "dev").mkdir()
    for device in _DEVICES:
        target = root / "dev" / device
        target.touch()
        linux.mount(f"/dev/{device}", str(target), None, _BIND)
        # Read-only: it can be written to all the same, but not be given other permissions.
        flags = _REMOUNT | _BIND | _RDONLY | _NOSUID | _NOEXEC | _locked_flags(f"/dev/{device}")
        linux.mount(None, str(target), None, flags)
    (root / "dev" / "shm").symlink_to("/tmp/shm")  # semaphores; nothing outside /tmp is writable
    (root / "proc").mkdir()
    linux.mount("proc", f"{root}/proc", "proc", _NOSUID | _NODEV | _NOEXEC)
    old = root / "old"
    old.mkdir()
    os.chdir(root)
    linux.syscall("pivot_root", b".", b"old")
    os.chdir("/")
    linux.call("umount2", b"/old", _DETACH)
    os.rmdir("/old")
    linux.mount(None, "/", None, _REMOUNT | _RDONLY | _NOSUID | _NODEV)
    # For the worker alone: some libraries, such as PyTorch's compiler, make a folder while they are
    # imported. Every child covers it with a /tmp of its own.
    linux.mount("tmpfs", "/tmp", "tmpfs", _NOSUID | _NODEV, "size=1m,mode=700")
    return hidden


def _bind_read_only(source: str, target: str) -> None:
    if os.path.islink(source):
        return
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        Path(target).touch()
    linux.mount(source, target, None, _BIND | _REC)
    # With all that is mounted below it; a remount would make only the topmost read-only.
    attributes = struct.pack("QQQQ", _RDONLY | _NOSUID | _NODEV, 0, 0, 0)
    size = ctypes.c_size_t(len(attributes))
    recursive = ctypes.c_uint(_AT_RECURSIVE)
    linux.syscall("mount_setattr", _AT_FDCWD, target.encode(), recursive, attributes, size)


def _locked_flags(path: str) -> int:
    """Mount flags that a user namespace must keep when it remounts."""
    known = os.statvfs(path).f_flag
    return sum(flag for flag in (_NOEXEC, _NOATIME, _NODIRATIME) if known & flag)


def _mirror_links(root: Path, paths: Iterable[str]) -> None:
    """Symbolic links such as /lib -> usr/lib, as they are outside."""
    for path in paths:
        target = Path(f"{root}{path}")
        if os.path.islink(path) and not os.path.lexists(target):
            os.symlink(os.readlink(path), target)


def _mapped_bytes() -> int:
    with open("/proc/self/statm", encoding="ascii") as stream:
        return int(stream.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")


def _release() -> tuple[int, ...]:
    """The version of this kernel."""
    return tuple(int(number) for number in re.findall(r"\d+", os.uname().release)[:2])


def _capabilities() -> int:
    """How many capabilities this kernel knows."""
    try:
        with open("/proc/sys/kernel/cap_last_cap", encoding="ascii") as stream:
            return int(stream.read()) + 1
    except (OSError, ValueError):
        return 64  # prctl refuses the ones that a kernel does not know
