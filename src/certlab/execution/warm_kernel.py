"""A kernel manager and client, as nbclient uses them, for the kernels of a warm worker.

What a notebook client does with messages (outputs, display ids, timeouts, widgets) stays that of
nbclient.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import signal
import socket
import threading
import time
from collections import deque
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.jsonutil import extract_dates, json_default
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.session import Session

from .messages import HEADER, receive
from .warm import Worker

_MOST_MESSAGE = (1 << 32) - 1
_SHUTDOWN_SECONDS = 5.0  # what an ordinary kernel gets to run its exit functions
_STEP_SECONDS = 0.002


class WarmKernelManager(AsyncKernelManager):
    """Starts a kernel by forking a worker that is warm already."""

    worker: Worker  # set by whoever makes the manager
    caged = False
    busy = False  # whether a cell is running
    _process = -1
    _channel: socket.socket | None = None
    _ended = False

    @property
    def has_kernel(self) -> bool:
        """Whether a kernel was started."""
        return self._channel is not None

    async def start_kernel(self, **options: Any) -> None:
        """Fork the kernel, in the caller's folder and environment. Raises RuntimeError."""
        environment = dict(options.get("env") or os.environ)
        environment["JPY_PARENT_PID"] = str(os.getpid())
        folder = Path(options.get("cwd") or os.getcwd())
        standard = [os.dup(1), os.dup(2)]
        try:
            self._channel, self._process = (
                self.worker.fork()
                if self.caged
                else self.worker.fork(folder, environment=environment, standard=standard)
            )
        finally:
            for descriptor in standard:
                os.close(descriptor)
        self._channel.settimeout(None)

    def client(self, **options: Any) -> WarmKernelClient:
        """The one client of this kernel."""
        assert self._channel is not None
        return WarmKernelClient(self, self._channel)

    async def is_alive(self) -> bool:
        """Whether the process of the kernel still runs."""
        return self.runs()

    def runs(self) -> bool:
        """Whether the process of the kernel still runs."""
        if self._process == -1:
            return False
        try:
            signal.pidfd_send_signal(self._process, 0)
        except ProcessLookupError:
            return False
        return not self._ended

    def note_end(self) -> None:
        """The kernel has closed its end: it ends or has ended."""
        self._ended = True

    async def interrupt_kernel(self) -> None:
        """Interrupt what runs, as Ctrl-C does."""
        self._signal(signal.SIGINT)

    async def shutdown_kernel(self, now: bool = False, restart: bool = False) -> None:
        """End the kernel: it may run its exit functions, unless `now`."""
        assert self._channel is not None
        if self.busy:
            self._signal(signal.SIGINT)  # what runs ends with its error, which the notebook shows
        if not now:
            with contextlib.suppress(OSError):
                _send(self._channel, {"channel": "control"})
            await self._wait(_SHUTDOWN_SECONDS)
            self._signal(signal.SIGTERM)
            await self._wait(_SHUTDOWN_SECONDS / 2)
        self._signal(signal.SIGKILL)

    async def cleanup_resources(self, restart: bool = False) -> None:
        """Give back the descriptors."""
        if self._process != -1:
            self._signal(signal.SIGKILL)
            os.close(self._process)
            self._process = -1
        if self._channel is not None:
            with contextlib.suppress(OSError):
                self._channel.shutdown(socket.SHUT_RDWR)
            self._channel.close()

    async def _wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until and self._exists():
            await asyncio.sleep(_STEP_SECONDS)

    def _exists(self) -> bool:
        try:
            signal.pidfd_send_signal(self._process, 0)
        except ProcessLookupError:
            return False
        return True

    def _signal(self, number: int) -> None:
        """Signal the kernel, and what it started in its process group, as jupyter_client does."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if self.caged:
                signal.pidfd_send_signal(self._process, number)
            elif self._exists():
                text = Path(f"/proc/self/fdinfo/{self._process}").read_text(encoding="ascii")
                os.killpg(int(text.split("Pid:")[1].split()[0]), number)


class WarmKernelClient(AsyncKernelClient):
    """Builds requests as any client does; a thread sorts what comes back by channel."""

    def __init__(self, manager: WarmKernelManager, channel: socket.socket) -> None:
        super().__init__(session=Session())
        self._manager = manager
        self._socket = channel
        self._shell = _Channel(self._send)
        self._iopub = _Channel(self._send)

    @property
    def shell_channel(self) -> Any:
        """Requests and their replies."""
        return self._shell

    @property
    def iopub_channel(self) -> Any:
        """What the kernel says."""
        return self._iopub

    def start_channels(self, *given: Any, **options: Any) -> None:
        """Start reading."""
        threading.Thread(target=self._read, name="warm-kernel", daemon=True).start()

    def stop_channels(self) -> None:
        """Reading ends with the kernel."""

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """A forked kernel is ready when it exists."""

    async def is_alive(self) -> bool:
        """Whether the kernel still runs."""
        return self._manager.runs()

    def _send(self, message: dict[str, Any]) -> None:
        buffers = [base64.b64encode(part).decode() for part in message.get("buffers") or ()]
        message = {key: value for key, value in message.items() if key != "buffers"}
        with contextlib.suppress(OSError):  # a kernel that died; is_alive tells
            _send(self._socket, {"channel": "shell", "message": message, "buffers": buffers})

    def _read(self) -> None:
        channels = {"shell": self._shell, "iopub": self._iopub}
        with contextlib.suppress(OSError, ValueError, KeyError):
            while (envelope := receive(self._socket, _MOST_MESSAGE)) is not None:
                message = extract_dates(envelope["message"])
                message["buffers"] = [base64.b64decode(part) for part in envelope["buffers"]]
                if message["msg_type"] == "status":
                    asked = message["parent_header"].get("msg_type")
                    state = message["content"]["execution_state"]
                    self._manager.busy = asked == "execute_request" and state == "busy"
                channels[envelope["channel"]].put(message)
        self._manager.note_end()


class _Channel:
    """Messages that were received, for whoever waits for them in an event loop."""

    def __init__(self, send: Any) -> None:
        self.send = send
        self._messages: deque[dict[str, Any]] = deque()
        self._waiting: tuple[asyncio.AbstractEventLoop, asyncio.Event] | None = None
        self._lock = threading.Lock()

    def put(self, message: dict[str, Any]) -> None:
        """Add a message, from any thread."""
        with self._lock:
            self._messages.append(message)
            waiting, self._waiting = self._waiting, None
        if waiting is not None:
            with contextlib.suppress(RuntimeError):  # the loop was closed meanwhile
                waiting[0].call_soon_threadsafe(waiting[1].set)

    async def get_msg(self, timeout: float | None = None) -> dict[str, Any]:
        """The next message. Raises queue.Empty after `timeout` seconds."""
        until = None if timeout is None else time.monotonic() + timeout
        while True:
            with self._lock:
                if self._messages:
                    return self._messages.popleft()
                arrived = asyncio.Event()
                self._waiting = (asyncio.get_running_loop(), arrived)
            try:
                left = None if until is None else until - time.monotonic()
                await asyncio.wait_for(arrived.wait(), left)
            except TimeoutError:
                raise Empty from None


def _send(channel: socket.socket, envelope: dict[str, Any]) -> None:
    data = json.dumps(envelope, default=json_default).encode()
    channel.sendall(HEADER.pack(len(data)) + data)
