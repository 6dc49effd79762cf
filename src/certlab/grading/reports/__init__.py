"""Writes a class's reports: HTML for the instructor, feedback for students, files for LMSs."""

from .write import Context, Written, write_reports

__all__ = ["Context", "Written", "write_reports"]
