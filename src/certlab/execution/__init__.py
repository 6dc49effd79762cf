"""Runs code cells in Jupyter kernels under limits. Knows nothing of courses and grades."""

from .kernel import Limits, Step, StepResult, private_manager, run_steps

__all__ = ["Limits", "Step", "StepResult", "private_manager", "run_steps"]
