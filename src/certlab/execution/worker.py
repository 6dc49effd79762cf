"""The warm worker: imports libraries once, and forks a caged child for every run.

    python -m certlab.execution.worker CONTROL_FD

Started by `warm.WarmRunner`, which sends the names to import, then one socket per run. The child
that gets a socket enters the cage, and then runs one cell for each request that arrives on it. The
worker itself never runs a cell and never holds a value that a cell made.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import signal
import socket
import struct
import sys
from pathlib import Path
from typing import Any

from . import cage

ENVIRONMENT = {"HOME": "/tmp/home", "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TMPDIR": "/tmp"}
_HEADER = struct.Struct("!I")


def main() -> None:
    """Serve runs until the control socket closes."""
    control = socket.socket(fileno=int(sys.argv[1]))
    order = receive(control, 1_000_000)
    if order is None:
        return
    for name in order["imports"]:
        with contextlib.suppress(Exception):  # a run that needs it will say so itself
            importlib.import_module(name)
    shell = _make_shell()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # ended children leave no zombies
    send(control, {"ready": True})
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        if not message:
            return
        if os.fork() == 0:
            control.close()
            with contextlib.suppress(BaseException):
                _serve(socket.socket(fileno=descriptors[0]), Path(order["root"]), shell)
            os._exit(0)
        os.close(descriptors[0])


def send(channel: socket.socket, message: dict[str, Any]) -> None:
    """Write one length-prefixed JSON message."""
    data = json.dumps(message).encode()
    channel.sendall(_HEADER.pack(len(data)) + data)


def receive(channel: socket.socket, most: int) -> dict[str, Any] | None:
    """Read one message; None at the end. Raises ValueError for what is no message or too long."""
    header = _read(channel, _HEADER.size)
    if header is None:
        return None
    (size,) = _HEADER.unpack(header)
    if size > most:
        raise ValueError(f"a message of {size} bytes")
    data = _read(channel, size)
    if data is None:
        return None
    message = json.loads(data)
    if not isinstance(message, dict):
        raise ValueError("a message that is no object")
    return message


def _read(channel: socket.socket, size: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < size:
        part = channel.recv(min(size - len(parts), 1 << 20))
        if not part:
            return None
        parts += part
    return bytes(parts)


def _serve(channel: socket.socket, root: Path, shell: Any) -> None:
    """Enter the cage and run what is asked for."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    caged = cage.enter(root, cage.CageLimits())
    if caged:
        send(channel, {"pid": caged})
        channel.close()
        os.waitpid(caged, 0)
        os._exit(0)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    _keep_only(channel.fileno())
    os.environ.clear()
    os.environ.update(ENVIRONMENT)
    output = _Counted()
    sys.stdout = sys.stderr = output
    while (request := receive(channel, 1 << 28)) is not None:
        output.size = 0
        shell.display_pub.payloads.clear()
        reply = _run(shell, request["source"])
        wanted = request.get("data_type")
        data = [
            bundle[wanted]
            for bundle in shell.display_pub.payloads
            if isinstance(bundle, dict) and isinstance(bundle.get(wanted), str)
        ]
        send(channel, reply | {"data": data, "output": output.size})


def _run(shell: Any, source: str) -> dict[str, str]:
    result = shell.run_cell(source, store_history=False)
    error = result.error_before_exec or result.error_in_exec
    if error is None:
        return {"status": "ok", "error_name": "", "error": ""}
    name = type(error).__name__
    try:
        text = str(error)
    except BaseException:  # an exception whose __str__ a submission wrote
        text = ""
    return {"status": "error", "error_name": name, "error": f"{name}: {text}" if text else name}


def _keep_only(descriptor: int) -> None:
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    os.closerange(3, descriptor)
    os.closerange(descriptor + 1, 65_536)


class _Counted(io.TextIOBase):
    """Takes in text and keeps only its length."""

    encoding = "utf-8"

    def __init__(self) -> None:
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.size += len(text)
        return len(text)


def _make_shell() -> Any:
    """An IPython shell that shows nothing, keeps no history and collects what is displayed."""
    from IPython.core.displaypub import DisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets import Type
    from traitlets.config import Config

    class Collector(DisplayPublisher):
        payloads: list[Any] = []  # noqa: RUF012  (one shell, one list)

        def publish(self, data: Any, metadata: Any = None, **options: Any) -> None:
            self.payloads.append(data)

    class Shell(InteractiveShell):
        display_pub_class = Type(Collector)

    config = Config()
    config.HistoryManager.enabled = False
    shell = Shell.instance(config=config)
    shell.showtraceback = lambda *given, **options: None
    shell.showsyntaxerror = lambda *given, **options: None
    shell.user_module.__name__ = "__main__"
    import certlab.grading.plain  # noqa: F401  (probes publish through it, and no file is readable)

    return shell


if __name__ == "__main__":
    main()
