"""Fingerprints of token sequences."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from functools import cache

GRAM = 10  # tokens in a fingerprint: what is shorter is noise
WINDOW = 6  # of every six fingerprints in a row, at least one is kept
# so every shared run of GRAM + WINDOW - 1 = 15 tokens is found

_BASE = 1_000_003
_MODULUS = (1 << 61) - 1
_LEADING = pow(_BASE, GRAM - 1, _MODULUS)


def grams(texts: Sequence[str]) -> Iterator[int]:
    """A rolling hash of every run of GRAM tokens, in order."""
    value = 0
    for position, text in enumerate(texts):
        if position >= GRAM:
            value -= _number(texts[position - GRAM]) * _LEADING
        value = (value * _BASE + _number(text)) % _MODULUS
        if position >= GRAM - 1:
            yield value


def winnow(hashes: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Choose from (hash, position) the smallest hash of every window; the last of equal ones.

    A choice depends on the window alone, so that equal runs give equal choices.
    """
    chosen: list[tuple[int, int]] = []
    for end in range(min(WINDOW, len(hashes)), len(hashes) + 1):
        window = hashes[max(0, end - WINDOW) : end]
        if not window:
            break
        smallest = min(window, key=lambda entry: (entry[0], -entry[1]))
        if not chosen or chosen[-1] != smallest:
            chosen.append(smallest)
    return chosen


@cache
def _number(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=7).digest())
