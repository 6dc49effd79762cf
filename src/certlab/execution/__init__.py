"""Runs code cells in Jupyter kernels under limits. Knows nothing of courses and grades."""

from .kernel import Limits, Step, StepResult, run_steps

__all__ = ["Limits", "Step", "StepResult", "run_steps"]
