"""The child of a warm worker that runs the steps of a submission and answers with plain results.

It runs in its cage beside untrusted code, so nothing that it sends is trusted (see warm.py).
"""

from __future__ import annotations

import ast
import io
import signal
import socket
import sys
from typing import Any

from .messages import receive, send

_MOST_REQUEST = 1 << 28
_MOST_ERROR = 2_000  # characters; a message may hold the whole of some data
_NOT_PLAIN = SyntaxError("to be run by IPython")


def make_shell() -> Any:
    """An IPython shell that shows nothing, keeps no history and collects what is displayed.

    Made once by the worker; every child has a copy of its own.
    """
    from IPython.core.displayhook import DisplayHook
    from IPython.core.displaypub import DisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets import Type
    from traitlets.config import Config

    class Collector(DisplayPublisher):
        payloads: list[Any] = []  # noqa: RUF012  (one shell, one list)

        def publish(self, data: Any, metadata: Any = None, **options: Any) -> None:
            self.payloads.append(data)

    class Silent(DisplayHook):
        """Keeps `_` and `Out` as a notebook does, and formats nothing, since no one looks."""

        def compute_format_data(self, result: Any) -> tuple[dict, dict]:
            return {}, {}

        def write_output_prompt(self) -> None:
            pass

        def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
            pass

    class Shell(InteractiveShell):
        display_pub_class = Type(Collector)
        displayhook_class = Type(Silent)

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
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt is for a cell
    refuse_installing(shell)
    output, cells = _Counted(), _Cells(shell)
    sys.stdout = sys.stderr = output
    while (request := receive(channel, _MOST_REQUEST)) is not None:
        wanted = request["data_type"]
        for source in request["sources"]:
            output.size = 0
            shell.display_pub.payloads.clear()
            reply = _interruptible(cells, source)
            data = [
                bundle[wanted]
                for bundle in shell.display_pub.payloads
                if isinstance(bundle, dict) and isinstance(bundle.get(wanted), str)
            ]
            send(channel, reply | {"data": data, "output": output.size})


def _interruptible(cells: _Cells, source: str) -> dict[str, str]:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return cells.run(source)
    except KeyboardInterrupt:  # it came just as the cell had ended
        return {"status": "error", "error_name": "KeyboardInterrupt", "error": "KeyboardInterrupt"}
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)


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


class _Cells:
    """Runs cells in the shell's namespace: plain Python directly, everything else by the shell.

    IPython takes as long for a cell as a small answer does. What it would do differently from plain
    Python it does when a cell is not plain, or when a submission has hooked into the shell.
    """

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._hooks = self._count_hooks()

    def run(self, source: str) -> dict[str, str]:
        """Run one cell; return its status and error."""
        error = self._direct(source) if self._hooks == self._count_hooks() else _NOT_PLAIN
        if error is _NOT_PLAIN:
            error = self._by_shell(source)
        if error is None:
            return {"status": "ok", "error_name": "", "error": ""}
        name = type(error).__name__
        try:
            text = str(error)
        except BaseException:  # an exception whose __str__ a submission wrote
            text = ""
        name, text = name[:_MOST_ERROR], text[:_MOST_ERROR]
        return {"status": "error", "error_name": name, "error": f"{name}: {text}" if text else name}

    def _by_shell(self, source: str) -> BaseException | None:
        try:
            result = self._shell.run_cell(source, store_history=False)
        except BaseException as error:  # of a hook that a submission put into the shell
            return error
        return result.error_before_exec or result.error_in_exec

    def _direct(self, source: str) -> BaseException | None:
        shell = self._shell
        try:
            name = shell.compile.cache(source, 0)  # where inspect.getsource looks
            body = ast.parse(source, name).body
            last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
            code = shell.compile(ast.Module(body, []), name, "exec")
            value = None
            if isinstance(last, ast.Expr):
                value = shell.compile(ast.Expression(last.value), name, "eval")
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return _NOT_PLAIN  # a magic, an await, or a mistake that IPython words better
        try:
            exec(code, shell.user_global_ns, shell.user_ns)
            if value is not None:
                shown = eval(value, shell.user_global_ns, shell.user_ns)
                if shown is not None:
                    shell.user_ns["_"] = shown
        except BaseException as error:
            return error
        return None

    def _count_hooks(self) -> int:
        shell = self._shell
        transformers = (
            shell.ast_transformers,
            shell.input_transformers_post,
            shell.input_transformer_manager.cleanup_transforms,
            shell.input_transformer_manager.line_transforms,
        )
        return sum(map(len, (*shell.events.callbacks.values(), *transformers)))


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
