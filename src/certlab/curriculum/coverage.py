"""Which modules serve which exam objectives: computed from the modules, never typed in."""

from __future__ import annotations

from dataclasses import dataclass

from .models import Certification, Course, Module, Objective


@dataclass(frozen=True)
class Coverage:
    """One certification against the course."""

    certification: Certification
    modules: tuple[Module, ...]  # in course order; those that name one of its objectives or domains
    served: dict[str, tuple[str, ...]]  # objective id -> names of the modules that serve it

    @property
    def unserved(self) -> list[Objective]:
        """Objectives that no module serves yet."""
        return [
            objective
            for domain in self.certification.domains
            for objective in domain.objectives
            if not self.served[objective.id]
        ]


def coverage(course: Course, certification: Certification) -> Coverage:
    """Compare a certification's objectives with what the modules name.

    A module that names a whole domain (`tf-developer/2`) is a foundation for it: it is listed,
    but it serves no single objective.
    """
    prefix = f"{certification.id}/"
    named = {module.name: _references(module, prefix) for module in course.modules}
    return Coverage(
        certification=certification,
        modules=tuple(module for module in course.modules if named[module.name]),
        served={
            objective.id: tuple(
                name for name, references in named.items() if objective.id in references
            )
            for domain in certification.domains
            for objective in domain.objectives
        },
    )


def _references(module: Module, prefix: str) -> set[str]:
    references = set(module.header.objectives)
    return {
        reference.removeprefix(prefix) for reference in references if reference.startswith(prefix)
    }
