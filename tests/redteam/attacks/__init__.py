"""The attacks, by family."""

from __future__ import annotations

from . import editing, exhaustion, files, markup, patches, payloads, protocol, timing, values
from . import outside as outside

ATTACKS = [
    *values.ATTACKS,
    *patches.ATTACKS,
    *protocol.ATTACKS,
    *payloads.ATTACKS,
    *timing.ATTACKS,
    *editing.ATTACKS,
    *exhaustion.ATTACKS,
    *outside.ATTACKS,
    *markup.ATTACKS,
    *files.ATTACKS,
]
