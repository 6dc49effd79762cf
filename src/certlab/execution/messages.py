"""Length-prefixed JSON messages over a socket: how runs are asked for and answered.

What a child sends may be anything. A message that is too long, malformed or cut short raises; it is
never interpreted beyond JSON.
"""

from __future__ import annotations

import json
import socket
import struct
import time
from typing import Any

HEADER = struct.Struct("!I")
# For reading what had come in time when this process was too busy, perhaps with others' values.
_LATE_SECONDS = 2.0


def send(channel: socket.socket, message: dict[str, Any]) -> None:
    """Write one message."""
    data = json.dumps(message).encode()
    channel.sendall(HEADER.pack(len(data)) + data)


def receive(
    channel: socket.socket, most: int, until: float | None = None, most_parts: int | None = None
) -> dict[str, Any] | None:
    """Read one message of up to `most` bytes; None at the end.

    With `until`, a monotonic time, the whole message must be there by then, however slowly its
    bytes come in. Raises TimeoutError, and ValueError for what is no message or too long, or may
    have more than `most_parts` parts: parsed, each takes up to a hundred times its bytes.
    """
    header = _read(channel, HEADER.size, until)
    if header is None:
        return None
    (size,) = HEADER.unpack(header)
    if size > most:
        raise ValueError(f"a message of {size} bytes")
    data = _read(channel, size, until)
    if data is None:
        return None
    if most_parts is not None and size > most_parts and parts_at_most(data) > most_parts:
        raise ValueError("a message of too many parts")
    return parse(data)


def parse(data: bytes | bytearray) -> dict[str, Any]:
    """The message in `data`. Raises ValueError for what is none."""
    try:
        message = json.loads(data)
    except RecursionError as error:
        raise ValueError("a message that is nested too deeply") from error
    if not isinstance(message, dict):
        raise ValueError("a message that is no object")
    return message


def parts_at_most(data: bytes | bytearray) -> int:
    """No fewer than the values that parsing the JSON in `data` would make."""
    return 1 + sum(data.count(mark) for mark in (b",", b"[", b"{", b":"))


def _read(channel: socket.socket, size: int, until: float | None) -> bytearray | None:
    parts = bytearray()
    while len(parts) < size:
        if until is not None:
            remaining = until - time.monotonic()
            if remaining <= -_LATE_SECONDS:
                raise TimeoutError("the message did not come in time")
            channel.settimeout(max(remaining, 0.0))
        try:
            part = channel.recv(min(size - len(parts), 1 << 20))
        except BlockingIOError as error:
            raise TimeoutError("the message did not come in time") from error
        if not part:
            return None
        parts += part
    return parts
