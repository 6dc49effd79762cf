"""The warm worker: imports libraries once, and forks a child for every run.

    python -m certlab.execution.worker CONTROL_FD

Started by `warm.Worker`. The first message on the control socket says what to import and how
children are kept apart; every later one asks for a child and carries the socket that it will talk
on, or for a slot: a copy of the worker that takes orders from a socket of its own. The worker
itself never runs a cell and never holds a value that a cell made.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import importlib
import json
import os
import random
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from . import cage, confined, linux
from .messages import receive, send

_CAGED = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
MOST_ORDER = 1 << 17
# Modules that a library imports at its first use, when a run would have to wait for it.
_ALSO = {"tensorflow": ("keras",)}


class Tier(Protocol):
    """How children are kept apart: `fork` in the worker, then `enter` in the child."""

    def fork(self, channel: int) -> int:
        """Fork: 0 in the child, its pid in the caller. `channel` is what the child talks on."""

    def enter(self, order: dict[str, Any]) -> dict[str, str]:
        """Complete the child; return its environment."""


Serve = Callable[[socket.socket], None]


def main() -> None:
    """Serve runs until the control socket closes."""
    control = socket.socket(fileno=int(sys.argv[1]))
    data = control.recv(MOST_ORDER)
    if not data:
        return
    order = json.loads(data)
    limits = cage.CageLimits(**order["limits"])
    try:
        free = _Free() if order["tier"] == "none" else None
        if order["tier"] == "namespaces":
            cage.separate()
            if child := os.fork():
                control.close()
                os.waitpid(child, 0)
                return
        if not sys.flags.safe_path:
            sys.path.pop(0)  # where this module was started
        serve = _child(order["child"], caged=free is None)
        _import(order["imports"])  # after the shell is made: matplotlib looks for one
        tier = free or _tier(order["tier"], Path(order["root"]), limits)
    except (linux.Refused, OSError) as error:
        control.send(json.dumps({"failed": str(error)}).encode())
        return
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # ended children leave no zombies
    control.send(b'{"ready": true}')
    _serve_runs(control, tier, serve)


def _serve_runs(control: socket.socket, tier: Tier, serve: Serve) -> None:
    gc.collect()
    gc.freeze()  # children neither scan nor copy what the libraries made
    while True:
        data, descriptors, _, _ = socket.recv_fds(control, MOST_ORDER, 3)
        if not data:
            return
        order = json.loads(data)
        if "imports" in order:
            _import(order["imports"])
            gc.freeze()
            control.send(b'{"ready": true}')
            continue
        if "slot" in order:
            slot = socket.socket(fileno=descriptors[0])
            child = _forked(os.fork)
            if child != 0:
                _hand_over(slot, child)
                continue
            control.close()
            control = slot
            continue
        channel = socket.socket(fileno=descriptors[0])
        child = _forked(functools.partial(tier.fork, channel.fileno()))
        if child != 0:
            _hand_over(channel, child)
            for descriptor in descriptors[1:]:
                os.close(descriptor)
            continue
        control.close()
        with contextlib.suppress(BaseException):
            _run_child(channel, descriptors[1:], tier, order, serve)
        os._exit(0)


def _forked(fork: Callable[[], int]) -> int:
    """What `fork` returns, or -1 where it fails: the next one may not."""
    me = os.getpid()
    try:
        return fork()
    except (OSError, ValueError, linux.Refused) as error:
        if os.getpid() != me:  # a process on the way to a child
            os._exit(1)
        print(f"forking failed: {error}", file=sys.stderr, flush=True)
        return -1


def _hand_over(channel: socket.socket, child: int) -> None:
    """Give a descriptor of a child's process to whoever asked for it; nothing for no child."""
    with contextlib.suppress(OSError):  # the grader is gone
        process = os.pidfd_open(child)
        socket.send_fds(channel, [b"p"], [process])
        os.close(process)
    channel.close()


def _run_child(
    channel: socket.socket, standard: list[int], tier: Tier, order: dict[str, Any], serve: Serve
) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    # A group of its own: signals to "my group" reach the whole of it, in other pid namespaces too.
    os.setsid()
    if receive(channel, 1_000) is None:  # it has the descriptor of this process, and limits it
        return
    try:
        environment = tier.enter(order)
    except BaseException as error:  # nothing may run half caged
        send(channel, {"failed": str(error)})
        os._exit(125)
    _keep_only(channel.fileno(), standard)
    os.environ.clear()
    os.environ.update(environment)
    _seed()
    send(channel, {"ready": True})
    serve(channel)


class _Namespaces:
    """Tier one: the whole cage."""

    def __init__(self, root: Path, limits: cage.CageLimits) -> None:
        self._base = cage.Base(root, limits)

    def fork(self, channel: int) -> int:
        return self._base.fork()

    def enter(self, order: dict[str, Any]) -> dict[str, str]:
        self._base.enter()
        return _caged() | {"HOME": cage.HOME, "TMPDIR": "/tmp"}


class _Landlock:
    """Tier two: what a process may ask of the kernel for itself."""

    def __init__(self, limits: cage.CageLimits) -> None:
        self._confinement = confined.Confinement(limits)
        self.fork = self._confinement.fork

    def enter(self, order: dict[str, Any]) -> dict[str, str]:
        folder = Path(order["folder"])
        self._confinement.enter(folder)
        return _caged() | {"HOME": str(folder / "home"), "TMPDIR": str(folder / "work")}


class _Free:
    """No tier: a process of its own with the caller's rights, folder and environment."""

    def __init__(self) -> None:
        self._before = dict(os.environ)

    def fork(self, channel: int) -> int:
        return os.fork()

    def enter(self, order: dict[str, Any]) -> dict[str, str]:
        os.chdir(order["folder"])
        by_imports = {k: v for k, v in os.environ.items() if self._before.get(k) != v}
        return order["environment"] | by_imports


def _tier(name: str, root: Path, limits: cage.CageLimits) -> Tier:
    if name == "namespaces":
        return _Namespaces(root, limits)
    return _Landlock(limits)


def _child(kind: str, caged: bool) -> Serve:
    """What a child does; the shell that it will use is made here, once."""
    if kind == "steps":
        from . import steps

        shell = steps.make_shell()
        return lambda channel: steps.serve(channel, shell)
    from . import notebook_kernel

    return notebook_kernel.prepared(caged)


def _import(names: list[str]) -> None:
    for name in names:
        for module in (name, *_ALSO.get(name, ())):
            with contextlib.suppress(Exception):  # a run that needs it will say so itself
                importlib.import_module(module)


def _caged() -> dict[str, str]:
    return _CAGED | {"MPLBACKEND": os.environ["MPLBACKEND"]}


def _seed() -> None:
    """Give this child random numbers of its own; a fork copies the state of the generators."""
    random.seed()
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()


def _keep_only(descriptor: int, standard: list[int]) -> None:
    """Close all but the channel; `standard` is what takes the place of stdout and stderr."""
    null = os.open(os.devnull, os.O_RDWR)
    for number, source in enumerate((null, *standard, null, null)[:3]):
        os.dup2(source, number)
    os.closerange(3, descriptor)
    os.closerange(descriptor + 1, 65_536)


if __name__ == "__main__":
    main()
