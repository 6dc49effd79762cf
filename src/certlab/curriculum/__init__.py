"""The course's text files, read into typed objects and checked. Nothing here writes or runs."""

from .certifications import read_certifications
from .course import find_root, load_course
from .coverage import Coverage, coverage
from .exercises import blank_source, read_exercise
from .models import (
    Certification,
    Course,
    Exercise,
    ExerciseCell,
    Guide,
    Item,
    LessonCell,
    Module,
    Question,
    QuizItem,
    Rule,
)
from .problems import CurriculumError, Problem

__all__ = [
    "Certification",
    "Course",
    "Coverage",
    "CurriculumError",
    "Exercise",
    "ExerciseCell",
    "Guide",
    "Item",
    "LessonCell",
    "Module",
    "Problem",
    "Question",
    "QuizItem",
    "Rule",
    "blank_source",
    "coverage",
    "find_root",
    "load_course",
    "read_certifications",
    "read_exercise",
]
