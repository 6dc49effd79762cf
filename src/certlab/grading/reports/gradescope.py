"""Gradescope's results.json for one submission.

Source: https://gradescope-autograders.readthedocs.io/en/latest/specs/
"""

from __future__ import annotations

import json
from typing import Any

from ..marks import Mark
from .words import next_step, sentence


def gradescope_json(mark: Mark) -> str:
    """The text of results.json; the score at the top counts, whatever the tests add up to."""
    return json.dumps(_results(mark), indent=2, ensure_ascii=False) + "\n"


def _results(mark: Mark) -> dict[str, Any]:
    notes = [f"{mark.status}: {reason}" for reason in mark.reasons]
    notes += [f"{entry.points:+g} points: {entry.reason}" for entry in mark.adjustments]
    return {
        "score": round(mark.final, 2),
        "execution_time": round(mark.seconds, 2),
        "output": "\n".join(notes),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": [
            {
                "name": entry.question,
                "number": str(position),
                "score": round(entry.points, 2),
                "max_score": entry.max,
                "status": "passed" if entry.points >= entry.max else "failed",
                "output": " ".join(filter(None, [sentence(entry), next_step(entry)])),
                "visibility": "visible",
            }
            for position, entry in enumerate(mark.questions, start=1)
        ],
        "extra_data": {
            "student": mark.student,
            "exercise": mark.exercise,
            "status": mark.status,
            "machine_score": round(mark.machine, 2),
        },
    }
