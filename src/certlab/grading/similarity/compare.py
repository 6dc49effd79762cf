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
_FEWEST = 4  # shared fingerprints below which likeness is chance
_LEAST = 0.5  # similarity below which a pair is not worth a look
_OUTSTANDING = 3  # times what the middle pair of the class shares: less than that is chance
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
    similarity: float  # share of one cell's own fingerprints, by rarity, that is in the other work
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
    _weights: dict[int, float] = field(default_factory=dict)

    def weight(self, cell: int, weights: dict[int, float]) -> float:
        """What a cell's own fingerprints weigh together."""
        if not self._weights:
            for value, places in self.places.items():
                found = places[0][0]
                weight = weights.get(value, 0.0)
                self._weights[found] = self._weights.get(found, 0.0) + weight
        return self._weights[cell]


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
    for value in weights:
        for couple in combinations(sharers[value], 2):
            shared[couple] += 1
    alike = {
        couple: _alike(prints[couple[0]], prints[couple[1]], weights)
        for couple, count in shared.items()
        if count >= _FEWEST
    }
    pairs = math.comb(len(works), 2)
    noise = _quantile([mass for _, mass in alike.values()], pairs, 0.5) if len(works) > 2 else 0.0
    listed = sorted(
        (
            couple
            for couple, (similarity, mass) in alike.items()
            if similarity >= _LEAST and mass >= _OUTSTANDING * noise
        ),
        key=lambda couple: (-alike[couple][1], couple),
    )
    return Comparison(
        works=len(works),
        pairs=[
            Pair(
                students=(works[one].student, works[other].student),
                similarity=alike[one, other][0],
                shared=shared[one, other],
                passages=tuple(
                    _passages((works[one], works[other]), (prints[one], prints[other]), weights)
                ),
            )
            for one, other in listed[:top]
        ],
        usual=_quantile([value for value, _ in alike.values()], pairs, 0.95),
        found=len(listed),
    )


def _alike(one: _Prints, other: _Prints, weights: dict[int, float]) -> tuple[float, float]:
    """How much of a cell is in the other work, for the cell of which most is; and how much in all.

    By cell, because whoever copies one answer of six has copied a whole answer.
    """
    common = [value for value in one.places.keys() & other.places.keys() if value in weights]
    similarity = 0.0
    for work in (one, other):
        own: dict[int, float] = defaultdict(float)
        counts: dict[int, int] = defaultdict(int)
        for value in common:
            cell = work.places[value][0][0]
            own[cell] += weights[value]
            counts[cell] += 1
        for cell, weight in own.items():
            if counts[cell] >= _FEWEST:
                similarity = max(similarity, weight / work.weight(cell, weights))
    return min(1.0, similarity), sum(weights[value] for value in common)


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


def _quantile(values: list[float], count: int, share: float) -> float:
    """Of `count` numbers, of which all but `values` are zero; the lower of two in the middle."""
    position = math.ceil(share * count) - 1 - (count - len(values))
    return sorted(values)[position] if position >= 0 else 0.0
