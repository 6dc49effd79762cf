"""A sitting's result as HTML (the same in a notebook, a widget and a page) and as plain text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from certlab.build.navigation import notebook_path

from .rendering import inline
from .scoring import Advice, SkillReport, Tally

# Told apart by people who see colours differently; the words beside the bars say the same.
_COLOURS = {
    "strong": "#1b8a6b",
    "some gaps": "#c98a00",
    "gap": "#c0492f",
    "not answered": "#8a8a8a",
}
_TRACK = "color-mix(in srgb, currentColor 14%, transparent)"
_BAR = 20  # characters of a bar in plain text
NOTHING = "No question is answered yet. Answer some, then ask for the report again."
CAUTION = (
    "Five questions are a rough measure of a domain: one more right answer moves it by up to a "
    "third. Where the result surprises you, open the module, read its summary and try its quiz."
)


@dataclass(frozen=True)
class PracticeReport:
    """The result of a module's quiz."""

    tally: Tally


@dataclass(frozen=True)
class Shown:
    """A report that a notebook shows as HTML and a terminal as text."""

    report: SkillReport | PracticeReport

    def _repr_html_(self) -> str:
        return to_html(self.report)

    def __repr__(self) -> str:
        return to_text(self.report)


def to_html(report: SkillReport | PracticeReport) -> str:
    """HTML that needs no style sheet and follows the page's own colours, light or dark."""
    if isinstance(report, PracticeReport):
        return f"<p><strong>{escape(_headline(report))}</strong></p>"
    if not report.answered:
        return f"<p>{escape(NOTHING)}</p>"
    rows = "".join(_bar_row(domain.title, found) for domain, found in report.domains)
    parts = [
        f"<p><strong>{escape(_headline(report))}</strong></p>",
        '<table style="border-collapse:collapse;width:100%;max-width:44rem">',
        "<thead><tr>",
        *(
            f'<th scope="col" style="text-align:left;padding:.2rem .8rem .2rem 0">{title}</th>'
            for title in ("Domain", "Weighted score", "Right", "Verdict")
        ),
        f"</tr></thead><tbody>{rows}</tbody></table>",
        f"<p>{escape(CAUTION)}</p>",
    ]
    for title, advice, tag in _lists(report):
        entries = "".join(f"<li>{_module_html(one)}</li>" for one in advice)
        parts.append(f"<h4>{escape(title)}</h4><{tag}>{entries}</{tag}>")
    parts += [f"<p>{inline(line)}</p>" for line in _without_modules(report)]
    return "\n".join(parts)


def to_text(report: SkillReport | PracticeReport) -> str:
    """The same for a terminal."""
    if isinstance(report, PracticeReport):
        return _headline(report)
    if not report.answered:
        return NOTHING
    width = max(len(domain.title) for domain, _ in report.domains)
    lines = [_headline(report), ""]
    for domain, found in report.domains:
        filled = round(found.share * _BAR)
        bar = "█" * filled + "·" * (_BAR - filled)
        lines.append(
            f"{domain.title:<{width}}  {bar}  {found.right} of {found.total}  {found.verdict}"
        )
    lines += ["", CAUTION]
    for title, advice, _ in _lists(report):
        lines += ["", title]
        lines += [
            f"  {one.module.name}  {one.module.header.title} ({_minutes(one)} min; {one.why})"
            for one in advice
        ]
    lines += ["", *_without_modules(report)]
    return "\n".join(lines).rstrip()


def _headline(report: SkillReport | PracticeReport) -> str:
    if isinstance(report, PracticeReport):
        return f"{report.tally.right} of {report.tally.total} right."
    right = sum(found.right for _, found in report.domains)
    unsure = sum(found.unsure for _, found in report.domains)
    text = f"{right} of {report.total} right"
    if unsure:
        text += f", {unsure} marked “not sure”"
    if report.answered < report.total:
        text += f", {report.total - report.answered} not answered"
    return f"{text}."


def _lists(report: SkillReport) -> Iterable[tuple[str, list[Advice], str]]:
    study = [one for one in report.advice if one.study]
    skip = [one for one in report.advice if not one.study]
    if study:
        hours = sum(map(_minutes, study)) / 60
        yield f"Study, in this order (about {hours:.0f} hours)", study, "ol"
    if skip:
        yield "Skip, or try the exercise to be sure", skip, "ul"


def _without_modules(report: SkillReport) -> list[str]:
    """A word on domains that the course does not teach yet."""
    bare = [
        domain.title
        for domain, found in report.domains
        if not domain.modules and found.answered and found.verdict != "strong"
    ]
    return [f"The course has no modules on {title} yet." for title in bare]


def _minutes(advice: Advice) -> int:
    return advice.module.header.minutes + advice.module.exercise.header.minutes


def _module_html(advice: Advice) -> str:
    module = advice.module
    # From notebooks/<part>/, where the assessment's notebook lies too.
    address = f"../../{notebook_path(module.name, 'lesson')}"
    title = f'<a href="{escape(address)}" data-module="{escape(module.name)}">' + (
        f"{escape(module.name.split('/')[0])} · {escape(module.header.title)}</a>"
    )
    return f"{title} ({_minutes(advice)} min; {escape(advice.why)})"


def _bar_row(title: str, found: Tally) -> str:
    cell = "padding:.2rem .8rem .2rem 0;text-align:left"
    percent = round(100 * found.share)
    bar = (
        f'<div style="background:{_TRACK};border-radius:3px;width:12rem;max-width:100%">'
        f'<div style="background:{_COLOURS[found.verdict]};border-radius:3px;height:.8rem;'
        f'width:{percent}%"></div></div>'
    )
    return (
        f'<tr><th scope="row" style="{cell};font-weight:normal">{escape(title)}</th>'
        f'<td style="{cell}" aria-label="{percent} percent">{bar}</td>'
        f'<td style="{cell}">{found.right} of {found.total}</td>'
        f'<td style="{cell}">{escape(found.verdict)}</td></tr>'
    )
