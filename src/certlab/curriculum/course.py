"""Reads the whole course and checks what its files say about each other."""

from __future__ import annotations

import multiprocessing
import os
import re
import sys
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import ValidationError

from . import yaml_files
from .cells import read_percent
from .certifications import read_certifications
from .exercises import read_exercise, syntax_error
from .models import (
    Certification,
    Course,
    CourseFile,
    Exercise,
    Guide,
    GuideHeader,
    LessonCell,
    LessonHeader,
    Module,
    Part,
)
from .problems import CurriculumError, Problem, validation_problems
from .quizzes import read_quiz

_MANY = 24  # modules from which on starting processes pays
COURSE_FILE = Path("curriculum") / "course.yml"
Header = TypeVar("Header", GuideHeader, LessonHeader)
_NOTEBOOK_LINK = re.compile(r"\]\((?!https?:)([^)\s]+\.ipynb)(?:#[^)]*)?\)")


def find_root(start: Path | None = None) -> Path:
    """The folder that holds the course: $CERTLAB_COURSE, or the nearest one upwards from `start`.

    Raises FileNotFoundError when there is none.
    """
    if configured := os.environ.get("CERTLAB_COURSE"):
        start = Path(configured)
    start = (start or Path.cwd()).resolve()
    for folder in (start, *start.parents):
        if (folder / COURSE_FILE).is_file():
            return folder
    raise FileNotFoundError(
        f"no course found from {start} upwards ({COURSE_FILE} marks one); "
        "run the command inside the course's folder or set CERTLAB_COURSE to it"
    )


def load_course(root: Path) -> Course:
    """Read and check everything under `root`. Raises CurriculumError listing every mistake."""
    problems: list[Problem] = []
    file = _read_course_file(root, problems)
    certifications, found = read_certifications(root / "certifications")
    problems.extend(found)
    folders: list[tuple[Part, Path]] = []
    for part in file.parts if file else []:
        folder = root / "curriculum" / part.id
        if not folder.is_dir():
            problems.append(
                Problem(
                    root / COURSE_FILE,
                    f"part {part.id}",
                    "has no folder",
                    f"make curriculum/{part.id}, or remove the part",
                )
            )
            continue
        folders += [(part, path) for path in sorted(folder.iterdir()) if path.is_dir()]
    read: list[Guide | Module] = []
    for one, found in _read_folders(folders):
        problems.extend(found)
        if one is not None:
            read.append(one)
    guides = [one for one in read if isinstance(one, Guide)]
    modules = [one for one in read if isinstance(one, Module)]
    if file is not None:
        problems.extend(_unlisted_parts(root, file))
    problems.extend(_check_references(root, guides, modules, certifications))
    if problems or file is None:
        raise CurriculumError(sorted(problems, key=lambda problem: str(problem.path)))
    return Course(
        root=root,
        file=file,
        guides=tuple(guides),
        modules=tuple(modules),
        certifications=tuple(certifications),
    )


def _read_course_file(root: Path, problems: list[Problem]) -> CourseFile | None:
    path = root / COURSE_FILE
    try:
        return CourseFile.model_validate(yaml_files.parse(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        problems.extend(validation_problems(path, "", error))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        problems.append(Problem(path, "", f"not valid YAML: {error}", "correct the YAML"))
    except FileNotFoundError:
        problems.append(Problem(path, "", "is missing", "write it: title and parts"))
    return None


def _unlisted_parts(root: Path, file: CourseFile) -> Iterable[Problem]:
    listed = {part.id for part in file.parts}
    for folder in sorted((root / "curriculum").iterdir()):
        if folder.is_dir() and not folder.name.startswith((".", "_")) and folder.name not in listed:
            yield Problem(
                root / COURSE_FILE,
                "parts",
                f"does not list the folder `{folder.name}`",
                "add it to `parts`, or remove the folder",
            )


def _read_folders(
    folders: list[tuple[Part, Path]],
) -> Iterable[tuple[Guide | Module | None, list[Problem]]]:
    """Read guides and modules, in order; in several processes when there are many.

    Parsing takes about 30 ms a module, most of it in jupytext, which is plain Python.
    """
    if len(folders) < _MANY or sys.platform == "win32":
        return map(_read_in_folder, folders)
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("fork")) as pool:
        return list(pool.map(_read_in_folder, folders, chunksize=8))


def _read_in_folder(place: tuple[Part, Path]) -> tuple[Guide | Module | None, list[Problem]]:
    part, folder = place
    if not re.fullmatch(r"\d\d-[a-z0-9-]+", folder.name):
        mend = "name it like 04-gradient-descent"
        return None, [Problem(folder, "", "is not a module's name", mend)]
    problems: list[Problem] = []
    read = _read_guide if part.holds == "guides" else _read_module
    return read(f"{part.id}/{folder.name}", folder, problems), problems


def _read_guide(name: str, folder: Path, problems: list[Problem]) -> Guide | None:
    for file in ("exercise.py", "quiz.yml"):
        if (folder / file).exists():
            mend = "remove it, or move the folder into a part of modules"
            problems.append(Problem(folder / file, "", "a guide is a lesson.py alone", mend))
    path = folder / "lesson.py"
    if not path.is_file():
        problems.append(Problem(path, "", "is missing", "a guide is a lesson.py"))
        return None
    lesson = _read_lesson(path, GuideHeader, problems)
    if lesson is None:
        return None
    return Guide(name=name, folder=folder, header=lesson[0], lesson=lesson[1])


def _read_module(name: str, folder: Path, problems: list[Problem]) -> Module | None:
    paths = {file: folder / file for file in ("lesson.py", "exercise.py", "quiz.yml")}
    missing = [file for file, path in paths.items() if not path.is_file()]
    for file in missing:
        problems.append(Problem(folder / file, "", "is missing", "a module is three files"))
    lesson = None
    if "lesson.py" not in missing:
        lesson = _read_lesson(paths["lesson.py"], LessonHeader, problems)
    exercise: Exercise | None = None
    if "exercise.py" not in missing:
        try:
            exercise = read_exercise(paths["exercise.py"], name)
        except CurriculumError as error:
            problems.extend(error.problems)
    quiz, found = ((), []) if "quiz.yml" in missing else read_quiz(paths["quiz.yml"])
    problems.extend(found)
    if lesson is None or exercise is None or missing:
        return None
    header, cells = lesson
    return Module(
        name=name, folder=folder, header=header, lesson=cells, exercise=exercise, quiz=quiz
    )


def _read_lesson(
    path: Path, kind: type[Header], problems: list[Problem]
) -> tuple[Header, tuple[LessonCell, ...]] | None:
    try:
        data, cells = read_percent(path)
        header = kind.model_validate(data)
    except CurriculumError as error:
        problems.extend(error.problems)
        return None
    except ValidationError as error:
        problems.extend(validation_problems(path, "header", error))
        return None
    if not cells or cells[0].kind != "markdown" or not cells[0].source.startswith("# "):
        problems.append(
            Problem(path, "cell 1", "is not a title", "begin with a markdown cell: `# # Title`")
        )
    for cell in cells:
        if cell.attributes:
            names = ", ".join(f"`{key}`" for key in cell.attributes)
            problems.append(
                Problem(path, cell.where, f"unknown attribute {names}", "lessons take only `tags`")
            )
        if cell.kind == "code" and (mistake := syntax_error(cell.source)) is not None:
            problems.append(
                Problem(path, cell.where, f"is not valid Python: {mistake}", "correct the code")
            )
    return header, tuple(
        LessonCell(
            number=cell.number,
            kind="code" if cell.kind == "code" else "markdown",
            source=cell.source,
            tags=cell.tags,
        )
        for cell in cells
    )


def _check_references(
    root: Path,
    guides: list[Guide],
    modules: list[Module],
    certifications: Iterable[Certification],
) -> Iterable[Problem]:
    known = objective_ids(certifications)
    order = {module.name: position for position, module in enumerate(modules)}
    folders = {
        f"{path.parent.name}/{path.name}"
        for path in (root / "curriculum").glob("*/*")
        if path.is_dir()
    }
    for guide in guides:
        yield from _dead_links(guide, folders)
    for module in modules:
        lesson_path = module.folder / "lesson.py"
        for needed in module.header.needs:
            if needed not in folders:
                yield Problem(
                    lesson_path,
                    "header, needs",
                    f"unknown module `{needed}`",
                    "write `<part>/<module>` as the folders are named",
                )
            elif needed in order and order[needed] >= order[module.name]:
                yield Problem(
                    lesson_path,
                    "header, needs",
                    f"needs `{needed}`, which does not come before it",
                    "renumber the folders, or drop the prerequisite",
                )
        uses = [("header, objectives", lesson_path, module.header.objectives)] + [
            (f"item {number} ({item.id})", module.folder / "quiz.yml", item.objectives)
            for number, item in enumerate(module.quiz, start=1)
        ]
        for where, path, references in uses:
            for reference in references:
                if reference not in known:
                    yield Problem(
                        path,
                        where,
                        f"unknown objective `{reference}`",
                        "use an id from certifications/*.yml, such as aws-mls/3.3",
                    )
        yield from _dead_links(module, folders)


def objective_ids(certifications: Iterable[Certification]) -> set[str]:
    """Every id that a module may name: objectives, and whole domains for foundations."""
    return {
        f"{certification.id}/{identifier}"
        for certification in certifications
        for domain in certification.domains
        for identifier in (domain.id, *(objective.id for objective in domain.objectives))
    }


def _dead_links(module: Guide | Module, folders: set[str]) -> Iterable[Problem]:
    """Links between notebooks that lead to no module; paths are as in notebooks/<part>/."""
    texts = [
        ("lesson.py", cell.number, cell.source) for cell in module.lesson if cell.kind == "markdown"
    ]
    if isinstance(module, Module):
        texts += [
            ("exercise.py", cell.number, cell.source)
            for cell in module.exercise.cells
            if cell.role == "text"
        ]
    for file, number, source in texts:
        for target in _NOTEBOOK_LINK.findall(source):
            tree = "notebooks" if file == "lesson.py" else "exercises"
            resolved = os.path.normpath(f"{tree}/{module.folder.parent.name}/{target}")
            tree, _, name = resolved.removesuffix(".ipynb").partition("/")
            if tree not in ("notebooks", "exercises", "solutions") or name not in folders:
                yield Problem(
                    module.folder / file,
                    f"cell {number}",
                    f"link to `{target}`, which no module builds",
                    "correct the link, or write it as text until the module exists",
                )
