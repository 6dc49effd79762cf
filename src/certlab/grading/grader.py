"""Grades submissions to one exercise: the solution is the oracle.

For every draw the solution and the submission run in processes of their own; the probes are
evaluated in both, and their values, plain data by then, are compared here. A draw of a question is
right when every probe is. With the credit "all" a question earns its points when it is right on
every draw, because an answer that fails on some data is not right; with "share" it earns the share
of the draws on which it is right.
"""

from __future__ import annotations

import ast
import dataclasses
import functools
import hashlib
import json
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from nbformat import NotebookNode

from certlab.curriculum import Exercise, ExerciseCell, Question
from certlab.execution import Limits, Step, StepResult

from . import plain
from .compare import Comparison, compare, score
from .results import QuestionResult, QuestionStatus, SubmissionResult
from .runners import Learning, Runner, in_kernels
from .splice import Piece, Spliced, Splicer, Unreadable, read_submission

_PUBLISH = "__certlab_publish__"
_VERSION = 1  # of the rules by which marks are given; another number grades everything again
_MAX_MESSAGE = 300
_MODULES = "modules"
# In the order in which their imports began: some, like torch._dynamo, fail in another one.
_LIST_MODULES = "import sys\nlist(sys.modules)"


Credit = Literal["all", "share"]


class OracleError(Exception):
    """The solution itself does not run or shows nothing to compare; names the cell and why."""


@dataclass(frozen=True)
class Probe:
    """One expression of a question whose value is graded."""

    key: str
    question: str
    cell: ExerciseCell


@dataclass(frozen=True)
class Expected:
    """What the solution gives on one draw."""

    values: dict[str, Any]  # probe key -> plain value
    truths: dict[str, Any]  # probe key -> trusted labels of scored probes


class Grader:
    """Grades any number of submissions to one exercise; safe to use from several threads."""

    def __init__(
        self,
        exercise: Exercise,
        seeds: Sequence[int],
        limits: Limits | None = None,
        run: Runner = in_kernels,
        credit: Credit = "all",
    ) -> None:
        """`seeds` are the draws that every submission is graded on."""
        if not seeds:
            raise ValueError("at least one draw is needed")
        self.exercise = exercise
        self.seeds = tuple(seeds)
        self.limits = limits or Limits()
        self.credit = credit
        self._run = run
        self.probes = _probes(exercise)
        self._splicer = Splicer(exercise)
        self._expected: dict[int, Expected] = {}
        self._lock = threading.Lock()
        self._learnt = False
        basis = [
            _VERSION,
            exercise.model_dump_json(exclude={"path"}),
            self.seeds,
            dataclasses.astuple(self.limits),
            credit,
        ]
        self._digest = hashlib.sha256(json.dumps(basis).encode()).hexdigest()

    def key(self, submission: bytes, own_seed: int | None = None) -> str:
        """What a result rests on, hashed: the file, the exercise, the draws and the options."""
        parts = [hashlib.sha256(submission).hexdigest(), self._digest, own_seed]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    def grade(self, student: str, data: bytes, own_seed: int | None = None) -> SubmissionResult:
        """Grade one file, on the student's own variant as well where its seed is known.

        Never raises for what is in the file. Raises OracleError.
        """
        started = time.monotonic()
        digest = hashlib.sha256(data).hexdigest()
        try:
            notebook = read_submission(data)
        except Unreadable as error:
            return self.unreadable(student, str(error), digest)
        result = self.grade_notebook(student, notebook, own_seed)
        return SubmissionResult(
            student=student,
            exercise=self.exercise.name,
            status=result.status,
            questions=result.questions,
            seconds=time.monotonic() - started,
            reasons=result.reasons,
            submission_hash=digest,
        )

    def grade_notebook(
        self, student: str, notebook: NotebookNode, own_seed: int | None = None
    ) -> SubmissionResult:
        """Grade a notebook that has been read."""
        spliced = self._splicer.splice(notebook)
        stuck: dict[str, StepResult] = {}
        own = [] if own_seed is None or own_seed in self.seeds else [own_seed]
        verdicts = [
            self._verdicts(spliced, self._expected_on(seed), seed, stuck, own=seed in own)
            for seed in (*own, *self.seeds)
        ]
        questions = {
            question.id: self._over_draws([verdict[question.id] for verdict in verdicts], question)
            for question in self.exercise.questions
        }
        return SubmissionResult(
            student=student,
            exercise=self.exercise.name,
            status="needs-review" if spliced.reasons else "graded",
            questions=questions,
            reasons=tuple(spliced.reasons),
        )

    def _over_draws(
        self, verdicts: list[tuple[QuestionStatus, str]], question: Question
    ) -> QuestionResult:
        failed = [verdict for verdict in verdicts if verdict[0] != "correct"]
        status, message = failed[0] if failed else ("correct", "")
        right, draws = len(verdicts) - len(failed), len(verdicts)
        if failed and right and status == "wrong":
            message += f" (right on {right} of {draws} draws)"
        share = right / draws if self.credit == "share" else float(not failed)
        return QuestionResult(
            question.points * share, question.points, status, message, right, draws
        )

    def unreadable(self, student: str, reason: str, digest: str = "") -> SubmissionResult:
        """The row of a submission that cannot be graded."""
        return SubmissionResult(
            student=student,
            exercise=self.exercise.name,
            status="unreadable",
            questions={
                question.id: QuestionResult(0.0, question.points, "missing")
                for question in self.exercise.questions
            },
            reasons=(reason,),
            submission_hash=digest,
        )

    def expected(self, seed: int) -> Expected:
        """What the solution gives on `seed`; computed once. Raises OracleError."""
        with self._lock:
            if seed not in self._expected:
                self._expected[seed] = self._run_solution(seed)
            return self._expected[seed]

    def _expected_on(self, seed: int) -> Expected:
        """What the solution gives on a draw of all, which is kept, or of one student."""
        return self.expected(seed) if seed in self.seeds else self._run_solution(seed)

    def accepts(self, question: str, source: str) -> bool:
        """Whether the solution with another answer to one question still earns its points.

        Runs no further than the question's last probe, and no further draw after a wrong one.
        """
        pieces = self._up_to_last_probe(question, source)
        probes = [probe for probe in self.probes if probe.question == question]
        for seed in self.seeds:
            expected = self.expected(seed)
            steps, _ = self._steps(pieces, seed)
            results = self._run(steps, self.limits)
            if not all(self._compare(probe, results, expected).ok for probe in probes):
                return False
        return True

    def _up_to_last_probe(self, question: str, source: str) -> list[Piece]:
        pieces: list[Piece] = []
        last = 0
        for cell in self._splicer.cells:
            mine = cell.question == question
            if cell.role in ("text", "check") or (cell.role == "probe" and not mine):
                continue
            answered = cell.role == "question" and mine
            pieces.append(Piece("question", source, question) if answered else cell.piece)
            if cell.role == "probe":
                last = len(pieces)
        return pieces[:last]

    def _run_solution(self, seed: int) -> Expected:
        pieces = [cell.piece for cell in self._splicer.cells if cell.role not in ("text", "check")]
        steps, probe_keys = self._steps(pieces, seed)
        against = {
            probe.key: probe.cell.rule.against
            for probe in self.probes
            if probe.cell.rule is not None and probe.cell.rule.against
        }
        steps += [Step(f"against-{key}", _published(source)) for key, source in against.items()]
        results = self._run_trusted(steps)
        for step in steps:
            if results[step.key].status != "ok":
                raise OracleError(
                    f"{self.exercise.path}: with seed={seed} the solution's {step.key} ends with "
                    f"{results[step.key].status} ({results[step.key].error or 'no message'})"
                )
        return Expected(
            values={key: self._oracle_value(results[key], key) for key in probe_keys},
            truths={key: self._oracle_value(results[f"against-{key}"], key) for key in against},
        )

    def _run_trusted(self, steps: list[Step]) -> dict[str, StepResult]:
        """Run the solution; the first time, let the runner import what it had to wait for."""
        if not isinstance(self._run, Learning) or self._learnt:
            return self._run(steps, self.limits)
        self._learnt = True
        results = self._run([*steps, Step(_MODULES, _published(_LIST_MODULES))], self.limits)
        listed = results.pop(_MODULES)
        if listed.status == "ok" and len(listed.data) == 1:
            self._run.learn(plain.decode(listed.data[0]))
        return results

    def _oracle_value(self, result: StepResult, key: str) -> Any:
        if len(result.data) != 1:
            raise OracleError(
                f"{self.exercise.path}: {key} shows no value; its last line must be an expression"
            )
        return plain.decode(result.data[0])

    def _verdicts(
        self,
        spliced: Spliced,
        expected: Expected,
        seed: int,
        stuck: dict[str, StepResult],
        *,
        own: bool,
    ) -> dict[str, tuple[QuestionStatus, str]]:
        results = self._run_submission(spliced.pieces, seed, stuck)
        verdicts: dict[str, tuple[QuestionStatus, str]] = {}
        for question in self.exercise.questions:
            probes = [probe for probe in self.probes if probe.question == question.id]
            comparisons = [self._compare(probe, results, expected) for probe in probes]
            if all(comparison.ok for comparison in comparisons):
                verdicts[question.id] = ("correct", "")
            elif question.id in spliced.missing:
                verdicts[question.id] = ("missing", "the question's cell is not in the notebook")
            elif question.id in spliced.blank:
                verdicts[question.id] = ("blank", "not answered")
            else:
                verdicts[question.id] = self._why(question.id, probes, results, comparisons, own)
        return verdicts

    def _run_submission(
        self, pieces: list[Piece], seed: int, stuck: dict[str, StepResult]
    ) -> dict[str, StepResult]:
        """Run the pieces; when one brings the kernel down, run again without it.

        So a question that kills or hangs the kernel costs its own points and no others. `stuck`
        remembers such steps between the draws of one submission, so that each is waited for once.
        """
        steps, _ = self._steps(pieces, seed)
        results: dict[str, StepResult] = {}
        for _ in range(len(self.exercise.questions) + 1):
            running = [step for step in steps if step.key not in stuck]
            results = self._run(running, self.limits)
            newly_stuck = {
                key: result
                for key, result in results.items()
                if result.status in ("timeout", "died", "flooded")
                and not key.startswith(("given", "parameters"))
            }
            stuck |= newly_stuck
            cut_short = any(result.status == "not-run" for result in results.values())
            if not cut_short or not newly_stuck:
                break
        return results | {step.key: stuck[step.key] for step in steps if step.key in stuck}

    def _steps(self, pieces: list[Piece], seed: int) -> tuple[list[Step], list[str]]:
        """Steps with unique keys; probes publish their value, the draw follows the parameters."""
        from papermill.translators import PythonTranslator

        drawn = PythonTranslator.codify({"seed": seed})
        steps: list[Step] = []
        probe_keys: list[str] = []
        numbers: dict[str, int] = {}
        for piece in pieces:
            name = f"{piece.role}-{piece.question}" if piece.question else piece.role
            numbers[name] = numbers.get(name, 0) + 1
            key = f"{name}-{numbers[name]}"
            source = piece.source
            if piece.role == "parameters":
                source += "\n" + drawn
            elif piece.role == "probe":
                source = _published(source)
                probe_keys.append(key)
            steps.append(Step(key, source, holds=piece.role in ("question", "extra")))
        return steps, probe_keys

    def _compare(
        self, probe: Probe, results: dict[str, StepResult], expected: Expected
    ) -> Comparison:
        result = results[probe.key]
        if result.status != "ok":
            return Comparison(False, result.error)
        if len(result.data) != 1:
            return Comparison(False, f"{len(result.data)} values came back instead of one")
        try:
            value = plain.decode(result.data[0])
        except plain.NotPlain as error:
            return Comparison(False, str(error))
        assert probe.cell.rule is not None
        try:
            if probe.key in expected.truths:
                return score(expected.truths[probe.key], value, probe.cell.rule)
            return compare(expected.values[probe.key], value, probe.cell.rule)
        except (ArithmeticError, RecursionError, TypeError, ValueError) as error:
            # an odd value, such as a whole number that no float can hold
            return Comparison(False, f"the value cannot be compared ({type(error).__name__})")

    def _why(
        self,
        question: str,
        probes: list[Probe],
        results: dict[str, StepResult],
        comparisons: list[Comparison],
        own: bool,
    ) -> tuple[QuestionStatus, str]:
        """The status of a question that is not right, and the reason in words for the student."""
        mine = f"question-{question}"
        answers = [result for key, result in results.items() if key.rpartition("-")[0] == mine]
        probed = [results[probe.key] for probe in probes]
        for result in answers + probed:
            if result.status == "timeout":
                seconds = f"{self.limits.step_seconds:g} seconds"
                return "timeout", f"the answer did not finish within {seconds}; is a loop endless?"
            if result.status == "died":
                return "error", "the answer ended the Python process"
            if result.status == "flooded":
                return "error", "the answer printed more than a notebook can hold"
        for result in answers:
            if result.status == "error":
                return "error", f"the cell raised {_short(result.error)}"
        for result in probed:
            if result.status == "error":
                if result.error_name == "NotPlain":
                    return "wrong", _short(result.error.removeprefix("NotPlain: "))
                return "error", f"using the answer raised {_short(result.error)}"
            if result.status == "not-run" and any(r.status == "died" for r in results.values()):
                return "error", "the Python process had ended before this question"
            if result.status == "not-run":
                return "timeout", "the notebook's time was used up before this question"
        message = next(comparison.message for comparison in comparisons if not comparison.ok)
        data = "on your own data" if own else "on data drawn for grading"
        return "wrong", _short(f"{data}, {message}")


def _probes(exercise: Exercise) -> list[Probe]:
    numbers: dict[str, int] = {}
    probes = []
    for cell in exercise.cells:
        if cell.role == "probe":
            assert cell.question is not None
            numbers[cell.question] = numbers.get(cell.question, 0) + 1
            key = f"probe-{cell.question}-{numbers[cell.question]}"
            probes.append(Probe(key, cell.question, cell))
    return probes


@functools.cache
def _published(source: str) -> str:
    """The probe's code with its last expression sent to the grader instead of displayed."""
    tree = ast.parse(source)
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr):
        raise OracleError(f"a probe must end with an expression, not: {source.strip()[-80:]}")
    tree.body[-1] = ast.Expr(
        ast.Call(func=ast.Name(_PUBLISH, ast.Load()), args=[last.value], keywords=[])
    )
    code = ast.unparse(ast.fix_missing_locations(tree))
    return f"from certlab.grading.plain import publish as {_PUBLISH}\n{code}"


def _short(text: str) -> str:
    return text if len(text) <= _MAX_MESSAGE else text[: _MAX_MESSAGE - 1] + "…"
