"""The child of a warm worker that is a Jupyter kernel: ipykernel's own, without ZeroMQ.

Messages are those of the Jupyter protocol, as JSON over the socket that the child was given. The
kernel, its shell, its streams and its configuration are ipykernel's, so that a notebook finds what
it finds in an ordinary kernel; only what carries the messages is replaced.
"""

from __future__ import annotations

import asyncio
import atexit
import base64
import contextlib
import fcntl
import importlib.util
import os
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Callable
from typing import Any

from ipykernel import ipkernel, kernelapp
from ipykernel.iostream import IOPubThread
from jupyter_client.jsonutil import extract_dates
from jupyter_client.session import Session
from tornado.ioloop import IOLoop

from .messages import HEADER, parse
from .steps import refuse_installing

_MOST_REQUEST = 1 << 30
_ARGUMENTS = ["--HistoryManager.hist_file=:memory:"]


def prepared(caged: bool) -> Callable[[socket.socket], None]:
    """Make a kernel in the worker; return what a child calls to be it."""
    launcher = importlib.util.find_spec("ipykernel_launcher")
    sys.argv = [str(launcher and launcher.origin), "-f", "kernel.json", *_ARGUMENTS]
    sys.orig_argv = [sys.executable, "-m", "ipykernel_launcher", *sys.argv[1:]]
    application = IPKernelApp.instance()
    application.prepare()
    if caged:
        refuse_installing(application.shell)
    return application.serve


class PipeSession(Session):
    """Builds messages as any session does, and writes them to the child's socket."""

    def open(self, channel: socket.socket) -> None:
        """Write to `channel` from now on."""
        self._channel = channel
        self._writing = threading.RLock()
        # Processes that a notebook forks write here as well, one at a time.
        self._turn = tempfile.TemporaryFile()  # noqa: SIM115  (as long as this process)

    def send(
        self,
        stream: Any,
        msg_or_type: Any,
        content: Any = None,
        parent: Any = None,
        ident: Any = None,
        buffers: Any = None,
        track: bool = False,
        header: Any = None,
        metadata: Any = None,
    ) -> dict[str, Any]:
        """Send a message; a reply when `stream` is None, output otherwise."""
        message = msg_or_type
        if not isinstance(message, dict):
            message = self.msg(
                msg_or_type, content=content, parent=parent, header=header, metadata=metadata
            )
        envelope = {
            "channel": "shell" if stream is None else "iopub",
            "message": message,
            "buffers": [base64.b64encode(part).decode() for part in buffers or ()],
        }
        data = self.pack(envelope)
        with self._writing:
            fcntl.lockf(self._turn, fcntl.LOCK_EX)
            try:
                self._channel.sendall(HEADER.pack(len(data)) + data)
            finally:
                fcntl.lockf(self._turn, fcntl.LOCK_UN)
        return message

    def feed_identities(self, msg_list: Any, copy: bool = True) -> tuple[list, Any]:
        """What arrives over the pipe is one message with no routing before it."""
        return [], msg_list

    def deserialize(self, msg_list: Any, content: bool = True, copy: bool = True) -> Any:
        """What arrives over the pipe has been read already."""
        return msg_list


class IPythonKernel(ipkernel.IPythonKernel):
    """ipykernel's kernel with all requests on one thread; libraries look at its name."""

    @property
    def _supports_kernel_subshells(self) -> bool:
        return False

    def _abort_queues(self, subshell_id: str | None = None) -> None:
        """After an error there is nothing to abort: a client sends one request at a time."""


class Publisher(IOPubThread):
    """The thread that sends what streams have buffered, without the sockets of the original."""

    def __init__(self) -> None:
        self.io_loop = IOLoop(make_current=False)
        self._process = os.getpid()
        self.thread = threading.Thread(target=self._run, name="IOPub", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self.thread.start()

    def schedule(self, f: Callable[[], Any]) -> None:
        """Call `f` in the thread, or here where there is none: in a process that was forked."""
        if self._process == os.getpid() and self.thread.is_alive():
            self.io_loop.add_callback(f)
        else:
            f()

    def _run(self) -> None:
        asyncio.set_event_loop(self.io_loop.asyncio_loop)
        self.io_loop.start()


class IPKernelApp(kernelapp.IPKernelApp):
    """ipykernel's application, made in two parts: before the fork and after it."""

    def prepare(self) -> None:
        """Make the kernel and its shell, in the worker."""
        super(kernelapp.IPKernelApp, self).initialize(_ARGUMENTS)
        self.init_pdb()
        self.session = PipeSession(parent=self)
        factory = IPythonKernel.instance
        self.kernel = factory(
            parent=self,
            session=self.session,
            iopub_socket="iopub",  # a name is enough for PipeSession
            log=self.log,
            profile_dir=self.profile_dir,
            user_ns=self.user_ns,
        )
        # Where the kernel asks which thread runs cells; there are no others.
        self.kernel.shell_channel_thread = _Threads()
        self.init_path()
        self.init_shell()

    def serve(self, channel: socket.socket) -> None:
        """Be the kernel at the other end of `channel`, until it is told to shut down."""
        assert isinstance(self.session, PipeSession)
        self.session.open(channel)
        self.iopub_thread = Publisher()
        self.iopub_thread.start()
        self.init_io()
        self.init_signal()
        # Made anew, since the program before the fork changed it.
        self.shell.init_environment()
        sys.displayhook = self.shell.displayhook
        self.init_gui_pylab()
        self.init_extensions()
        self.init_code()
        sys.stdout.flush()
        sys.stderr.flush()
        asyncio.set_event_loop(asyncio.new_event_loop())
        loop = IOLoop.current()
        self.kernel.io_loop = loop
        loop.add_callback(self._follow, channel, loop)
        loop.start()
        _finish()

    async def _follow(self, channel: socket.socket, loop: IOLoop) -> None:
        """Take requests in order; other tasks of the notebook go on in between."""
        while (request := await _receive(channel)) is not None:
            if request.get("channel") != "shell":
                break
            message = extract_dates(request["message"])
            message["buffers"] = [base64.b64decode(part) for part in request.get("buffers", ())]
            await self.kernel.dispatch_shell(message)
        loop.stop()


class _Threads:
    """What the kernel asks of the thread that would receive its requests."""

    parent_thread = threading.main_thread()


async def _receive(channel: socket.socket) -> dict[str, Any] | None:
    """Read one message; None at the end."""
    header = await _read(channel, HEADER.size)
    if header is None:
        return None
    (size,) = HEADER.unpack(header)
    data = await _read(channel, min(size, _MOST_REQUEST))
    return None if data is None else parse(data)


async def _read(channel: socket.socket, size: int) -> bytearray | None:
    parts = bytearray()
    while len(parts) < size:
        await _readable(channel)
        part = channel.recv(size - len(parts))
        if not part:
            return None
        parts += part
    return parts


async def _readable(channel: socket.socket) -> None:
    """Wait for something to read; the socket itself blocks, so that messages go out whole."""
    loop = asyncio.get_running_loop()
    ready = loop.create_future()

    def arrived() -> None:
        loop.remove_reader(channel)
        ready.set_result(None)

    loop.add_reader(channel, arrived)
    try:
        await ready
    finally:
        loop.remove_reader(channel)


def _finish() -> None:
    """End as an interpreter does: threads are waited for, exit functions run, files are closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(BaseException):
        threading._shutdown()  # type: ignore[attr-defined]
    with contextlib.suppress(BaseException):
        atexit._run_exitfuncs()
    with contextlib.suppress(BaseException):
        sys.stdout.flush()
        sys.stderr.flush()
    shell = sys.modules["__main__"]
    shell.__dict__.clear()  # open files of the notebook's are written out
