"""The hidden tests of the other graders, made from what the solution's probes give.

A probe compares within a tolerance or scores against true labels; the tests do the same with the
values written into them, without needing CertLab where they run.
"""

from __future__ import annotations

import json
from typing import Any

from certlab.curriculum import ExerciseCell

from .floor import VALUE, assigning

_ZERO = 1e-3  # as certlab.grading.compare: what a zero may be instead, in units of rtol

_AGREE = """\
def _agree(expected, got, rtol, atol):
    if hasattr(got, "tolist"):
        got = got.tolist()
    if isinstance(expected, dict):
        return (
            isinstance(got, dict)
            and expected.keys() == got.keys()
            and all(_agree(expected[key], got[key], rtol, atol) for key in expected)
        )
    if isinstance(expected, list):
        return (
            isinstance(got, (list, tuple))
            and len(expected) == len(got)
            and all(_agree(one, other, rtol, atol) for one, other in zip(expected, got))
        )
    if isinstance(expected, str) or isinstance(got, (str, list, dict)):
        return expected == got
    return abs(got - expected) <= atol + rtol * abs(expected)
"""


def test_source(key: str, probe: ExerciseCell, values: dict[str, Any]) -> str:
    """Code that raises AssertionError unless the probe's value agrees; `values` by probe's key."""
    assert probe.rule is not None
    rule = probe.rule
    if rule.metric is not None:
        if rule.metric != "accuracy":
            raise ValueError(f"the benchmark cannot write a test for {rule.metric}")
        truth = json.dumps(values[f"against-{key}"])
        return (
            f"import numpy as _np\n{assigning(probe.source)}\n"
            f"_truth = _np.array({truth})\n_got = _np.asarray({VALUE})\n"
            f"assert _got.shape == _truth.shape and (_got == _truth).mean() >= {rule.at_least}"
        )
    expected = values[key]
    rtol = 0.0 if rule.exact else rule.rtol
    atol = 0.0 if rule.exact else max(rule.atol, _ZERO * rtol * _largest(expected))
    text = json.dumps(json.dumps(expected))
    return (
        f"import json as _json\n{_AGREE}\n{assigning(probe.source)}\n"
        f"assert _agree(_json.loads({text}), {VALUE}, {rtol!r}, {atol!r})"
    )


def _largest(value: Any) -> float:
    if isinstance(value, dict):
        return max(map(_largest, value.values()), default=0.0)
    if isinstance(value, list):
        return max(map(_largest, value), default=0.0)
    return abs(value) if isinstance(value, int | float) else 0.0
