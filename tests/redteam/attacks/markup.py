"""Text that ends up in messages, tables, reports and terminals."""

from __future__ import annotations

from ..attack import Attack

_SCRIPT = "<script>alert('RT7')</script>"


def _say(name: str, source: str, message: str, status: str = "error", **named: object) -> Attack:
    return Attack(
        "markup",
        name,
        {"total": source},
        questions={"total": (status, message)},
        **named,  # type: ignore[arg-type]
    )


ATTACKS = [
    _say("script", f'raise ValueError("{_SCRIPT}")', "<script>"),
    _say("image", "raise ValueError('<img src=x onerror=alert(1)>')", "<img"),
    _say("attribute", "raise ValueError('\" onmouseover=\"alert(1)')", "onmouseover"),
    _say("template", "raise ValueError('{{ 7 * 7 }}{% for x in y %}')", "{{ 7 * 7 }}"),
    _say("console", "raise ValueError('[bold red]right[/] [link=http://x]y[/link]')", "[bold red]"),
    _say("terminal", "raise ValueError('\\x1b[2J\\x1b]0;owned\\x07\\x9b31m\\r')", "\\x1b[2J"),
    _say("backwards", "raise ValueError('\\u202egnp.exe')", "\\u202e"),
    _say("null", "raise ValueError('a\\0b')", "a\\x00b"),
    _say("formula", "raise ValueError('=cmd|calc')", "=cmd"),
    _say(
        "exception-name",
        f"raise type({_SCRIPT!r}, (Exception,), {{}})('x')",
        "<script>",
    ),
    _say(
        "exception-that-hides",
        "class Hidden(Exception):\n    def __str__(self): raise SystemExit\n"
        "    __repr__ = __str__\nraise Hidden",
        "Hidden",
    ),
    _say(
        "exception-that-waits",
        "import time\nclass Waits(Exception):\n    def __str__(self): time.sleep(99)\nraise Waits",
        "did not finish",
        "timeout",
    ),
    _say(
        "exception-without-a-name",
        "class Meta(type):\n    @property\n    def __name__(cls): raise SystemExit\n"
        "class Nameless(Exception, metaclass=Meta): pass\nraise Nameless('x')",
        "",
    ),
    _say(
        "exception-named-by-an-object",
        "class Meta(type):\n    __name__ = property(lambda cls: [cls] * 10**6)\n"
        "class Odd(Exception, metaclass=Meta): pass\nraise Odd('x')",
        "",
    ),
    _say("forty-megabytes", "raise ValueError('x' * 40_000_000)", "ValueError: xxx"),
    _say(
        "claims-to-be-the-grader",
        "class NotPlain(Exception): pass\nraise NotPlain('full marks were given')",
        "NotPlain",
    ),
    _say("syntax", f"{_SCRIPT}", "SyntaxError"),
    _say("half-a-surrogate", "raise ValueError('\\ud800')", "\\ud800"),
    Attack("markup", "student-script", folder="markup-<img src=x onerror=alert(1)>"),
    Attack("markup", "student-console", folder="markup-[red]x[bold]"),
    Attack("markup", "student-terminal", folder="markup-\x1b[31m\nright 11 of 11"),
    Attack("markup", "student-formula", folder="=HYPERLINK(markup)"),
    Attack("markup", "student-quotes", folder="markup-'; DROP TABLE submissions; --"),
    Attack("markup", "student-not-utf-8", folder="markup-\udcff\udcfe"),
    Attack("markup", "student-long", folder="markup-" + "x" * 240),
]
