"""The line of links at the top and the bottom of every notebook."""

from __future__ import annotations

from certlab.curriculum import Course, Guide, Module

from . import colab

TREES = {"lesson": "notebooks", "exercise": "exercises", "solution": "solutions"}


def notebook_path(name: str, role: str) -> str:
    """Where the notebook of a module lies, relative to the course: 'notebooks/01-math/….ipynb'."""
    return f"{TREES[role]}/{name}.ipynb"


def links(course: Course, module: Guide | Module, role: str) -> str:
    """Markdown: previous and next of the same kind, the module's other notebooks, Colab's badge."""
    guides = course.guides if role == "lesson" else ()
    others: list[Guide | Module] = [*guides, *course.modules]
    position = [other.name for other in others].index(module.name)
    parts = []
    if position > 0:
        previous = others[position - 1]
        parts.append(f"[← {previous.header.title}]({_relative(previous.name, role)})")
    if isinstance(module, Module):
        titles = {"lesson": "Lesson", "exercise": "Exercise", "solution": "Solution"}
        parts += [
            f"[{title}]({_relative(module.name, other)})"
            for other, title in titles.items()
            if other != role
        ]
    if position + 1 < len(others):
        following = others[position + 1]
        parts.append(f"[{following.header.title} →]({_relative(following.name, role)})")
    text = " · ".join(parts)
    if course.file.repository is not None:
        address = colab.address(
            course.file.repository, course.file.branch, notebook_path(module.name, role)
        )
        text += f"\n\n[![Open in Colab]({colab.BADGE})]({address})"
    return text


def _relative(name: str, role: str) -> str:
    return f"../../{notebook_path(name, role)}"
