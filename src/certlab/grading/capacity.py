"""How many submissions this machine can grade at a time."""

from __future__ import annotations

import os
from pathlib import Path

import psutil

_V2 = Path("/sys/fs/cgroup/cpu.max")
_V1 = Path("/sys/fs/cgroup/cpu")


def jobs_for(memory_bytes: int) -> int:
    """Runs at a time when each may take `memory_bytes`: at least one, at most one for each core.

    Each run computes on one thread, so more than a core's worth would only wait; and if every run
    took all the memory that it may, the machine should still not swap.
    """
    by_memory = psutil.virtual_memory().available // memory_bytes
    return max(1, min(cores(), by_memory))


def cores() -> int:
    """Cores that this process may use, by affinity and by a container's quota."""
    if hasattr(os, "sched_getaffinity"):
        count = len(os.sched_getaffinity(0))
    else:
        count = os.cpu_count() or 1
    quota = _quota()
    return max(1, min(count, round(quota))) if quota else count


def _quota() -> float | None:
    """Cores that a control group allows, or None."""
    try:
        if _V2.is_file():
            allowed, period = _V2.read_text().split()
        else:
            allowed = (_V1 / "cpu.cfs_quota_us").read_text()
            period = (_V1 / "cpu.cfs_period_us").read_text()
        return int(allowed) / int(period) if int(allowed) > 0 else None
    except (OSError, ValueError):  # no such group, or "max"
        return None
