"""What runs later than the answer: threads, signals, exit handlers, hooks between the cells."""

from __future__ import annotations

from ..attack import Attack


def _later(
    name: str, source: str, status: str = "wrong", message: str = "", **named: object
) -> Attack:
    return Attack(
        "timing",
        name,
        {"total": source},
        questions={"total": (status, message)},
        **named,  # type: ignore[arg-type]
    )


ATTACKS = [
    _later(
        "at-exit",
        "import atexit, os\n@atexit.register\ndef last():\n"
        "    for number in range(3, 99):\n        try: os.write(number, b'\\0\\0\\0\\x02{}')\n"
        "        except OSError: pass\ntotal = 1.0",
        message="not right",
    ),
    _later(
        "thread-changes-the-answer",
        "import threading, time\ntotal = 1.0\ndef change():\n    number = 1e3\n"
        "    while True:\n        globals()['total'] = number = number + 1\n        time.sleep(0)\n"
        "threading.Thread(target=change, daemon=True).start()",
        message="not right",
    ),
    _later(
        "thread-publishes",
        "import threading, time\nfrom IPython.display import publish_display_data\ntotal = 1.0\n"
        "def publish():\n    while True:\n"
        "        publish_display_data({'application/vnd.certlab.value': '1.0'})\n"
        "        time.sleep(0.0001)\n"
        "threading.Thread(target=publish, daemon=True).start()\ntime.sleep(0.2)",
        "",
        "",
        earns=frozenset({"scale"}),
    ),
    _later(
        "alarm",
        "import signal\ntotal = 1.0\n"
        "def change(*given): globals()['total'] = globals().get('total', 0) + 1\n"
        "signal.signal(signal.SIGALRM, change)\nsignal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)",
        "",
        "",
    ),
    _later(
        "interrupt-swallowed",
        "import time\nwhile True:\n    try: time.sleep(60)\n    except BaseException: pass",
        "timeout",
        "did not finish",
    ),
    _later(
        "interrupt-ignored",
        "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\ntime.sleep(60)",
        "timeout",
        "did not finish",
    ),
    _later(
        "interrupt-answers",
        "import signal, os, struct, time\ndef answer(*given):\n"
        '    data = b\'{"status": "ok", "data": ["1.0"], "output": 0}\'\n'
        "    for number in range(3, 99):\n"
        "        try: os.write(number, struct.pack('!I', len(data)) + data)\n"
        "        except OSError: pass\n"
        "signal.signal(signal.SIGINT, answer)\nwhile True: time.sleep(60)",
        "timeout",
        "did not finish",
    ),
    _later("exit", "import sys\ntotal = 1.0\nsys.exit(0)", "error", "SystemExit"),
    _later(
        "hook-before-each-cell",
        "def before(*given):\n    globals()['total'] = 1.0\n    raise SystemExit\n"
        "get_ipython().events.register('pre_run_cell', before)\n"
        "get_ipython().events.register('post_run_cell', before)",
        "error",
        "SystemExit",
    ),
    _later(
        "import-hook",
        "import sys\nclass Find:\n    def find_spec(self, *given): raise SystemExit('found')\n"
        "sys.meta_path.insert(0, Find())\nsys.modules.pop('certlab.grading.plain')\n"
        "sys.modules.pop('certlab.grading', None)\ntotal = 1.0",
        "error",
        "SystemExit",
    ),
    _later(
        "garbage",
        "import gc\nclass Loop: pass\nclass Last:\n    def __del__(self):\n"
        "        globals()['total'] = 1.0\nfor _ in range(1000):\n    a = Loop(); a.a = a\n"
        "    a.last = Last()\ngc.set_threshold(1, 1, 1)\ntotal = 2.0",
        message="not right",
    ),
    _later(
        "name-that-answers-anew",
        "class Names(dict): pass\nget_ipython().user_ns['total'] = 1.0\n"
        "import builtins\nbuiltins.total = 1.0\ndel total\n"
        "class Meta(type(__builtins__)): pass",
        "",
        "",
    ),
]
