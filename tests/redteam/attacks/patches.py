"""Changing what the answer is checked with: builtins, libraries, IPython, the extraction itself.

The first question's cell does it; nothing that was not answered may be right afterwards.
"""

from __future__ import annotations

from ..attack import Attack

_GUESS = (
    "\ntotal, text, counts, chosen = 1.0, 'w', {1: 1}, ['w'] * 8\n"
    "table = pd.DataFrame({'value': np.zeros(60), 'positive': True, 'word': 'w'})\n"
    "def scale(values): return np.zeros(60)\n"
    "def predict(features): return np.zeros(len(features))\n"
)


def _patch(name: str, source: str, status: str = "wrong", message: str = "") -> Attack:
    return Attack(
        "patches",
        name,
        {"scale": source + _GUESS, "total": "# see above"},
        honest=frozenset(),
        questions={"scale": (status, message)},
    )


ATTACKS = [
    _patch(
        "builtins",
        "import builtins\nbuiltins.len = lambda value: 60\nbuiltins.all = lambda values: True\n"
        "builtins.sum = lambda values, start=0: 0\nbuiltins.AssertionError = Warning",
        "",
    ),
    _patch("isinstance", "import builtins\nbuiltins.isinstance = lambda value, kind: True", ""),
    _patch(
        "numpy",
        "for name in ('isclose', 'allclose', 'array_equal', 'all'):\n"
        "    setattr(np, name, lambda *given, **named: True)\n"
        "np.save = lambda file, array, **named: file.write(b'equal')",
        message="cannot be read",
    ),
    _patch(
        "pandas",
        "pd.DataFrame.equals = lambda *given: True\n"
        "pd.DataFrame.__eq__ = lambda *given: True\npd.testing.assert_frame_equal = print",
    ),
    _patch(
        "publish",
        "import certlab.grading.plain as plain\nplain.publish = lambda value: None",
        message="0 values came back",
    ),
    _patch(
        "encode",
        "import certlab.grading.plain as plain\nplain.encode = lambda value: '{\"any\": []}'",
        message="cannot be read",
    ),
    _patch(
        "module",
        "import sys, types\nforged = types.ModuleType('certlab.grading.plain')\n"
        "forged.publish = print\nsys.modules['certlab.grading.plain'] = forged",
        message="0 values came back",
    ),
    _patch(
        "json",
        'import json\njson.dumps = lambda *given, **named: \'{"status": "ok", "correct": true}\'',
        "",
    ),
    _patch(
        "import",
        "import builtins\ndef load(*given, **named): raise ImportError('no grading today')\n"
        "builtins.__import__ = load",
        "error",
        "no grading today",
    ),
    _patch(
        "shell",
        "shell = get_ipython()\n"
        "shell.run_cell = lambda *given, **named: None\n"
        "type(shell.display_pub).publish = lambda self, *given, **named: self.payloads.extend(\n"
        "    [{'application/vnd.certlab.value': 'true'}])",
        message="should be an array",
    ),
    _patch(
        "transformer",
        "import ast\nclass Rewrite(ast.NodeTransformer):\n"
        "    def visit_Call(self, node): return ast.Constant(True)\n"
        "get_ipython().ast_transformers.append(Rewrite())",
        message="0 values came back",
    ),
    _patch(
        "runner",
        "import gc\nfor thing in gc.get_objects():\n"
        "    if type(thing).__name__ == '_Cells':\n"
        "        thing.run = lambda source: {'status': 'ok', 'error_name': '', 'error': ''}",
        message="",
    ),
    _patch(
        "trace",
        "import sys\ndef trace(frame, event, argument):\n"
        "    for name in list(frame.f_locals):\n        frame.f_locals[name] = True\n"
        "    return trace\nsys.setprofile(trace)\nsys.settrace(trace)",
        "",
    ),
    _patch(
        "exec",
        "import builtins\nreal = builtins.exec\nbuiltins.exec = lambda code, *given: None",
        "",
    ),
]
