"""Length-prefixed JSON messages over a socket: how runs are asked for and answered.

What a child sends may be anything. A message that is too long, malformed or cut short raises; it is
never interpreted beyond JSON.
"""

from __future__ import annotations

import json
import socket
import struct
from typing import Any

HEADER = struct.Struct("!I")


def send(channel: socket.socket, message: dict[str, Any]) -> None:
    """Write one message."""
    data = json.dumps(message).encode()
    channel.sendall(HEADER.pack(len(data)) + data)


def receive(channel: socket.socket, most: int) -> dict[str, Any] | None:
    """Read one message; None at the end. Raises ValueError for what is no message or too long."""
    header = _read(channel, HEADER.size)
    if header is None:
        return None
    (size,) = HEADER.unpack(header)
    if size > most:
        raise ValueError(f"a message of {size} bytes")
    data = _read(channel, size)
    return None if data is None else parse(data)


def parse(data: bytes | bytearray) -> dict[str, Any]:
    """The message in `data`. Raises ValueError for what is none."""
    try:
        message = json.loads(data)
    except RecursionError as error:
        raise ValueError("a message that is nested too deeply") from error
    if not isinstance(message, dict):
        raise ValueError("a message that is no object")
    return message


def _read(channel: socket.socket, size: int) -> bytearray | None:
    parts = bytearray()
    while len(parts) < size:
        part = channel.recv(min(size - len(parts), 1 << 20))
        if not part:
            return None
        parts += part
    return parts
