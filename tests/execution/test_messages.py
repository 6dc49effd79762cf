"""Messages between the grader and what it runs."""

from __future__ import annotations

import socket
import threading
import time

import pytest

from certlab.execution.messages import HEADER, receive, send


def test_a_message_arrives() -> None:
    here, there = socket.socketpair()
    send(there, {"x": ["y", 1]})
    assert receive(here, 1000, time.monotonic() + 10) == {"x": ["y", 1]}
    there.close()
    assert receive(here, 1000) is None


def test_what_came_in_time_is_read_though_late() -> None:
    here, there = socket.socketpair()
    send(there, {"x": 1})
    assert receive(here, 1000, time.monotonic() - 0.1) == {"x": 1}


def test_bytes_that_trickle_in_do_not_put_the_end_off() -> None:
    here, there = socket.socketpair()
    stop = threading.Event()

    def trickle() -> None:
        there.sendall(HEADER.pack(1000))
        while not stop.wait(0.05):
            there.sendall(b" ")

    thread = threading.Thread(target=trickle)
    thread.start()
    with pytest.raises(TimeoutError):
        receive(here, 1000, time.monotonic() + 0.5)
    stop.set()
    thread.join()


@pytest.mark.parametrize("data", [b"no", b"[]", b"[" * 100_000, b'{"x": [' + b"1," * 100 + b"1]}"])
def test_anything_else_is_refused(data: bytes) -> None:
    here, there = socket.socketpair()
    there.sendall(HEADER.pack(len(data)) + data)
    with pytest.raises(ValueError):  # noqa: PT011  (of several kinds)
        receive(here, 1_000_000, most_parts=100)


def test_a_length_beyond_the_limit_is_refused_before_it_is_read() -> None:
    here, there = socket.socketpair()
    there.sendall(b"\xff" * 4)
    with pytest.raises(ValueError, match="4294967295 bytes"):
        receive(here, 1000)
