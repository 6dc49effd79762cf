"""What works on this machine, and how to get the rest."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

State = Literal["ok", "missing", "broken"]  # missing: optional; broken: the course needs it

_COURSE_PACKAGES = (
    "numpy",
    "pandas",
    "scikit-learn",
    "tensorflow",
    "keras",
    "matplotlib",
    "jupyterlab",
    "papermill",
    "nbval",
)
_GRADING_PACKAGES = ("sqlalchemy", "jinja2")
_FREE_GIGABYTES = 1.0


@dataclass(frozen=True)
class Finding:
    """One line of the report."""

    state: State
    what: str
    detail: str


def diagnose() -> list[Finding]:
    """Look at everything that a command of CertLab relies on."""
    return [
        _python(),
        *(_package(name, "broken", "run `make env`") for name in _COURSE_PACKAGES),
        *(
            _package(name, "missing", "pip install 'certlab[grading]'")
            for name in _GRADING_PACKAGES
        ),
        _package("psycopg", "missing", "for PostgreSQL: pip install 'certlab[postgres]'"),
        _package("distributed", "missing", "for Dask clusters: pip install 'certlab[dask]'"),
        _package("s3fs", "missing", "for s3:// addresses: pip install 'certlab[cloud]'"),
        _package("torch", "missing", "for the PyTorch module: pip install 'certlab[torch]'"),
        _course(),
        _kernel(),
        _quiet_kernel(),
        *_isolation(),
        _cores(),
        _disk(),
        _browser(),
    ]


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    supported = (3, 11) <= sys.version_info[:2] <= (3, 13)
    return Finding(
        "ok" if supported else "broken",
        "Python",
        version if supported else f"{version}; the course runs on 3.11 to 3.13",
    )


def _package(name: str, otherwise: State, mend: str) -> Finding:
    try:
        return Finding("ok", name, importlib.metadata.version(name))
    except importlib.metadata.PackageNotFoundError:
        return Finding(otherwise, name, f"not installed; {mend}")


def _course() -> Finding:
    from certlab.curriculum import CurriculumError, find_root, load_course

    try:
        root = find_root()
        course = load_course(root)
    except FileNotFoundError as error:
        return Finding("missing", "course", str(error))
    except CurriculumError as error:
        return Finding("broken", "course", f"{len(error.problems)} problems; see `certlab build`")
    return Finding("ok", "course", f"{len(course.modules)} modules in {root}")


def _kernel() -> Finding:
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        spec = KernelSpecManager().get_kernel_spec("python3")
    except NoSuchKernel:
        return Finding(
            "broken", "Jupyter kernel", "none; run `python -m ipykernel install --sys-prefix`"
        )
    return Finding("ok", "Jupyter kernel", spec.display_name)


def _quiet_kernel() -> Finding:
    config = Path(sys.prefix) / "etc" / "ipython" / "ipython_kernel_config.py"
    if config.is_file() and "capture_fd_output" in config.read_text(encoding="utf-8"):
        return Finding("ok", "quiet TensorFlow", str(config))
    return Finding(
        "missing", "quiet TensorFlow", "notices will show in notebooks; reinstall certlab with pip"
    )


def _isolation() -> list[Finding]:
    """Which tiers of `grade --isolation` this machine gives, best first, and why not the others."""
    from certlab.execution import cgroups
    from certlab.execution.warm import why_not

    findings = []
    gives = {
        "namespaces": "submissions are caged",
        "landlock": "the second best: submissions see no files of yours and no network",
    }
    for tier, meaning in gives.items():
        reason = why_not(tier)  # type: ignore[arg-type]
        detail = meaning if reason is None else f"not offered here ({reason})"
        findings.append(Finding("ok" if reason is None else "missing", f"isolation {tier}", detail))
    if all(finding.state == "missing" for finding in findings):
        detail = "all that is left: submissions run with your user's rights and network"
        findings.append(Finding("ok", "isolation process", detail))
    elif (reason := cgroups.why_not()) is None:
        findings.append(Finding("ok", "memory of a run", "limited by a control group"))
    else:
        detail = f"limited for each process alone; no control groups for this user ({reason})"
        findings.append(Finding("missing", "memory of a run", detail))
    return findings


def _cores() -> Finding:
    from certlab.grading.capacity import cores

    return Finding("ok", "cores", f"{cores()}")


def _disk() -> Finding:
    free = shutil.disk_usage(Path.cwd()).free / 1e9
    if free < _FREE_GIGABYTES:
        return Finding("broken", "disk", f"only {free:.1f} GB free here")
    return Finding("ok", "disk", f"{free:.0f} GB free here")


def _browser() -> Finding:
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            done = subprocess.run(
                [path, "--version"], capture_output=True, text=True, check=False, timeout=30
            )
            return Finding("ok", "Chromium", (done.stdout.strip() or path) + " (browser tests)")
    return Finding(
        "missing", "Chromium", "browser tests are skipped; on Debian: apt-get install chromium"
    )
