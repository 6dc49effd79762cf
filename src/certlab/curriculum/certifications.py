"""Reads certifications/*.yml."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import ValidationError

from . import yaml_files
from .models import Certification
from .problems import Problem, validation_problems


def read_certifications(folder: Path) -> tuple[tuple[Certification, ...], list[Problem]]:
    """Return the certifications that can be read, and every mistake in the files."""
    certifications: list[Certification] = []
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.yml")):
        try:
            data = yaml_files.parse(path.read_text(encoding="utf-8"))
            certification = Certification.model_validate(data)
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            problems.append(Problem(path, "", f"not valid YAML: {error}", "correct the YAML"))
            continue
        except ValidationError as error:
            problems.extend(validation_problems(path, "", error))
            continue
        problems.extend(_check(path, certification))
        certifications.append(certification)
    known = {certification.id for certification in certifications}
    for certification in certifications:
        if certification.successor is not None and certification.successor not in known:
            problems.append(
                Problem(
                    folder / f"{certification.id}.yml",
                    "successor",
                    f"unknown certification `{certification.successor}`",
                    f"use one of: {', '.join(sorted(known))}",
                )
            )
    return tuple(certifications), problems


def _check(path: Path, certification: Certification) -> list[Problem]:
    problems = []
    if certification.id != path.stem:
        problems.append(
            Problem(path, "id", f"is `{certification.id}`", f"make it the file's name: {path.stem}")
        )
    seen: set[str] = set()
    for domain in certification.domains:
        for objective in domain.objectives:
            where = f"objective {objective.id}"
            if objective.id in seen:
                problems.append(Problem(path, where, "is there twice", "give it an id of its own"))
            seen.add(objective.id)
            if objective.id.split(".")[0] != domain.id:
                problems.append(
                    Problem(
                        path,
                        where,
                        f"stands in domain {domain.id}",
                        "begin its id with its domain's id",
                    )
                )
    return problems
