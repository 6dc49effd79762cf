"""What answers are worth: by question, by domain, and which modules follow from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from certlab.curriculum import Course, Item, Module

from .banks import Quiz, SkillDomain, SkillItem

STRONG = 0.8  # share of the weighted points from which on a domain or a module can be skipped
SOME = 0.5  # below this, a gap

Verdict = Literal["strong", "some gaps", "gap", "not answered"]
Chosen = Mapping[str, tuple[int, ...]]


@dataclass(frozen=True)
class Tally:
    """Answers to a set of questions; a harder question weighs more (its level, 1 to 3)."""

    right: int
    total: int
    unsure: int
    answered: int
    points: int
    possible: int

    @property
    def share(self) -> float:
        """Weighted share of right answers, 0 to 1."""
        return self.points / self.possible if self.possible else 0.0

    @property
    def verdict(self) -> Verdict:
        """The share in a word."""
        if not self.answered:
            return "not answered"
        if self.share >= STRONG:
            return "strong"
        return "some gaps" if self.share >= SOME else "gap"


@dataclass(frozen=True)
class Advice:
    """A module to study or to skip, and why."""

    module: Module
    study: bool
    why: str


@dataclass(frozen=True)
class SkillReport:
    """Where a learner stands, domain by domain, and the modules in the order of their `needs`."""

    domains: tuple[tuple[SkillDomain, Tally], ...]
    advice: tuple[Advice, ...]
    answered: int
    total: int


def is_right(item: Item, chosen: tuple[int, ...]) -> bool:
    """Whether exactly the correct options were chosen."""
    return frozenset(chosen) == item.right


def tally(items: Iterable[Item], chosen: Chosen) -> Tally:
    """Count answers. Questions without an answer count as not known."""
    items = list(items)
    right = [item for item in items if item.id in chosen and is_right(item, chosen[item.id])]
    return Tally(
        right=len(right),
        total=len(items),
        unsure=sum(chosen.get(item.id) == () for item in items),
        answered=sum(item.id in chosen for item in items),
        points=sum(map(_weight, right)),
        possible=sum(map(_weight, items)),
    )


def skill_report(quiz: Quiz, chosen: Chosen, course: Course) -> SkillReport:
    """Strengths and gaps by domain, and for each module that a domain names what to do with it.

    A module is judged by the questions that name it; one that no question names, by its domain.
    The course lists modules after those that they need, so its order is an order of study.
    """
    items = [item for item in quiz.items if isinstance(item, SkillItem)]
    domains = tuple(
        (domain, tally((item for item in items if item.domain == domain.id), chosen))
        for domain in quiz.domains
    )
    advice = []
    for module in course.modules:
        named = [(domain, found) for domain, found in domains if module.name in domain.modules]
        if not named or not any(found.answered for _, found in named):
            continue
        own = [item for item in items if module.name in item.modules]
        advice.append(_advise(module, named[0][0], tally(own, chosen), named[0][1]))
    return SkillReport(domains, tuple(advice), len(chosen), len(items))


def _advise(module: Module, domain: SkillDomain, own: Tally, around: Tally) -> Advice:
    if own.total == 0:
        why = f"no question of its own; {domain.title}: {around.verdict}"
        return Advice(module, around.share < STRONG, why)
    return Advice(module, own.share < STRONG, f"{own.right} of {own.total} right")


def _weight(item: Item) -> int:
    return item.level if isinstance(item, SkillItem) else 1
