"""Changes a solution in small ways that should make it wrong: what a careless learner would write.

Each mutant differs from the solution in one place: an operator, a comparison, a constant, a dropped
term or statement, swapped arguments, another axis. An exercise whose probes accept many of them
would accept wrong answers too (mutation testing; DeMillo, Lipton and Sayward, 1978).
"""

from __future__ import annotations

import ast
import copy
import difflib
from collections.abc import Iterator
from dataclasses import dataclass

from certlab.curriculum import Exercise, ExerciseCell
from certlab.curriculum.exercises import BEGIN, END

_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
}
_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
_COMMUTATIVE = {"min", "max", "minimum", "maximum", "array_equal", "union1d", "intersect1d"}
_DROPPABLE = (ast.Assign, ast.AugAssign, ast.Expr, ast.If, ast.For)


@dataclass(frozen=True)
class Mutant:
    """A wrong answer to one question."""

    question: str
    source: str
    diff: str  # the changed lines, '-' before and '+' after


def mutants(exercise: Exercise) -> list[Mutant]:
    """Every mutant of every question's solution, in the order of the source."""
    found = []
    for cell in exercise.cells:
        if cell.role == "question":
            found += list(_of_question(cell))
    return found


def _of_question(cell: ExerciseCell) -> Iterator[Mutant]:
    assert cell.question is not None
    lines = cell.source.splitlines()
    inside = _region(lines)
    plain = "\n".join("" if line.strip() in (BEGIN, END) else line for line in lines)
    tree = ast.parse(plain)
    before = ast.unparse(tree)
    seen = {before}
    for node in ast.walk(tree):
        if getattr(node, "lineno", None) not in inside:
            continue
        for change in _changes(node):
            mutated = copy.deepcopy(tree)
            twin = _twin(tree, mutated, node)
            try:
                change(twin, mutated)
                source = ast.unparse(ast.fix_missing_locations(mutated))
                ast.parse(source)
            except (SyntaxError, ValueError):
                continue
            if source not in seen:
                seen.add(source)
                yield Mutant(cell.question, source, _diff(before, source))


def _region(lines: list[str]) -> set[int]:
    """Line numbers that lie in a solution region."""
    inside, found = False, set()
    for number, line in enumerate(lines, start=1):
        if line.strip() == BEGIN:
            inside = True
        elif line.strip() == END:
            inside = False
        elif inside:
            found.add(number)
    return found


def _twin(tree: ast.AST, twin_tree: ast.AST, node: ast.AST) -> ast.AST:
    """The node of a copied tree that stands where `node` stands in the original."""
    for one, other in zip(ast.walk(tree), ast.walk(twin_tree), strict=True):
        if one is node:
            return other
    raise AssertionError("a copy has the same nodes in the same order")


def _changes(node: ast.AST) -> Iterator:
    """Functions that change the node's twin in place, given the twin and its tree."""
    if isinstance(node, ast.BinOp):
        if type(node.op) in _OPERATORS:
            swapped = _OPERATORS[type(node.op)]
            yield lambda twin, tree: setattr(twin, "op", swapped())
        if isinstance(node.op, (ast.Add, ast.Sub, ast.Mult, ast.Div)):
            yield lambda twin, tree: _replace(tree, twin, twin.left)
        if isinstance(node.op, (ast.Add, ast.Mult)):
            yield lambda twin, tree: _replace(tree, twin, twin.right)
    elif isinstance(node, ast.AugAssign) and type(node.op) in _OPERATORS:
        swapped = _OPERATORS[type(node.op)]
        yield lambda twin, tree: setattr(twin, "op", swapped())
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.Not)):
        yield lambda twin, tree: _replace(tree, twin, twin.operand)
    elif isinstance(node, ast.BoolOp):
        other = ast.Or if isinstance(node.op, ast.And) else ast.And
        yield lambda twin, tree: setattr(twin, "op", other())
    elif isinstance(node, ast.Compare) and len(node.ops) == 1:
        for comparison in _COMPARISONS.get(type(node.ops[0]), ()):
            yield lambda twin, tree, new=comparison: twin.ops.__setitem__(0, new())
    elif isinstance(node, ast.Constant):
        yield from _constant_changes(node)
    elif isinstance(node, ast.Call):
        starred = any(isinstance(argument, ast.Starred) for argument in node.args[:2])
        if len(node.args) >= 2 and not starred and _name(node.func) not in _COMMUTATIVE:
            yield lambda twin, tree: twin.args.__setitem__(slice(0, 2), twin.args[1::-1])
    elif isinstance(node, ast.keyword) and node.arg == "axis":
        yield lambda twin, tree: setattr(twin, "value", _other_axis(twin.value))
    if isinstance(node, _DROPPABLE):
        yield lambda twin, tree: _replace(tree, twin, ast.Pass())


def _constant_changes(node: ast.Constant) -> Iterator:
    value = node.value
    if isinstance(value, bool):
        yield lambda twin, tree: setattr(twin, "value", not value)
    elif isinstance(value, int):
        yield lambda twin, tree: setattr(twin, "value", value + 1)
        if value > 0:
            yield lambda twin, tree: setattr(twin, "value", value - 1)
    elif isinstance(value, float):
        yield lambda twin, tree: setattr(twin, "value", 2 * value + (value == 0))


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _other_axis(value: ast.expr) -> ast.expr:
    is_zero = isinstance(value, ast.Constant) and value.value == 0
    return ast.Constant(1 if is_zero else 0)


def _replace(tree: ast.AST, old: ast.AST, new: ast.AST) -> None:
    """Put `new` where `old` stands in `tree`."""
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, name, new)
                return
            if isinstance(value, list):
                for position, item in enumerate(value):
                    if item is old:
                        value[position] = new
                        return


def _diff(before: str, after: str) -> str:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return "\n".join(line for line in lines if not line.startswith(("---", "+++", "@@")))
