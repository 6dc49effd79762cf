"""Python as tokens in which only the structure is left."""

from __future__ import annotations

import builtins
import io
import keyword
import tokenize
from dataclasses import dataclass

_FSTRING_START = getattr(tokenize, "FSTRING_START", -1)  # since Python 3.12
_FSTRING_END = getattr(tokenize, "FSTRING_END", -1)
_LAYOUT = {
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENCODING,
    tokenize.ENDMARKER,
}
_KEPT_NAMES = frozenset(keyword.kwlist) | frozenset(dir(builtins))


@dataclass(frozen=True, slots=True)
class Token:
    """A normalised token and the line it stands on, from 1."""

    text: str
    line: int


def tokens(source: str) -> list[Token]:
    """The tokens of a cell; of one that is no valid Python, those before the error.

    Names become `n`, numbers `0` and strings `s`, so that renaming changes nothing. Keywords,
    built-in names and what follows a dot stay: they name what the language and libraries offer.
    Comments, docstrings and layout are dropped.
    """
    found: list[Token] = []
    inside_fstring = 0
    after_dot = False
    line_begins = True
    try:
        for token in tokenize.generate_tokens(io.StringIO(_without_magics(source)).readline):
            if token.type == tokenize.COMMENT or token.type in _LAYOUT:
                if token.type == tokenize.NEWLINE:
                    _drop_docstring(found, line_begins)
                    line_begins = True
                continue
            if token.type == _FSTRING_START:
                inside_fstring += 1
                if inside_fstring == 1:
                    found.append(Token("s", token.start[0]))
                    line_begins = False
                continue
            if token.type == _FSTRING_END:
                inside_fstring -= 1
                continue
            if inside_fstring:
                continue
            text = _normal(token, after_dot)
            # a string that begins a line is one until something follows it
            line_begins = line_begins and text == "s" and token.type == tokenize.STRING
            found.append(Token(text, token.start[0]))
            after_dot = token.string == "."
    except (tokenize.TokenError, SyntaxError, ValueError):
        pass
    return found


def _normal(token: tokenize.TokenInfo, after_dot: bool) -> str:
    if token.type == tokenize.NAME:
        return token.string if after_dot or token.string in _KEPT_NAMES else "n"
    if token.type == tokenize.NUMBER:
        return "0"
    return "s" if token.type == tokenize.STRING else token.string


def _drop_docstring(found: list[Token], only_strings: bool) -> None:
    """Drop the strings of a line that holds nothing else."""
    if only_strings:
        while found and found[-1].text == "s":
            found.pop()


def _without_magics(source: str) -> str:
    """IPython's commands as empty lines, so that the rest is Python and keeps its line numbers."""
    lines = source.splitlines()
    return "\n".join("" if line.lstrip()[:1] in ("%", "!", "?") else line for line in lines) + "\n"
