"""Memory and process limits by control group, where this user may make one: cgroups(7).

The limits of a cage are those of single processes; a group limits all processes of a run together,
and counts what they write to their tmpfs. Version 1 and 2 hierarchies are used as they are found.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import queue
import select
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path("/sys/fs/cgroup")
_numbers = itertools.count()
_END_SECONDS = 10.0  # what the kernel gets to end a killed run and give back its memory


@dataclass(frozen=True)
class _Place:
    """A folder in which groups can be made, and the file that takes a limit there."""

    folder: Path
    limit_file: str


class Groups:
    """A fixed number of groups that runs take in turn: making one for each run would cost more.

    A run's first process is the last one to end; a group is taken again only after that, since
    what is left of one run would count for the next.
    """

    def __init__(self, count: int, memory_bytes: int, processes: int) -> None:
        """Make the groups. Raises OSError where this user may not."""
        wanted = {"memory": memory_bytes, "pids": processes}
        self._groups: queue.SimpleQueue[tuple[list[Path], int]] = queue.SimpleQueue()
        self._made: list[Path] = []
        name = f"certlab-{os.getpid()}-{next(_numbers)}"
        try:
            _remove_stale()
            for number in range(count):
                group: list[Path] = []
                for controller, place in _places().items():
                    folder = place.folder / f"{name}-{number}"
                    if folder not in group:
                        folder.mkdir()
                        self._made.append(folder)
                        group.append(folder)
                    (folder / place.limit_file).write_text(str(wanted[controller]))
                self._groups.put((group, -1))
        except OSError:
            self.close()
            raise

    def take(self) -> list[Path]:
        """A group that no run uses; waits for one."""
        group, process = self._groups.get()
        if process != -1:
            ended = select.poll()
            ended.register(process, select.POLLIN)
            ended.poll(1_000 * _END_SECONDS)
            os.close(process)
        return group

    def give_back(self, group: list[Path], process: int) -> None:
        """Let another run have the group once `process`, an own descriptor or -1, has ended."""
        self._groups.put((group, process))

    def close(self) -> None:
        """Remove the groups, as far as nothing is left in them."""
        with contextlib.suppress(queue.Empty):
            while True:
                _, process = self._groups.get_nowait()
                if process != -1:
                    os.close(process)
        for folder in self._made:
            with contextlib.suppress(OSError):
                folder.rmdir()
        self._made = []


def put(process: int, group: Sequence[Path]) -> None:
    """Move a process into a group. Raises OSError."""
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
