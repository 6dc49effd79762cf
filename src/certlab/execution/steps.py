"""The child of a warm worker that runs the steps of a submission and answers with plain results.

It runs in its cage beside untrusted code, so nothing that it sends is trusted (see warm.py).
"""

from __future__ import annotations

import io
import signal
import socket
import sys
from typing import Any

from .messages import receive, send

_MOST_REQUEST = 1 << 28


def make_shell() -> Any:
    """An IPython shell that shows nothing, keeps no history and collects what is displayed.

    Made once by the worker; every child has a copy of its own.
    """
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
    shell.run_cell("None", store_history=False)  # what the first cell of a shell imports
    import certlab.grading.plain  # noqa: F401  (probes publish through it, and no file is readable)

    return shell


def serve(channel: socket.socket, shell: Any) -> None:
    """Run what is asked for until the channel closes."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    refuse_installing(shell)
    output = _Counted()
    sys.stdout = sys.stderr = output
    while (request := receive(channel, _MOST_REQUEST)) is not None:
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


def refuse_installing(shell: Any) -> None:
    """Make the magics that install packages say that a caged run cannot."""
    from IPython.core.error import UsageError

    def refuse(line: str = "", cell: str | None = None) -> None:
        raise UsageError(
            "packages cannot be installed here: this run has no network and its libraries are "
            "read-only; only what the course's environment holds can be used"
        )

    for name in ("pip", "conda", "mamba", "micromamba", "uv"):
        shell.register_magic_function(refuse, "line_cell", name)


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
