"""Text from a submission that every terminal, file and database takes as text and nothing else."""

from __future__ import annotations

import re

# Control characters, which terminals obey and PostgreSQL refuses; marks that turn the reading
# direction round; halves of surrogate pairs, which no encoding takes.
_HARMFUL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def harmless(text: str) -> str:
    """`text` with each harmful character written as its escape, such as ``\\x1b``."""
    return _HARMFUL.sub(lambda found: _escape(ord(found.group())), text)


def _escape(number: int) -> str:
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"
