"""One submission at a time: what the grader says of odd, wrong and hostile answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from certlab.build import exercise_notebook
from certlab.curriculum import Exercise, read_exercise
from certlab.execution import Limits
from certlab.grading.grader import Grader, OracleError
from certlab.grading.results import SubmissionResult
from certlab.grading.runners import Runner, fastest_runner, in_kernels
from tests.conftest import edit

RIGHT = "def twice(values):\n    return 2 * values"
SOURCE = "curriculum/01-basics/01-one/exercise.py"


@pytest.fixture
def exercise(tiny: Path) -> Exercise:
    return read_exercise(tiny / SOURCE, "01-basics/01-one")


@pytest.fixture(scope="module", params=["caged where possible", "in kernels"])
def runner(request: pytest.FixtureRequest) -> Iterator[Runner]:
    if request.param == "in kernels":
        yield in_kernels
    else:
        with fastest_runner([]) as run:
            yield run


@pytest.fixture
def grade(exercise: Exercise, runner: Runner) -> Callable[..., SubmissionResult]:
    grader = Grader(exercise, [11, 12], Limits(step_seconds=20, total_seconds=60), runner)

    def run(twice: str = RIGHT, total: str = "total = float(sum(x))") -> SubmissionResult:
        notebook = exercise_notebook(exercise)
        for cell in notebook.cells:
            if cell.id == "question-twice":
                cell.source = twice
            elif cell.id == "question-total":
                cell.source = total
        return grader.grade("someone", json.dumps(notebook).encode())

    return run


def test_right_answers_earn_everything(grade: Callable[..., SubmissionResult]) -> None:
    result = grade()
    assert (result.status, result.score, result.max) == ("graded", 5.0, 5.0)
    assert len(result.submission_hash) == 64


# source of `total`, the status it earns, what the message says
WRONG = [
    ("total = float(x.mean())", "wrong", "not right"),
    ("total = -float(x.sum())", "wrong", "wrong sign"),
    ("total = None", "wrong", "should be a number, not None"),
    ("total = 10**3000", "wrong", "cannot be compared"),
    ("total = float('nan')", "wrong", "NaN"),
    ("total = object()", "wrong", "only numbers, text"),
    ("total = 1 / 0", "error", "ZeroDivisionError: division by zero"),
    ("nothing = 0", "error", "NameError: name 'total' is not defined"),
    ("total =", "error", "SyntaxError"),
    ("# to be done", "blank", "not answered"),
]


@pytest.mark.parametrize(("source", "status", "message"), WRONG)
def test_wrong_answers_cost_their_own_points_and_say_why(
    grade: Callable[..., SubmissionResult], source: str, status: str, message: str
) -> None:
    result = grade(total=source)
    assert result.score == 2.0
    assert result.questions["total"].status == status
    assert message in result.questions["total"].message
    assert result.questions["twice"].status == "correct"


def test_an_answer_for_the_visible_seed_alone_is_wrong(
    grade: Callable[..., SubmissionResult], exercise: Exercise
) -> None:
    visible = Grader(exercise, [7]).expected(7).values["probe-total-1"]
    assert grade(total=f"total = {visible!r}").questions["total"].status == "wrong"


def test_a_number_that_claims_to_equal_everything_does_not(
    grade: Callable[..., SubmissionResult],
) -> None:
    forged = (
        "class Number(float):\n"
        "    def __eq__(self, other): return True\n"
        "    def __sub__(self, other): return 0.0\n"
        "    __hash__ = float.__hash__\n"
        "total = Number(1.0)"
    )
    assert grade(total=forged).questions["total"].status == "wrong"


def test_patching_the_extraction_earns_nothing(grade: Callable[..., SubmissionResult]) -> None:
    forged = (
        "import certlab.grading.plain as plain\n"
        "plain.publish = lambda value: None\n"
        "import numpy as np\n"
        "np.isclose = np.allclose = lambda *given, **options: True\n"
    )
    result = grade(twice=forged, total="total = 1.0")
    assert result.score == 0.0
    assert "0 values came back" in result.questions["total"].message


def test_a_forged_value_beside_the_real_one_is_noticed(
    grade: Callable[..., SubmissionResult],
) -> None:
    forged = (
        "from IPython.display import publish_display_data\n"
        "def twice(values):\n"
        "    publish_display_data({'application/vnd.certlab.value': '5.0'})\n"
        "    return 2 * values"
    )
    question = grade(twice=forged).questions["twice"]
    assert (question.score, question.status) == (0.0, "wrong")
    assert "2 values came back instead of one" in question.message


def test_a_solution_that_does_not_run_is_nobodys_fault(tiny: Path) -> None:
    edit(tiny / SOURCE, "float(x.sum())", "float(nonsense)")
    broken = read_exercise(tiny / SOURCE, "01-basics/01-one")
    with pytest.raises(OracleError, match="question-total"):
        Grader(broken, [1]).grade("someone", json.dumps(exercise_notebook(broken)).encode())


def test_scored_answers_are_compared_with_labels_that_learners_never_get(tiny: Path) -> None:
    edit(
        tiny / SOURCE,
        '# %% probe="total" rtol=1e-9\ntotal',
        '# %% tags=["solution-only"]\nlabels = (x > 0).astype(int)\n\n'
        '# %% probe="total" metric="accuracy" against="labels" at_least=0.9\n(x > total * 0)',
    )
    exercise = read_exercise(tiny / SOURCE, "01-basics/01-one")
    grader = Grader(exercise, [3])
    notebook = exercise_notebook(exercise)
    assert "labels" not in json.dumps(notebook)
    question = next(cell for cell in notebook.cells if cell.id == "question-total")
    question.source = "total = 1.0"
    assert grader.grade_notebook("s", notebook).questions["total"].status == "correct"
    question.source = "total = float('inf')"  # every comparison with nan is False
    assert grader.grade_notebook("s", notebook).questions["total"].status == "wrong"
