"""Reads an exercise: from exercise.py, or from a solution notebook that was built from one."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from .cells import Cell, read_built, read_percent
from .models import CellRole, Exercise, ExerciseCell, ExerciseHeader, Question, Rule
from .problems import CurriculumError, Problem, validation_problems

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
_RULE_KEYS = set(Rule.model_fields)
_HEADING = re.compile(r"^##\s+(.*?)\s*(?:\(\s*[\d.]+\s*points?\s*\))?\s*$", re.MULTILINE)


def read_exercise(path: Path, name: str | None = None) -> Exercise:
    """Read the exercise in `path` (exercise.py or a solution notebook).

    Raises CurriculumError with every mistake found.
    """
    if path.suffix == ".ipynb":
        data, cells = read_built(path)
        name = name or data.get("module")
        data = {key: data[key] for key in ExerciseHeader.model_fields if key in data}
    else:
        data, cells = read_percent(path)
    problems: list[Problem] = []
    header = _header(path, data, problems)
    typed = [_typed_cell(path, cell, problems) for cell in cells]
    _check_syntax(path, cells, problems)
    parameters = _parameters(path, cells, problems)
    questions = _questions(path, cells, typed, problems)
    if problems or header is None:
        raise CurriculumError(problems)
    return Exercise(
        name=name or path.stem,
        path=path,
        header=header,
        parameters=parameters,
        cells=tuple(cell for cell in typed if cell is not None),
        questions=tuple(questions),
    )


def blank_source(source: str, task: str) -> str:
    """Replace the solution regions of a question cell by a stub that names the task."""
    lines: list[str] = []
    inside = False
    for line in source.splitlines():
        if line.strip() == BEGIN:
            inside = True
            indent = line[: len(line) - len(line.lstrip())]
            lines.append(f"{indent}# your answer: replace the next line")
            message = f"not answered yet: {task}"
            lines.append(f"{indent}raise NotImplementedError({_quoted(message)})")
        elif line.strip() == END:
            inside = False
        elif not inside:
            lines.append(line)
    return "\n".join(lines).strip("\n")


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', "'") + '"'


def _header(path: Path, data: dict[str, Any], problems: list[Problem]) -> ExerciseHeader | None:
    try:
        return ExerciseHeader.model_validate(data)
    except ValidationError as error:
        problems.extend(validation_problems(path, "header", error))
        return None


def _typed_cell(path: Path, cell: Cell, problems: list[Problem]) -> ExerciseCell | None:
    def wrong(message: str, mend: str) -> None:
        problems.append(Problem(path, cell.where, message, mend))

    attributes = dict(cell.attributes)
    if cell.kind != "code":
        return ExerciseCell(number=cell.number, role="text", source=cell.source, tags=cell.tags)
    roles: list[CellRole] = [role for role in ("question", "check", "probe") if role in attributes]
    if len(roles) > 1:
        wrong(f"is both {' and '.join(roles)}", "split it into one cell for each")
        return None
    role: CellRole = roles[0] if roles else "given"
    question = str(attributes.pop(roles[0])) if roles else None
    points = attributes.pop("points", None)
    rule_data = {key: attributes.pop(key) for key in list(attributes) if key in _RULE_KEYS}
    for key in attributes:
        wrong(f"unknown attribute `{key}`", "remove it, or correct its spelling")
    if "parameters" in cell.tags:
        role = "parameters"
    elif "solution-only" in cell.tags:
        role = "solution-only"
    if question is not None and not re.fullmatch(r"[a-z][a-z0-9_]*", question):
        wrong(f"`{question}` is not a valid question id", "use snake_case, such as stable_limit")
    if role == "question":
        if not isinstance(points, (int, float)) or isinstance(points, bool) or points <= 0:
            wrong("has no positive number of points", "add `points=2` to the cell's header")
            points = 1
        _check_region(cell, wrong)
    elif points is not None:
        wrong("has points but is no question", "move `points` to the question's cell")
    rule = None
    if role == "probe":
        try:
            rule = Rule.model_validate(rule_data)
        except ValidationError as error:
            problems.extend(validation_problems(path, cell.where, error))
    elif rule_data:
        wrong(f"compares ({', '.join(rule_data)}) but is no probe", "move it to the probe's cell")
    return ExerciseCell(
        number=cell.number,
        role=role,
        source=cell.source,
        question=question,
        points=float(points) if role == "question" else None,
        rule=rule,
        tags=cell.tags,
    )


def _check_region(cell: Cell, wrong: Any) -> None:
    inside, regions = False, 0
    for line in cell.source.splitlines():
        if line.strip() == BEGIN:
            if inside:
                wrong("a second BEGIN SOLUTION before END SOLUTION", f"add `{END}` between them")
                return
            inside, regions = True, regions + 1
        elif line.strip() == END:
            if not inside:
                wrong("END SOLUTION without BEGIN SOLUTION", f"add `{BEGIN}` before it")
                return
            inside = False
    if inside:
        wrong("BEGIN SOLUTION without END SOLUTION", f"add `{END}` after the solution")
    elif not regions:
        wrong("has no solution region", f"put the solution between `{BEGIN}` and `{END}`")


def _check_syntax(path: Path, cells: list[Cell], problems: list[Problem]) -> None:
    for cell in cells:
        if cell.kind == "code" and (error := syntax_error(cell.source)) is not None:
            problems.append(
                Problem(path, cell.where, f"is not valid Python: {error}", "correct the code")
            )


def syntax_error(source: str) -> str | None:
    """What is wrong with a cell's code, or None; IPython's magics are allowed."""
    try:
        ast.parse(source)
    except SyntaxError as plain:
        from IPython.core.inputtransformer2 import TransformerManager

        try:
            ast.parse(TransformerManager().transform_cell(source))
        except SyntaxError:
            return f"{plain.msg} (line {plain.lineno} of the cell)"
    return None


def _parameters(path: Path, cells: list[Cell], problems: list[Problem]) -> dict[str, Any]:
    tagged = [cell for cell in cells if "parameters" in cell.tags]
    example = '`# %% tags=["parameters"]` followed by `seed = 7`'
    if len(tagged) != 1:
        number = "no" if not tagged else "more than one"
        problems.append(Problem(path, "", f"has {number} parameters cell", f"write one: {example}"))
        return {}
    cell = tagged[0]
    values: dict[str, Any] = {}
    try:
        for statement in ast.parse(cell.source).body:
            if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
                values[statement.targets[0].id] = ast.literal_eval(statement.value)
    except (SyntaxError, ValueError):
        problems.append(
            Problem(path, cell.where, "a parameter is not a literal", "assign plain values only")
        )
        return {}
    if not isinstance(values.get("seed"), int) or isinstance(values.get("seed"), bool):
        problems.append(
            Problem(path, cell.where, "no integer parameter `seed`", f"write {example}")
        )
    return values


def _questions(
    path: Path, cells: list[Cell], typed: list[ExerciseCell | None], problems: list[Problem]
) -> list[Question]:
    questions: list[Question] = []
    seen: set[str] = set()
    title = ""
    counts: Counter[tuple[str, str]] = Counter()
    all_ids = {c.question for c in typed if c is not None and c.role == "question"}
    for cell, exercise_cell in zip(cells, typed, strict=True):
        if exercise_cell is None:
            continue
        if exercise_cell.role == "text":
            if headings := _HEADING.findall(exercise_cell.source):
                title = headings[-1]
            continue
        identifier = exercise_cell.question
        if identifier is None:
            continue
        role = exercise_cell.role
        counts[identifier, role] += 1
        if role == "question":
            if identifier in seen:
                problems.append(
                    Problem(
                        path,
                        cell.where,
                        f"a second question with the id `{identifier}`",
                        "give each question an id of its own",
                    )
                )
                continue
            seen.add(identifier)
            questions.append(
                Question(
                    id=identifier, points=exercise_cell.points or 0.0, title=title or identifier
                )
            )
        elif identifier not in all_ids:
            problems.append(
                Problem(
                    path,
                    cell.where,
                    f"{role} for an unknown question `{identifier}`",
                    f"use one of: {', '.join(sorted(filter(None, all_ids))) or 'no question yet'}",
                )
            )
        elif identifier not in seen:
            problems.append(
                Problem(
                    path,
                    cell.where,
                    f"{role} stands before its question `{identifier}`",
                    "move it below the question's cell",
                )
            )
    for question in questions:
        if counts[question.id, "check"] != 1:
            problems.append(
                Problem(
                    path,
                    f'question="{question.id}"',
                    f"has {counts[question.id, 'check']} check cells, not one",
                    f'write one `# %% check="{question.id}"` cell with all its asserts',
                )
            )
        if not counts[question.id, "probe"]:
            problems.append(
                Problem(
                    path,
                    f'question="{question.id}"',
                    "has no probe, so nothing would be graded",
                    f'add a `# %% probe="{question.id}"` cell whose last line is the value',
                )
            )
    if not questions:
        problems.append(
            Problem(
                path,
                "",
                "has no question",
                'add a `# %% question="id" points=2` cell',
            )
        )
    return questions
