"""What papermill finds under the name `warm`: an engine that is imported when it is first used.

papermill loads its entry points while it is itself being imported. The engine imports papermill, so
loading it there would make one of the two imports fail, and everyone else would wait for it.
"""

from __future__ import annotations

from typing import Any


class LazyEngine:
    """Stands for `engine.WarmEngine`, whose class methods are all that papermill calls."""

    def __getattr__(self, name: str) -> Any:
        from .engine import WarmEngine

        return getattr(WarmEngine, name)


warm_engine = LazyEngine()
