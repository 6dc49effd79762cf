"""Which pairs of students share rare passages of code."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from .tokens import Token, tokens
from .winnow import GRAM, WINDOW, grams, winnow

_GAP = 2 * (GRAM + WINDOW)  # tokens between two matches that still make one passage
_FEWEST = 3  # shared fingerprints below which likeness is chance
_LEAST = 0.2  # similarity below which a pair is not worth a look
_PASSAGES = 5  # shown per pair
_OCCURRENCES = 3  # of one fingerprint in one work that are followed up
_OPEN_RUNS = 12  # recent runs that a match may continue

_Match = tuple[tuple[int, int], tuple[int, int]]  # (cell, token) in one work, and in the other


@dataclass(frozen=True)
class Cell:
    """A code cell: the question it answers, or its place, and its code."""

    label: str
    source: str


@dataclass(frozen=True)
class Work:
    """What one student handed in."""

    student: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Place:
    """Lines of one cell, both ends included, from 1."""

    label: str
    first: int
    last: int
    text: str


@dataclass(frozen=True)
class Passage:
    """Code that is the same in two works but for names and literals."""

    tokens: int
    places: tuple[Place, Place]


@dataclass(frozen=True)
class Pair:
    """Two works that share more than the exercise and the class explain."""

    students: tuple[str, str]
    similarity: float  # share of the smaller work's own fingerprints, weighted by rarity, 0 to 1
    shared: int  # fingerprints
    passages: tuple[Passage, ...]


@dataclass(frozen=True)
class Comparison:
    """The pairs to look at, and what is usual in the class."""

    works: int
    pairs: list[Pair]
    usual: float  # similarity that 95 % of all pairs stay below
    found: int  # pairs worth a look, of which `pairs` are the first


@dataclass
class _Prints:
    """A work's own fingerprints: hash -> places as (cell, position of the first token)."""

    cells: list[list[Token]]
    places: dict[int, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))


def compare(works: Sequence[Work], explained: Iterable[str], top: int = 20) -> Comparison:
    """The `top` most similar pairs; `explained` is code that makes nobody suspicious.

    Fingerprints of that code count for nothing, nor do those that many students share. An index
    from fingerprints to the few who share them is all that is searched.
    """
    base = {value for source in explained for value in grams(_texts(tokens(source)))}
    prints = [_fingerprints(work, base) for work in works]
    sharers: dict[int, list[int]] = defaultdict(list)
    for number, entry in enumerate(prints):
        for value in entry.places:
            sharers[value].append(number)
    weights = _weights(sharers, len(works))
    shared: dict[tuple[int, int], int] = defaultdict(int)
    common: dict[tuple[int, int], float] = defaultdict(float)
    for value, weight in weights.items():
        for couple in combinations(sharers[value], 2):
            shared[couple] += 1
            common[couple] += weight
    sizes = [sum(weights.get(value, 0.0) for value in entry.places) for entry in prints]
    similar = {
        (one, other): weight / max(min(sizes[one], sizes[other]), 1e-9)
        for (one, other), weight in common.items()
    }
    listed = sorted(
        (
            couple
            for couple, value in similar.items()
            if value >= _LEAST and shared[couple] >= _FEWEST
        ),
        key=lambda couple: (-similar[couple] * math.log1p(shared[couple]), couple),
    )
    return Comparison(
        works=len(works),
        pairs=[
            Pair(
                students=(works[one].student, works[other].student),
                similarity=min(1.0, similar[one, other]),
                shared=shared[one, other],
                passages=tuple(
                    _passages((works[one], works[other]), (prints[one], prints[other]), weights)
                ),
            )
            for one, other in listed[:top]
        ],
        usual=_percentile(list(similar.values()), math.comb(len(works), 2), 0.95),
        found=len(listed),
    )


def _fingerprints(work: Work, base: set[int]) -> _Prints:
    found = _Prints([tokens(cell.source) for cell in work.cells])
    for number, cell in enumerate(found.cells):
        # Left out before winnowing: a hash that counts for nothing must not stand for its window.
        own = [
            (value, position)
            for position, value in enumerate(grams(_texts(cell)))
            if value not in base
        ]
        for value, position in winnow(own):
            found.places[value].append((number, position))
    return found


def _weights(sharers: dict[int, list[int]], works: int) -> dict[int, float]:
    """The rarer in the class, the more a fingerprint tells; what many share tells nothing.

    Many are more than half of a small class, a fifth of a large one.
    """
    most = max(2, min(works // 2, max(5, round(works / 5))))
    return {
        value: math.log((works + 1) / len(students))
        for value, students in sharers.items()
        if len(students) <= most
    }


def _passages(
    works: tuple[Work, Work], prints: tuple[_Prints, _Prints], weights: dict[int, float]
) -> Iterator[Passage]:
    """The longest runs of matches that lie in the same order in both works."""
    matches = sorted(
        (here, there)
        for value, places in prints[0].places.items()
        if value in weights and value in prints[1].places
        for here in places[:_OCCURRENCES]
        for there in prints[1].places[value][:_OCCURRENCES]
    )
    runs: list[tuple[_Match, _Match]] = []  # first and last match
    for match in matches:
        for number in range(len(runs) - 1, max(-1, len(runs) - 1 - _OPEN_RUNS), -1):
            if _follows(runs[number][1], match):
                runs[number] = (runs[number][0], match)
                break
        else:
            runs.append((match, match))
    runs.sort(key=lambda run: run[0][0][1] - run[1][0][1])
    shown: list[tuple[_Match, _Match]] = []
    for first, last in runs:
        if any(_overlap(first, last, *other) for other in shown):
            continue
        shown.append((first, last))
        yield Passage(
            tokens=last[0][1] - first[0][1] + GRAM,
            places=(
                _place(works[0], prints[0], first[0], last[0]),
                _place(works[1], prints[1], first[1], last[1]),
            ),
        )
        if len(shown) == _PASSAGES:
            return


def _follows(before: _Match, match: _Match) -> bool:
    return all(
        then[0] == now[0] and 0 < now[1] - then[1] <= _GAP
        for then, now in zip(before, match, strict=True)
    )


def _overlap(first: _Match, last: _Match, other_first: _Match, other_last: _Match) -> bool:
    """Whether two runs have lines of the first work in common."""
    return first[0] <= other_last[0] and other_first[0] <= last[0]


def _place(work: Work, prints: _Prints, first: tuple[int, int], last: tuple[int, int]) -> Place:
    cell = work.cells[first[0]]
    own = prints.cells[first[0]]
    begin, end = own[first[1]].line, own[last[1] + GRAM - 1].line
    lines = cell.source.splitlines()
    return Place(cell.label, begin, end, "\n".join(lines[begin - 1 : end]))


def _texts(found: Sequence[Token]) -> list[str]:
    return [token.text for token in found]


def _percentile(values: list[float], count: int, share: float) -> float:
    """Of `count` numbers, of which all but `values` are zero."""
    zeros = count - len(values)
    position = math.ceil(share * count) - 1 - zeros
    return min(1.0, sorted(values)[position]) if 0 <= position < len(values) else 0.0
