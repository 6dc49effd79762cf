"""The command line: parses, calls, prints. What it calls is imported only when it is called."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from certlab.commands.grade import grade
from certlab.commands.override import override
from certlab.commands.quiz import quiz
from certlab.commands.report import report
from certlab.commands.shared import located
from certlab.commands.similar import similar

if TYPE_CHECKING:
    from certlab.curriculum import Course, Exercise
    from certlab.grading.verify import Rejection, Soundness

app = typer.Typer(
    name="certlab",
    help="Practice notebooks for five machine-learning certifications: build, run and grade them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
out = Console(soft_wrap=True)
err = Console(stderr=True, soft_wrap=True)

EXIT_PROBLEM = 1  # what was asked for could not be done; the message says why
MUTANT_BAR = 0.95  # share of changed solutions that a sound exercise rejects
EXIT_UNREADABLE = 3  # the batch is complete, but some submissions could not be read


def main() -> None:
    """Entry point: known errors become one clear message and a non-zero exit."""
    # jsonschema, which nbformat imports, would use this package to check internationalised web
    # addresses, and importing it takes over a second; notebooks have no such field.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    from certlab.curriculum import CurriculumError
    from certlab.storage import StorageError

    try:
        app()
    except (CurriculumError, StorageError) as error:
        _fail(str(error))
    except (FileNotFoundError, PermissionError, IsADirectoryError, NotADirectoryError) as error:
        _fail(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    except OSError as error:  # a full disk, above all
        _fail(f"{error.filename or 'writing'}: {error.strerror or error}")
    except KeyboardInterrupt:
        _fail("interrupted")


# ---------------------------------------------------------------------------- course


@app.command()
def lab(
    module: Annotated[str | None, typer.Argument(help="e.g. 01-math/04-gradient-descent")] = None,
    browser: Annotated[bool, typer.Option(help="Open a browser window.")] = True,
    port: Annotated[int, typer.Option(help="Port of the local server.")] = 8888,
) -> None:
    """Open JupyterLab on the course, or on one module's lesson."""
    from certlab import lab as lab_module
    from certlab.build.navigation import notebook_path
    from certlab.curriculum import find_root

    root = find_root()
    path = ""
    if module is not None:
        course = _course()
        guides = {guide.name for guide in course.guides}
        name = module if module in guides else _known_module(course, module)
        path = notebook_path(name, "lesson")
        if not (root / path).is_file():
            _fail(f"{path} is not built yet; run `certlab build`")
    elif (root / "README.md").is_file():
        path = "README.md"
    command = lab_module.command(root, path, browser=browser, port=port)
    environment = lab_module.environment()
    os.chdir(root)
    if os.name == "nt":  # Windows has no exec that keeps the console
        import subprocess

        raise typer.Exit(subprocess.call(command, env=environment))
    os.execve(command[0], command, environment)


@app.command("list")
def list_modules(
    certification: Annotated[
        str | None, typer.Option(help="Only what serves this exam, e.g. aws-mls.")
    ] = None,
) -> None:
    """Show the modules in order, or one exam with the modules that serve its objectives."""
    course = _course()
    if certification is None:
        _print_modules(course)
    else:
        _print_certification(course, certification)


@app.command()
def build(
    check: Annotated[
        bool, typer.Option("--check", help="Compare only; run and write nothing.")
    ] = False,
    rerun: Annotated[
        bool, typer.Option("--rerun", help="Run every solution again, changed or not.")
    ] = False,
) -> None:
    """Write notebooks/, exercises/ and solutions/ from curriculum/."""
    from certlab import build as builder

    course = _course()
    if check:
        differences = builder.check(course)
        for difference in differences:
            err.print(f"{escape(str(difference.path))}: {escape(difference.reason)}")
        if differences:
            _fail(f"{len(differences)} built files are out of date; run `certlab build`")
        out.print(f"{len(course.modules)} modules: every notebook follows from its source")
        return
    try:
        changed = builder.build(course, rerun=rerun, progress=lambda text: out.print(escape(text)))
    except builder.ExecutionFailed as error:
        _fail(str(error))
    out.print(f"{len(course.modules)} modules, {len(changed)} files changed")


app.command()(quiz)


# ---------------------------------------------------------------------------- grading


@app.command()
def verify(
    modules: Annotated[
        list[str] | None, typer.Argument(help="Modules or files of exercises; default: all.")
    ] = None,
    draws: Annotated[int, typer.Option(min=1, help="How many seeds to try.")] = 3,
    mutants: Annotated[
        int, typer.Option(min=0, help="Also grade this many changed solutions per exercise.")
    ] = 0,
    jobs: Annotated[int, typer.Option(min=1, help="Runs at a time.")] = 2,
) -> None:
    """Measure whether exercises are sound: blank earns 0, solution full marks, on every draw.

    With --mutants, solutions changed in one place (an operator, a constant, a dropped term) are
    graded too, and at least 95 % of them must be rejected.
    """
    from concurrent.futures import ThreadPoolExecutor

    from certlab.grading.grader import OracleError
    from certlab.grading.runners import fastest_runner
    from certlab.grading.verify import Soundness, reject_mutants
    from certlab.grading.verify import verify as verify_exercise

    if modules:
        exercises = [_exercise(name) for name in modules]
    else:
        exercises = [module.exercise for module in _course().modules]

    each = max(1, jobs // len(exercises))

    def run(exercise: Exercise) -> tuple[Soundness, Rejection | None]:
        def step(_: str) -> None:
            progress.advance(task)

        try:
            found = verify_exercise(exercise, draws, run=run_steps, progress=step)
            rejection = None
            if mutants:
                rejection = reject_mutants(exercise, mutants, draws, run_steps, step, each)
        except OracleError as error:
            return Soundness(exercise.name, draws, (str(error),), ()), None
        return found, rejection

    with (
        fastest_runner(exercises) as run_steps,
        _progress() as progress,
        ThreadPoolExecutor(jobs) as pool,
    ):
        task = progress.add_task("verifying", total=(draws + mutants) * len(exercises))
        findings = list(pool.map(run, exercises))
    unsound = [
        found.exercise for found, rejection in findings if not _print_verdict(found, rejection)
    ]
    if unsound:
        _fail(f"{len(unsound)} exercises are not sound")


@app.command()
def assign(
    exercise: Annotated[str, typer.Argument(help="A module's name or an exercise's file.")],
    roster: Annotated[Path, typer.Option(help="CSV file with a column `student`.")],
    out_folder: Annotated[
        Path,
        typer.Option(
            "--out", help="Folder or s3:// address to write into.", parser=located, metavar="FOLDER"
        ),
    ],
    secret: Annotated[
        Path | None, typer.Option(help="File of the course's secret; made when missing.")
    ] = None,
) -> None:
    """Write one variant of an exercise per student: <out>/<student>/<exercise>.ipynb."""
    from certlab.grading import variants

    loaded = _exercise(exercise)
    try:
        students = variants.read_roster(roster)
    except variants.RosterError as error:
        _fail(str(error))
    written = variants.assign(loaded, students, _secret(secret), out_folder, _course_of(loaded))
    out.print(
        f"{len(written)} variants of {escape(loaded.name)} in {escape(str(out_folder))}; "
        f"hand out each student's folder and keep {variants.MANIFEST} to yourself"
    )


app.command()(grade)
app.command()(report)
app.command()(override)
app.command()(similar)


@app.command()
def doctor() -> None:
    """Show what works on this machine, and how to get the rest."""
    from certlab.doctor import diagnose

    table = Table(box=None, show_header=False)
    findings = diagnose()
    for finding in findings:
        mark = {"ok": "[green]✓[/]", "missing": "[yellow]–[/]", "broken": "[red]✗[/]"}
        table.add_row(mark[finding.state], escape(finding.what), escape(finding.detail))
    out.print(table)
    if any(finding.state == "broken" for finding in findings):
        _fail("something that the course needs does not work here")


# ---------------------------------------------------------------------------- shared


def _fail(message: str) -> NoReturn:
    err.print(f"[red]certlab:[/] {escape(message)}")
    sys.exit(EXIT_PROBLEM)


def _course() -> Course:
    from certlab.curriculum import find_root, load_course

    return load_course(find_root())


def _known_module(course: Course, name: str) -> str:
    module = course.module(name)
    if module is None:
        _fail(course.unknown(name))
    return module.name


def _exercise(name: str) -> Exercise:
    """A module's exercise by name, or any file in the format."""
    from certlab.curriculum import find_root, read_exercise

    path = Path(name)
    if path.suffix in (".py", ".ipynb"):
        if not path.is_file():
            _fail(f"{name}: no such file")
        return read_exercise(path, _name_of(path))
    source = find_root() / "curriculum" / name / "exercise.py"
    if source.is_file():  # no need to read the whole course
        return read_exercise(source, name)
    course = _course()
    module = course.module(_known_module(course, name))
    assert module is not None
    return module.exercise


def _name_of(path: Path) -> str | None:
    """The name of an exercise.py is its folder's: every one has the same file name."""
    if path.name != "exercise.py":
        return None
    folder = path.resolve().parent
    if folder.parent.parent.name == "curriculum":
        return f"{folder.parent.name}/{folder.name}"
    return folder.name


def _course_of(exercise: Exercise) -> Course | None:
    """The course around an exercise, for its navigation; None for an instructor's own file."""
    from certlab.curriculum import find_root, load_course

    try:
        course = load_course(find_root())
    except FileNotFoundError:
        return None
    return course if course.module(exercise.name) is not None else None


def _secret(path: Path | None) -> bytes:
    from certlab.curriculum import find_root
    from certlab.grading.variants import SECRET_FILE, read_secret

    if path is None:
        try:
            path = find_root() / SECRET_FILE
        except FileNotFoundError:
            path = SECRET_FILE
    try:
        return read_secret(path)
    except ValueError as error:
        _fail(str(error))


def _progress(hidden: bool = False) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=err,
        transient=True,
        disable=hidden,
    )


def _add_columns(table: Table, *names: str) -> None:
    for name in names:
        table.add_column(name, justify="right" if name == "Minutes" else "left", overflow="fold")


def _print_modules(course: Course) -> None:
    table = Table(title=f"{course.file.title}: {len(course.modules)} modules")
    _add_columns(table, "Module", "Title", "Minutes", "Needs", "Objectives")
    for module in course.modules:
        table.add_row(
            module.name,
            escape(module.header.title),
            str(module.header.minutes + module.exercise.header.minutes),
            "\n".join(module.header.needs),
            ", ".join(module.header.objectives),
        )
    out.print(table)


def _print_certification(course: Course, identifier: str) -> None:
    from certlab.curriculum import coverage

    known = {certification.id: certification for certification in course.certifications}
    if identifier not in known:
        _fail(f"unknown certification {identifier}; use one of {', '.join(known)}")
    covered = coverage(course, known[identifier])
    certification = covered.certification
    out.print(f"[bold]{escape(certification.short_name)}[/]: {escape(certification.name)}")
    out.print(
        f"{certification.status}, checked {certification.checked}. "
        f"{escape(certification.status_note)}"
    )
    table = Table(title="Modules that serve it, in order")
    _add_columns(table, "Module", "Title", "Minutes", "Objectives")
    prefix = f"{identifier}/"
    for module in covered.modules:
        mine = [name for name in module.header.objectives if name.startswith(prefix)]
        table.add_row(
            module.name,
            escape(module.header.title),
            str(module.header.minutes + module.exercise.header.minutes),
            ", ".join(name.removeprefix(prefix) for name in mine),
        )
    out.print(table)
    total = len(covered.served)
    open_objectives = covered.unserved
    out.print(f"{total - len(open_objectives)} of {total} objectives are served.")
    if open_objectives:
        out.print("\n[bold]No module serves these yet[/]")
        for objective in open_objectives:
            out.print(f"  {objective.id:>5}  {escape(objective.text)}")


def _print_verdict(found: Soundness, rejection: Rejection | None) -> bool:
    """Say what verifying found; return whether the exercise is sound."""
    sound = found.sound and (rejection is None or rejection.share >= MUTANT_BAR)
    verdict = "[green]sound[/]" if sound else "[red]not sound[/]"
    line = f"{escape(found.exercise)}: {verdict} over {found.draws} draws"
    if rejection is not None:
        line += f"; {rejection.share:.1%} of {rejection.tried} mutants rejected"
        if rejection.equivalent:
            line += f", {rejection.equivalent} listed as equivalent"
    out.print(line)
    for problem in found.problems:
        out.print(f"    {escape(problem)}")
    for question in found.fixed:
        out.print(f"    question '{escape(question)}': the answer is the same on every draw")
    for mutant in rejection.survivors if rejection is not None else ():
        out.print(f"    question '{escape(mutant.question)}' accepts")
        for changed in mutant.diff.splitlines():
            out.print(f"        {escape(changed)}")
    return sound


if __name__ == "__main__":
    main()
