"""Memory and process limits by control group, where this user may make one: cgroups(7).

The limits of a cage are those of single processes; a group limits all processes of a run together,
and counts what they write to their tmpfs. Version 1 and 2 hierarchies are used as they are found.
"""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path("/sys/fs/cgroup")
_numbers = itertools.count()


@dataclass(frozen=True)
class _Place:
    """A folder in which groups can be made, and the file that takes a limit there."""

    folder: Path
    limit_file: str


class Groups:
    """A number of groups with the same limits, made once: a process takes long to move into one."""

    def __init__(self, count: int, memory_bytes: int, processes: int) -> None:
        """Make the groups. Raises OSError where this user may not."""
        wanted = {"memory": memory_bytes, "pids": processes}
        self.folders: list[list[Path]] = []
        name = f"certlab-{os.getpid()}-{next(_numbers)}"
        try:
            _remove_stale()
            for number in range(count):
                group: list[Path] = []
                self.folders.append(group)
                for controller, place in _places().items():
                    folder = place.folder / f"{name}-{number}"
                    if folder not in group:
                        folder.mkdir()
                        group.append(folder)
                    (folder / place.limit_file).write_text(str(wanted[controller]))
        except OSError:
            self.close()
            raise

    def close(self) -> None:
        """Remove the groups, as far as nothing is left in them."""
        for folder in (folder for group in self.folders for folder in group):
            with contextlib.suppress(OSError):
                folder.rmdir()
        self.folders = []


def put(process: int, group: Sequence[Path]) -> None:
    """Move a process, and the children it will have, into a group. Raises OSError."""
    for folder in group:
        (folder / "cgroup.procs").write_text(str(process))


def why_not() -> str | None:
    """Why no groups can be made here, or None."""
    try:
        Groups(1, 1 << 30, 64).close()
    except OSError as error:
        return error.strerror or str(error)
    return None


def _remove_stale() -> None:
    """Remove groups of graders that were killed. Raises OSError."""
    for place in _places().values():
        for folder in place.folder.glob("certlab-*-*-*"):
            owner = folder.name.split("-")[1]
            if owner.isdecimal() and not Path("/proc", owner).exists():
                with contextlib.suppress(OSError):
                    folder.rmdir()


def _places() -> dict[str, _Place]:
    """Where groups for memory and processes can be made. Raises OSError."""
    mine: dict[str, str] = {}
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        mine |= {controller: path for controller in controllers.split(",")}
    if "memory" in mine:  # version 1: a tree for each controller
        memory = _Place(_below(_ROOT / "memory", mine["memory"]), "memory.limit_in_bytes")
        places = {"memory": memory}
        if "pids" in mine:
            places["pids"] = _Place(_below(_ROOT / "pids", mine["pids"]), "pids.max")
        return places
    folder = _below(_ROOT, mine.get("", "/"))
    offered = (folder / "cgroup.subtree_control").read_text().split()
    missing = {"memory", "pids"} - set(offered)
    if missing:
        (folder / "cgroup.subtree_control").write_text(" ".join(f"+{name}" for name in missing))
    return {"memory": _Place(folder, "memory.max"), "pids": _Place(folder, "pids.max")}


def _below(root: Path, path: str) -> Path:
    """The folder of a group; a container sees its own group as the root of the tree."""
    folder = root / path.strip("/")
    return folder if folder.is_dir() else root
