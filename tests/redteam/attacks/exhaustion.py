"""Loops, sleeps, memory, forks, threads, floods, full disks, and ends of all kinds."""

from __future__ import annotations

from ..attack import Attack


def _use(
    name: str,
    source: str,
    status: str = "error",
    message: str = "",
    earns: frozenset[str] = frozenset({"scale"}),
) -> Attack:
    return Attack(
        "exhaustion", name, {"total": source}, earns=earns, questions={"total": (status, message)}
    )


_LATE = ("timeout", "did not finish within 3 seconds")
_GONE = ("error", "ended the Python process")
ATTACKS = [
    _use("loop", "while True:\n    pass", *_LATE),
    _use("sleep", "import time\ntime.sleep(10**6)", *_LATE),
    _use("power", "total = 7 ** (10**9)", *_LATE),
    _use("regular-expression", "import re\nre.match('(a+)+$', 'a' * 64 + 'b')", *_LATE),
    _use("recursion", "def total(): return total()\ntotal()", "error", "RecursionError"),
    _use(
        "recursion-without-limit",
        "import sys\nsys.setrecursionlimit(10**9)\n"
        "class Deep:\n    def __getattr__(self, name): return getattr(self, name + 'x')\n"
        "def total(n):\n    return list(map(total, [n + 1]))\ntotal(0)",
        "",
    ),
    _use("memory", "total = bytearray(10**11)", "error", "MemoryError"),
    _use("memory-by-and-by", "total = []\nwhile True:\n    total.append(bytearray(10**8))", ""),
    _use(
        "memory-in-many-processes",
        "import os, time\nfor _ in range(16):\n    if os.fork() == 0:\n"
        "        hold = [bytearray(b'x') * 10**8 for _ in range(30)]\n        time.sleep(60)\n"
        "time.sleep(60)",
        "",
    ),
    _use(
        "memory-in-files",
        "import os\nfiles = [os.memfd_create(str(n)) for n in range(99)]\n"
        "for file in files: os.write(file, bytes(10**8))",
        "error",
        "PermissionError",
    ),
    _use(
        "forks",
        "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass",
        "timeout",
    ),
    _use(
        "threads",
        "import threading, time\nwhile True:\n"
        "    threading.Thread(target=time.sleep, args=(99,), daemon=True).start()",
        "error",
        "RuntimeError",
    ),
    _use("output", "while True:\n    print('x' * 10**6)", *_LATE),
    _use("one-long-line", "print('x' * 10**8)", "error", "printed more"),
    _use(
        "output-on-descriptors",
        "import os\nfor _ in range(1000):\n    os.write(1, b'x' * 10**6)\n"
        "    os.write(2, b'x' * 10**6)\nraise ValueError('written')",
        "error",
        "written",
    ),
    _use(
        "disk",
        "for number in range(100):\n"
        "    with open(f'file{number}', 'wb') as file: file.write(bytes(10**7))",
        "error",
        "No space left",
    ),
    _use("large-file", "open('file', 'wb').write(bytes(2 * 10**8))", "error", "File too large"),
    _use(
        "many-files",
        "for number in range(10**7):\n    open(f'/tmp/work/{number}', 'w').close()",
        "",
    ),
    _use("descriptors", "held = [open('/dev/null') for _ in range(10**5)]", "error", "Too many"),
    _use("segfault", "import ctypes\nctypes.string_at(0)", *_GONE),
    _use("abort", "import os\nos.abort()", *_GONE),
    _use("exit-at-once", "import os\nos._exit(0)", *_GONE),
    _use(
        "kill-all",
        "import os\nos.kill(-1, 9)\nos.kill(os.getpid(), 9)\nos._exit(1)",
        "error",
        "No such process",
    ),
    _use(
        "kill-the-group",
        "import os, signal\nfor number in (signal.SIGTERM, signal.SIGKILL):\n"
        "    os.kill(0, number)\n    os.killpg(os.getpgrp(), number)\nos._exit(1)",
        "error",
    ),
    _use("stop", "import os, signal\nos.kill(0, signal.SIGSTOP)\nwhile True: pass", *_LATE),
    _use(
        "daemon",
        "import os\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
        "        os.execv('/bin/sh', ['certlab-redteam-daemon', '-c', 'sleep 300; true'])\n"
        "    os._exit(0)\ntotal = 1.0",
        "wrong",
    ),
    _use(
        "daemon-that-always-moves",
        "import os\nif os.fork() == 0:\n    os.setsid()\n    while True:\n"
        "        try:\n            if os.fork(): os._exit(0)\n        except OSError: pass\n"
        "total = 1.0",
        "wrong",
    ),
]
