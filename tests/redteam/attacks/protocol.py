"""Forged messages, on every descriptor that a submission has."""

from __future__ import annotations

import json

from ..attack import Attack

# What every one of these begins with: `say(bytes)` writes to all descriptors, `reply` frames JSON.
SAY = """
import os, struct, time, json, signal
def say(data):
    for descriptor in range(3, 256):
        try:
            os.write(descriptor, data)
        except OSError:
            pass
def frame(data):
    return struct.pack('!I', len(data)) + data
def reply(**said):
    return frame(json.dumps(said).encode())
MIME = 'application/vnd.certlab.value'
def publish(text):
    import certlab.grading.plain as plain
    from IPython.display import publish_display_data
    plain.publish = lambda value: publish_display_data({MIME: text})
"""


def _message(
    name: str,
    source: str,
    status: str = "error",
    message: str = "ended the Python process",
    **named: object,
) -> Attack:
    return Attack(
        "protocol",
        name,
        {"total": SAY + source},
        questions={"total": (status, message)},
        **named,  # type: ignore[arg-type]
    )


_OK = "status='ok', error_name='', error='', output=0"
ATTACKS = [
    _message("marks", f"say(reply({_OK}, data=[], score=99, points=99)); total = 1.0", "wrong", ""),
    _message(
        "answers-in-advance",
        f"say(reply({_OK}, data=[]) + reply({_OK}, data=['1.0']) * 30)\ntotal = 1.0",
        "",
        "",
        earns=frozenset({"scale"}),
    ),
    _message("four-gigabytes", "say(b'\\xff' * 4); os._exit(0)"),
    _message("no-json", "say(frame(b'no')); time.sleep(9)"),
    _message("no-object", "say(frame(b'[]')); time.sleep(9)"),
    _message("nothing-in-it", "say(frame(b'{}')); time.sleep(9)"),
    _message(
        "not-a-number", 'say(frame(b\'{"data": [], "output": NaN}\')); time.sleep(9)', "error", ""
    ),
    _message(
        "huge-number",
        "say(frame(b'{\"data\": [], \"output\": ' + b'9' * 100_000 + b'}'))\ntime.sleep(9)",
    ),
    _message(
        "nested", "say(frame(b'{\"data\": ' + b'[' * 10**6 + b']' * 10**6 + b'}')); time.sleep(9)"
    ),
    _message("parts", "say(frame(b'{\"data\": [' + b'[],' * 15_000_000 + b'0]}')); time.sleep(9)"),
    _message(
        "doubled-keys",
        'say(frame(b\'{"status": "ok", "status": "error", "error": "twice", "data": [], \'\n'
        '          b\'"data": [], "output": 0}\')); time.sleep(9)',
        "error",
        "twice",
    ),
    _message(
        "surrogates",
        'say(frame(b\'{"status": "error", "error": "\\\\ud800 half", "error_name": "\\\\udfff",\'\n'
        '          b\'"data": [], "output": 0}\')); time.sleep(9)',
        "error",
        "\\ud800 half",
    ),
    _message(
        "one-byte-at-a-time",
        "signal.signal(signal.SIGINT, signal.SIG_IGN)\nsay(struct.pack('!I', 10_000_000))\n"
        "while True:\n    say(b' '); time.sleep(0.2)",
        "timeout",
        "did not finish",
    ),
    _message("never-reads", "import socket\nos.closerange(3, 256); total = 1.0"),
    _message(
        "descriptors",
        "import socket\nfor number in range(3, 256):\n    try:\n"
        "        channel = socket.socket(fileno=os.dup(number))\n"
        "        for _ in range(50):\n"
        "            socket.send_fds(channel, [reply(status='ok', data=[], output=0)], [0] * 200)\n"
        "    except OSError:\n        pass\ntotal = 1.0",
        "",
        "",
    ),
    _message(
        "two-values",
        "from IPython.display import publish_display_data\ntotal = 1.0\n"
        "class Both(float):\n    def __float__(self):\n"
        "        publish_display_data({MIME: '1.0'})\n        return 2.0\n"
        "import certlab.grading.plain as plain\nreal = plain.encode\n"
        "plain.encode = lambda value: (publish_display_data({MIME: '1.0'}), real(value))[1]",
        "wrong",
        "2 values came back",
    ),
    _message(
        "values-of-other-kinds",
        "from IPython.display import publish_display_data\nimport certlab.grading.plain as plain\n"
        "def forged(value):\n    publish_display_data({MIME: [1.0]})\n"
        "    publish_display_data({MIME.upper(): '1.0', 'text/html': '<b>right</b>'})\n"
        "plain.publish = forged; total = 1.0",
        "wrong",
        "0 values came back",
    ),
]


def forged(name: str, question: str, text: str, message: str, **named: object) -> Attack:
    """An attack that sends `text`, an expression, in place of its value."""
    source = f"{SAY}\n{text}\n{question} = lambda *given: 1\npublish(forged)"
    return Attack(
        "payloads",
        name,
        {question: source},
        honest=frozenset({"scale"} - {question}),
        questions={question: ("wrong", message)},
        **named,  # type: ignore[arg-type]
    )


def as_literal(value: object) -> str:
    """Source that makes JSON text of `value`."""
    return f"forged = {json.dumps(value)!r}"
