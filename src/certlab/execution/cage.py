"""Puts the calling process into a cage: Linux namespaces, a read-only view of Python, limits.

`enter` is called in a freshly forked child, before any untrusted code. It returns in a process that
is pid 1 of its own pid namespace and has no network, no capability and no way to get one, sees
nothing but the Python installation and system libraries, and may write to one small tmpfs only.
When that process ends, everything that it started ends with it.

Linux system calls go through ctypes, because Python offers `os.unshare` only from 3.12 on and
`mount` not at all. Sources: man pages user_namespaces(7), pid_namespaces(7), mount(2),
pivot_root(2), capabilities(7).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import sys
import sysconfig
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_CLONE_NEWNS, _CLONE_NEWIPC, _CLONE_NEWUTS = 0x00020000, 0x08000000, 0x04000000
_CLONE_NEWUSER, _CLONE_NEWPID, _CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_NOEXEC = 1, 2, 4, 8
_MS_REMOUNT, _MS_BIND, _MS_REC, _MS_PRIVATE = 32, 4096, 16384, 1 << 18
_MNT_DETACH = 2
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_CAPBSET_DROP = 1, 4, 24
_PR_SET_NO_NEW_PRIVS = 38
_LAST_CAPABILITY = 63  # prctl refuses the ones that this kernel does not know
_SYS_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
_INSIDE_ID = 65534  # "nobody"
_DEVICES = ("null", "zero", "full", "random", "urandom")


class CageError(Exception):
    """This machine does not offer a part of the cage; says which."""


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
    """What a caged process may read: this Python, its packages, and system libraries."""
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


def enter(root: Path, limits: CageLimits) -> int:
    """Enter the cage; `root` is an empty folder that the new root is mounted over.

    Returns 0 in the caged process, and its pid in the process that called, which should wait for it
    and end. Raises CageError, in the process that called, when the machine offers no namespaces;
    when a later step fails, the caged process ends with a message on stderr and status 125.
    """
    user, group = os.getuid(), os.getgid()
    flags = _CLONE_NEWUSER | _CLONE_NEWNS | _CLONE_NEWPID | _CLONE_NEWNET
    _call("unshare", flags | _CLONE_NEWIPC | _CLONE_NEWUTS)
    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{_INSIDE_ID} {user} 1")
    _write("/proc/self/gid_map", f"{_INSIDE_ID} {group} 1")
    parent = os.getpid()
    child = os.fork()
    if child:
        return child
    try:
        _call("prctl", _PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() not in (parent, 0):  # 0: the parent is outside this pid namespace
            os._exit(125)
        _change_root(root, limits.writable_bytes)
        _limit(limits)
        _drop_privileges(limits.processes)
    except BaseException as error:  # nothing may run half caged
        os.write(2, f"certlab cage: {error}\n".encode())
        os._exit(125)
    return 0


def works(root: Path) -> str | None:
    """Why this machine cannot build the cage, or None when it can. Tries it in a child."""
    reader, writer = os.pipe()
    middle = os.fork()
    if middle == 0:
        os.close(reader)
        os.dup2(writer, 2)
        try:
            caged = enter(root, CageLimits())
            if caged == 0:
                os._exit(0)
            os._exit(os.waitstatus_to_exitcode(os.waitpid(caged, 0)[1]))
        except BaseException as error:
            os.write(2, f"{error}\n".encode())
            os._exit(125)
    os.close(writer)
    with os.fdopen(reader, encoding="utf-8", errors="replace") as stream:
        said = stream.read().strip()
    status = os.waitstatus_to_exitcode(os.waitpid(middle, 0)[1])
    return None if status == 0 else (said or f"ended with status {status}")


def _change_root(root: Path, writable_bytes: int) -> None:
    _mount(None, "/", None, _MS_REC | _MS_PRIVATE)
    _mount("tmpfs", root, "tmpfs", _MS_NOSUID | _MS_NODEV, "size=1m,mode=755")
    (root / "tmp").mkdir()
    _mount("tmpfs", root / "tmp", "tmpfs", _MS_NOSUID | _MS_NODEV, f"size={writable_bytes}")
    for name in ("home", "work"):
        (root / "tmp" / name).mkdir()
    for path in readable_paths():  # after /tmp: an environment may lie below it
        _bind_read_only(path, f"{root}{path}")
    _mirror_links(root, ("/lib", "/lib64", "/bin"))
    (root / "dev").mkdir()
    for device in _DEVICES:
        target = root / "dev" / device
        target.touch()
        _mount(f"/dev/{device}", target, None, _MS_BIND)
    (root / "proc").mkdir()
    _mount("proc", root / "proc", "proc", _MS_NOSUID | _MS_NODEV | _MS_NOEXEC)
    old = root / "old"
    old.mkdir()
    os.chdir(root)
    machine = os.uname().machine
    if machine not in _SYS_PIVOT_ROOT:
        raise CageError(f"pivot_root is not known for {machine}")
    _call("syscall", _SYS_PIVOT_ROOT[machine], b".", b"old")
    os.chdir("/")
    _call("umount2", b"/old", _MNT_DETACH)
    os.rmdir("/old")
    _mount(None, "/", None, _MS_REMOUNT | _MS_RDONLY | _MS_NOSUID | _MS_NODEV)
    os.chdir("/tmp/work")


def _bind_read_only(source: str, target: str) -> None:
    if os.path.islink(source):
        return
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        Path(target).touch()
    _mount(source, target, None, _MS_BIND | _MS_REC)
    flags = _MS_REMOUNT | _MS_BIND | _MS_RDONLY | _MS_NOSUID | _MS_NODEV
    _mount(None, target, None, flags | _locked_flags(source))


def _locked_flags(path: str) -> int:
    """Mount flags that a user namespace must keep when it remounts."""
    known = os.statvfs(path).f_flag
    return sum(flag for flag in (_MS_NOEXEC, 1024, 2048) if known & flag)  # noatime, nodiratime


def _mirror_links(root: Path, paths: Iterable[str]) -> None:
    """Symbolic links such as /lib -> usr/lib, as they are outside."""
    for path in paths:
        target = Path(f"{root}{path}")
        if os.path.islink(path) and not os.path.lexists(target):
            os.symlink(os.readlink(path), target)


def _limit(limits: CageLimits) -> None:
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


def _mapped_bytes() -> int:
    with open("/proc/self/statm", encoding="ascii") as stream:
        return int(stream.read().split()[0]) * resource.getpagesize()


def _drop_privileges(processes: int) -> None:
    # RLIMIT_NPROC does not hold for root outside; since Linux 6.14 each pid namespace has a
    # limit of its own, of which about 300 are reserved.
    with contextlib.suppress(CageError):
        _write("/proc/sys/kernel/pid_max", str(301 + processes))
    # No namespace inside this one: most ways out of a cage begin with a fresh user namespace.
    for kind in ("user", "mnt", "pid", "net"):
        _write(f"/proc/sys/user/max_{kind}_namespaces", "0")
    for capability in range(_LAST_CAPABILITY + 1):
        _libc().prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)
    _call("prctl", _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)  # _LINUX_CAPABILITY_VERSION_3, this process
    _call("capset", header, (ctypes.c_uint32 * 6)())
    _call("prctl", _PR_SET_DUMPABLE, 0, 0, 0, 0)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _call(name: str, *arguments: object) -> None:
    if getattr(_libc(), name)(*arguments) != 0:
        raise CageError(f"{name} is refused here ({os.strerror(ctypes.get_errno())})")


def _mount(
    source: str | None,
    target: str | Path,
    kind: str | None,
    flags: int,
    options: str | None = None,
) -> None:
    encoded = [text.encode() if text is not None else None for text in (source, kind, options)]
    result = _libc().mount(
        encoded[0], str(target).encode(), encoded[1], ctypes.c_ulong(flags), encoded[2]
    )
    if result != 0:
        reason = os.strerror(ctypes.get_errno())
        raise CageError(f"mounting {source or target} is refused here ({reason})")


def _write(path: str, text: str) -> None:
    try:
        with open(path, "w", encoding="ascii") as stream:
            stream.write(text)
    except OSError as error:
        raise CageError(f"writing {path} is refused here ({error.strerror})") from error
