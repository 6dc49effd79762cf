"""Markdown with formulas, as HTML that every browser shows without a further library.

Formulas become MathML, which screen readers read. Raw HTML in the text is shown, not obeyed.
"""

from __future__ import annotations

from functools import cache

from latex2mathml.converter import convert
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin


def block(text: str) -> str:
    """HTML of paragraphs, lists, tables and code."""
    return _markdown().render(text.strip()).strip()


def inline(text: str) -> str:
    """HTML of a phrase, without a paragraph around it."""
    return _markdown().renderInline(text.strip())


@cache
def _markdown() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    return parser.use(dollarmath_plugin, renderer=_formula, allow_labels=False)


def _formula(latex: str, options: dict) -> str:
    return convert(latex, display="block" if options["display_mode"] else "inline")
