"""The tools that `grading.py` measures, each with the same students' answers."""
