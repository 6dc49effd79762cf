"""The warm worker: imports libraries once, and forks a child for every run.

    python -m certlab.execution.worker CONTROL_FD

Started by `warm.Worker`. The first message on the control socket says what to import and how
children are kept apart; every later one asks for a child and carries the socket that it will talk
on. The worker itself never runs a cell and never holds a value that a cell made.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from . import cage, confined, linux
from .messages import receive, send

ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
MOST_ORDER = 1 << 17
# Modules that a library imports at its first use, when a run would have to wait for it.
_ALSO = {"tensorflow": ("keras",), "matplotlib.pyplot": ("matplotlib_inline.backend_inline",)}


class Tier(Protocol):
    """How children are kept apart: `fork` in the worker, then `enter` in the child."""

    def fork(self) -> int: ...  # noqa: D102

    def enter(self, folder: Path | None) -> dict[str, str]: ...  # noqa: D102


def main() -> None:
    """Serve runs until the control socket closes."""
    control = socket.socket(fileno=int(sys.argv[1]))
    data = control.recv(MOST_ORDER)
    if not data:
        return
    order = json.loads(data)
    limits = cage.CageLimits(**order["limits"])
    try:
        if order["isolation"] == "namespaces":
            cage.separate()
            if child := os.fork():
                control.close()
                os.waitpid(child, 0)
                return
        _import(order["imports"])
        serve = _child(order["child"])
        tier = _tier(order["isolation"], Path(order["root"]), limits)
    except (linux.Refused, OSError) as error:
        control.send(json.dumps({"failed": str(error)}).encode())
        return
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # ended children leave no zombies
    control.send(b'{"ready": true}')
    _serve_runs(control, tier, serve)


def _serve_runs(
    control: socket.socket, tier: Tier, serve: Callable[[socket.socket], None]
) -> None:
    gc.collect()
    gc.freeze()  # children neither scan nor copy what the libraries made
    while True:
        data, descriptors, _, _ = socket.recv_fds(control, MOST_ORDER, 1)
        if not data:
            return
        order = json.loads(data)
        if "imports" in order:
            _import(order["imports"])
            gc.freeze()
            control.send(b'{"ready": true}')
            continue
        channel = socket.socket(fileno=descriptors[0])
        folder = Path(order["folder"]) if order.get("folder") else None
        child = tier.fork()
        if child:
            with contextlib.suppress(OSError):  # the grader is gone
                process = os.pidfd_open(child)
                socket.send_fds(channel, [b"p"], [process])
                os.close(process)
            channel.close()
            continue
        control.close()
        with contextlib.suppress(BaseException):
            _run_child(channel, tier, folder, serve)
        os._exit(0)


def _run_child(
    channel: socket.socket, tier: Tier, folder: Path | None, serve: Callable[[socket.socket], None]
) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if receive(channel, 1_000) is None:  # it has the descriptor of this process, and limits it
        return
    try:
        places = tier.enter(folder)
    except BaseException as error:  # nothing may run half caged
        send(channel, {"failed": str(error)})
        os._exit(125)
    _keep_only(channel.fileno())
    os.environ.clear()
    os.environ.update(ENVIRONMENT | places)
    send(channel, {"ready": True})
    serve(channel)


class _Namespaces:
    """Tier one: the whole cage."""

    def __init__(self, root: Path, limits: cage.CageLimits) -> None:
        self._base = cage.Base(root, limits)
        self.fork = self._base.fork

    def enter(self, folder: Path | None) -> dict[str, str]:
        self._base.enter()
        return {"HOME": cage.HOME, "TMPDIR": "/tmp"}


class _Landlock:
    """Tier two: what a process may ask of the kernel for itself."""

    def __init__(self, limits: cage.CageLimits) -> None:
        self._confinement = confined.Confinement(limits)
        self.fork = self._confinement.fork

    def enter(self, folder: Path | None) -> dict[str, str]:
        assert folder is not None
        self._confinement.enter(folder)
        return {"HOME": str(folder / "home"), "TMPDIR": str(folder / "work")}


def _tier(isolation: str, root: Path, limits: cage.CageLimits) -> Tier:
    if isolation == "namespaces":
        return _Namespaces(root, limits)
    assert isolation == "landlock"
    return _Landlock(limits)


def _child(kind: str) -> Callable[[socket.socket], None]:
    assert kind == "steps"
    from . import steps

    shell = steps.make_shell()
    return lambda channel: steps.serve(channel, shell)


def _import(names: list[str]) -> None:
    for name in names:
        for module in (name, *_ALSO.get(name, ())):
            with contextlib.suppress(Exception):  # a run that needs it will say so itself
                importlib.import_module(module)


def _keep_only(descriptor: int) -> None:
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    os.closerange(3, descriptor)
    os.closerange(descriptor + 1, 65_536)


if __name__ == "__main__":
    main()
