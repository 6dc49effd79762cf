"""Where submissions are graded: on this machine, or on a Dask cluster."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from .job import Executor, Job
from .local import on_this_machine


class ClusterError(Exception):
    """A cluster cannot be used, or no longer; the message names it, the reason and the mend."""


def on_cluster(
    job: Job,
    scheduler: str,
    seconds: float,
    sample: Path | None = None,
    warn: Callable[[str], None] = lambda message: None,
) -> AbstractContextManager[Executor]:
    """Grade on the Dask cluster of the scheduler at an address.

    `seconds` is how long to wait for the scheduler, and for a worker where there is none. `sample`
    is a submission in a store, which workers must be able to read. `warn` is told which workers
    cannot grade, and why. Raises ClusterError, NoCage where no worker offers the isolation.
    """
    try:
        from .cluster import on_cluster
    except ImportError as error:
        raise ClusterError(
            f"--executor dask needs the extra `dask` ({error}); pip install 'certlab[dask]'"
        ) from error
    return on_cluster(job, scheduler, seconds, sample, warn)


__all__ = ["ClusterError", "Executor", "Job", "on_cluster", "on_this_machine"]
