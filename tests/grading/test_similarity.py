"""Which pairs stand out, and which do not: renaming hides nothing, the exercise explains much."""

from __future__ import annotations

import json
import random
from pathlib import Path

import nbformat
import pytest

from certlab.build import exercise_notebook
from certlab.curriculum import Exercise, read_exercise
from certlab.grading.similarity import Work, compare
from certlab.grading.similarity.compare import Cell
from certlab.grading.similarity.tokens import tokens
from certlab.grading.similarity.winnow import GRAM, WINDOW, grams, winnow
from tests.conftest import certlab
from tests.grading.classroom import UNIT

ORIGINAL = '''\
def twice(values):
    """Double everything."""
    result = []
    for position in range(len(values)):
        item = values[position]
        if item < 0:
            result.append(-2 * abs(item))
        else:
            result.append(2 * item)
    return np.array(result).reshape(np.shape(values))
'''
COPIED = """\
def twice(v):
    # my own idea
    out = []
    for i in range(len(v)):
        x = v[i]
        if x < 0.0:  # negative
            out.append(-2.0 * abs(x))
        else:
            out.append(2.0 * x)

    return np.array(out).reshape(np.shape(v))
"""


def work(student: str, *sources: str) -> Work:
    return Work(student, tuple(Cell(f"q{n}", source) for n, source in enumerate(sources)))


def program(seed: int, length: int = 40) -> str:
    """Some program; two seeds have nothing in common but the language."""
    rng = random.Random(seed)
    lines = []
    for _ in range(length):
        names = [rng.choice("abcdefgh") for _ in range(4)]
        call = rng.choice(("np.dot", "np.sum", "len", "sorted", "max", "np.linalg.norm", "abs"))
        operator = rng.choice("+-*/%@")
        lines.append(
            rng.choice(
                (
                    f"{names[0]} = {call}({names[1]} {operator} {names[2]})",
                    f"{names[0]} {operator}= {names[1]}[{rng.randint(0, 9)}]",
                    f"if {names[0]} < {names[1]}: {names[2]} = {call}({names[3]})",
                    f"{names[0]} = [{call}(x) for x in {names[1]} if x {operator} {names[2]}]",
                )
            )
        )
    return "\n".join(lines)


# ------------------------------------------------------------------------------ tokens


def text(source: str) -> list[str]:
    return [token.text for token in tokens(source)]


def test_renaming_literals_comments_and_layout_change_nothing() -> None:
    assert text(ORIGINAL) == text(COPIED)
    assert text("x = 'a'  # b") == text('yy   =   """c\n\nd"""')
    assert text("f'{a}{b:>{w}}'") == text("'plain'")


def test_what_the_language_and_libraries_name_stays() -> None:
    assert text("for a in range(3):\n    np.dot(a, b)") == (
        ["for", "n", "in", "range", "(", "0", ")", ":", "n", ".", "dot", "(", "n", ",", "n", ")"]
    )


def test_docstrings_are_dropped_and_other_strings_are_not() -> None:
    assert text('def f():\n    "doc"\n    return 1') == text("def f():\n    return 1")
    assert text('x = "text"\n') == ["n", "=", "s"]
    assert text('print("a")') == ["print", "(", "s", ")"]


@pytest.mark.parametrize(
    "source", ["def f(:\n  x", "x = (1,\n", "if x:\n    y\n  z", "\0", "'", "$ ?"]
)
def test_what_is_no_python_gives_what_can_be_read(source: str) -> None:
    assert isinstance(tokens(source), list)
    assert text(f"value = 1\n{source}")[:3] == ["n", "=", "0"] or "\0" in source


def test_magics_are_passed_over_and_lines_keep_their_numbers() -> None:
    found = tokens("%matplotlib inline\n!pip install x\nvalue = 1")
    assert [(token.text, token.line) for token in found] == [("n", 3), ("=", 3), ("0", 3)]


# --------------------------------------------------------------------------- winnowing


def test_a_rolling_hash_is_that_of_its_tokens() -> None:
    rng = random.Random(0)
    texts = [rng.choice("abc") for _ in range(200)]
    rolled = list(grams(texts))
    assert len(rolled) == len(texts) - GRAM + 1
    for position in (0, 1, 57, 190):
        assert [rolled[position]] == list(grams(texts[position : position + GRAM]))
    assert list(grams(texts[: GRAM - 1])) == []


def test_every_shared_run_of_the_guaranteed_length_is_found() -> None:
    """The theorem of the paper: a common run of GRAM + WINDOW - 1 tokens shares a fingerprint."""
    rng = random.Random(1)
    for _ in range(200):
        shared = [rng.choice("abcdef") for _ in range(GRAM + WINDOW - 1)]
        prints = []
        for _ in range(2):
            around = [[rng.choice("ghijkl") for _ in range(rng.randint(0, 30))] for _ in range(2)]
            texts = around[0] + shared + around[1]
            chosen = winnow([(value, place) for place, value in enumerate(grams(texts))])
            prints.append({value for value, _ in chosen})
        assert prints[0] & prints[1]


def test_winnowing_keeps_about_a_third() -> None:
    rng = random.Random(2)
    hashes = [(rng.random(), position) for position in range(10_000)]
    share = len(winnow(hashes)) / len(hashes)  # type: ignore[arg-type]
    assert share == pytest.approx(2 / (WINDOW + 1), rel=0.05)  # the paper's expected density
    assert winnow([(7, 0)]) == [(7, 0)]
    assert winnow([]) == []


# ----------------------------------------------------------------------------- compare


def a_class_with_a_copy(size: int = 30) -> list[Work]:
    works = [work(f"s{n:02}", program(n)) for n in range(size)]
    works[3] = work("s03", ORIGINAL, program(100))
    works[17] = work("s17", COPIED, program(101))
    return works


def test_a_renamed_copy_comes_first_with_its_place() -> None:
    found = compare(a_class_with_a_copy(), [])
    assert found.pairs[0].students == ("s03", "s17")
    passage = found.pairs[0].passages[0]
    assert [(place.label, place.first, place.last) for place in passage.places] == [
        ("q0", 1, 10),
        ("q0", 1, 11),
    ]
    assert passage.places[1].text == COPIED.rstrip("\n")
    assert found.usual < found.pairs[0].similarity / 4


def test_a_whole_copy_is_a_hundred_percent_alike() -> None:
    works = [work(f"s{n:02}", program(n)) for n in range(30)]
    works.append(work("copy", program(4)))
    (pair,) = compare(works, []).pairs
    assert pair.students == ("s04", "copy")
    assert pair.similarity == pytest.approx(1)


def test_nobody_stands_out_where_nobody_copied() -> None:
    assert compare([work(f"s{n:02}", program(n)) for n in range(40)], []).pairs == []


def test_what_the_exercise_says_is_nobodys() -> None:
    assert compare(a_class_with_a_copy(), [ORIGINAL]).pairs == []


def test_what_many_share_is_nobodys() -> None:
    """Twelve of thirty found the same way: that is the way to do it, not a copy."""
    works = [work(f"s{n:02}", ORIGINAL if n < 12 else "", program(n)) for n in range(30)]
    assert compare(works, []).pairs == []


def test_top_limits_what_is_listed_and_says_so() -> None:
    works = [work(f"s{n:02}", program(n)) for n in range(30)]
    works += [work(f"t{n:02}", program(n)) for n in range(10)]
    found = compare(works, [], top=3)
    assert len(found.pairs) == 3
    assert found.found == 10


def test_the_order_of_the_students_does_not_matter() -> None:
    works = a_class_with_a_copy()
    forwards, backwards = compare(works, []), compare(works[::-1], [])
    assert {frozenset(pair.students) for pair in forwards.pairs} == {
        frozenset(pair.students) for pair in backwards.pairs
    }


def test_moved_code_is_found_where_it_went() -> None:
    works = a_class_with_a_copy()
    works[17] = work("s17", program(101), f"{program(102, 5)}\n{COPIED}")
    (pair,) = compare(works, []).pairs
    assert pair.passages[0].places[1].label == "q1"
    assert pair.passages[0].places[1].first == 6


def test_one_or_no_submission() -> None:
    assert compare([], []).pairs == []
    assert compare([work("s1", ORIGINAL)], []).pairs == []


# ------------------------------------------------------------------------- the command


@pytest.fixture
def exercise(tiny: Path) -> Exercise:
    return read_exercise(tiny / "curriculum" / UNIT / "exercise.py", UNIT)


def hand_in(folder: Path, exercise: Exercise, student: str, answer: str, extra: str = "") -> None:
    notebook = exercise_notebook(exercise)
    for cell in notebook.cells:
        if cell.metadata.get("certlab", {}).get("question") == "twice":
            cell.source = answer
    notebook.cells.append(nbformat.v4.new_code_cell(extra))
    path = folder / student / "01-one.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)


def test_the_command_lists_places_and_names_what_is_damaged(tiny: Path, exercise: Exercise) -> None:
    folder = tiny / "in"
    for number in range(8):
        hand_in(folder, exercise, f"s{number}", program(number, 8))
    hand_in(folder, exercise, "amira", ORIGINAL, extra="print('\x1b[2J [bold]hi')")
    hand_in(folder, exercise, "bao", COPIED)
    (folder / "damaged").mkdir()
    (folder / "damaged" / "01-one.ipynb").write_text("{", "utf-8")
    (folder / "absent").mkdir()
    done = certlab("similar", folder, "--exercise", UNIT, cwd=tiny)
    assert done.returncode == 0, done.stderr
    assert "places to look at, not verdicts" in done.stdout
    assert "amira: twice, lines 1 to 10" in done.stdout
    assert "bao: twice, lines 1 to 11" in done.stdout
    assert "out.append(2.0 * x)" in done.stdout
    assert "\x1b[2J" not in done.stdout
    assert "damaged: the file is not a readable notebook" in done.stderr
    assert "absent: no 01-one.ipynb handed in" in done.stderr

    done = certlab("similar", folder, "--exercise", UNIT, "--json", "--top", 1, cwd=tiny)
    assert done.returncode == 0, done.stderr
    data = json.loads(done.stdout)
    assert data["pairs"][0]["students"] == ["amira", "bao"]
    assert {entry["student"] for entry in data["skipped"]} == {"damaged", "absent"}
    assert data["works"] == 10


def test_solutions_handed_in_do_not_stand_out(tiny: Path, exercise: Exercise) -> None:
    folder = tiny / "in"
    solution = next(cell.source for cell in exercise.cells if cell.question == "twice")
    for number in range(6):
        hand_in(folder, exercise, f"s{number}", solution)
    done = certlab("similar", folder, "--exercise", UNIT, cwd=tiny)
    assert done.returncode == 0, done.stderr
    assert "no pair stands out" in done.stdout


def test_no_folder_of_submissions(tiny: Path) -> None:
    done = certlab("similar", tiny / "nowhere", "--exercise", UNIT, cwd=tiny)
    assert done.returncode == 1
    assert "is not a folder" in done.stderr
