"""Values that claim to equal everything, and answers for the visible seed."""

from __future__ import annotations

from ..attack import ALL, Attack

_CLAIMS = """
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __sub__(self, other): return 0
    __rsub__ = __sub__
    def __le__(self, other): return True
    __lt__ = __ge__ = __gt__ = __le__
    def __hash__(self): return 0
"""


def _for(question: str, name: str, source: str, status: str, message: str) -> Attack:
    return Attack("values", name, {question: source}, questions={question: (status, message)})


_SEVEN = {
    "scale": "def scale(values):\n    return np.array(%(scale)r)",
    "total": "total = %(total)r",
    "text": "text = %(text)r",
    "table": "table = pd.DataFrame(%(table)r)",
    "counts": "counts = %(counts)r",
    "chosen": "chosen = %(chosen)r",
    "predict": "def predict(features):\n    return np.array(%(predict)r)",
}


def _visible() -> dict[str, str]:
    """Answers that are right for the seed in the notebook that was handed out."""
    import numpy as np

    rng = np.random.default_rng(7)
    x = rng.normal(size=60)
    _, features = rng.normal(size=(200, 3)), rng.normal(size=(60, 3))
    words = [f"w{number}" for number in rng.integers(0, 1000, size=8)]
    column = [words[i % 8] for i in range(60)]
    known = {
        "scale": (3 * x - 1).tolist(),
        "total": float((x**2).sum()),
        "text": "-".join(words),
        "table": {"value": x.tolist(), "positive": (x > 0).tolist(), "word": column},
        "counts": {int(word[1:]): words.count(word) for word in words},
        "chosen": words,
        "predict": (features @ [1.0, -2.0, 0.5] > 0).astype(int).tolist(),
    }
    return {question: source % known for question, source in _SEVEN.items()}


ATTACKS = [
    _for("total", "number", f"class N(float):{_CLAIMS}\ntotal = N(1)", "wrong", "not right"),
    _for("total", "integer", f"class N(int):{_CLAIMS}\ntotal = N(1)", "wrong", "not right"),
    _for("total", "nan", "total = float('nan')", "wrong", "NaN"),
    _for("total", "infinity", "total = float('inf')", "wrong", "not right"),
    _for(
        "total",
        "class-that-lies",
        f"class N:{_CLAIMS}\n    __class__ = float\n    def __float__(self): return 1.0\n"
        "total = N()",
        "error",
        "TypeError",
    ),
    _for(
        "total",
        "metaclass",
        "class Meta(type):\n    def __instancecheck__(self, other): return True\n"
        "    def __eq__(self, other): return True\n    __hash__ = type.__hash__\n"
        f"class N(metaclass=Meta):{_CLAIMS}\ntotal = N()",
        "wrong",
        "only numbers, text",
    ),
    _for("text", "text", f"class S(str):{_CLAIMS}\ntext = S('w')", "wrong", "not right"),
    Attack(
        "values",
        "array",
        {
            "scale": f"class A(np.ndarray):{_CLAIMS}\n"
            "    def __array_ufunc__(self, *given, **named): return True\n"
            "    def __array_function__(self, *given, **named): return True\n"
            "def scale(values):\n    return np.zeros(60).view(A)"
        },
        honest=frozenset(),
        questions={"scale": ("wrong", "entries differ")},
    ),
    Attack(
        "values",
        "array-protocol",
        {
            "scale": "class A:\n    dtype, shape, ndim = np.dtype(float), (60,), 1\n"
            "    def __array__(self, *given, **named): return np.zeros(60)\n"
            "    def numpy(self): return self\n    def __len__(self): return 60\n"
            "def scale(values):\n    return A()"
        },
        honest=frozenset(),
        questions={"scale": ("wrong", "entries differ")},
    ),
    _for(
        "table",
        "frame",
        f"class F(pd.DataFrame):{_CLAIMS}\n    def equals(self, other): return True\n"
        "table = F({'value': np.zeros(60), 'positive': True, 'word': 'w'})",
        "wrong",
        "the value is a F; only numbers",
    ),
    _for(
        "counts",
        "dictionary",
        f"class D(dict):{_CLAIMS}\n    def keys(self): return range(1000)\n"
        "    def __getitem__(self, key): return 1\n    def __contains__(self, key): return True\n"
        "counts = D()",
        "wrong",
        "expected keys",
    ),
    _for(
        "chosen",
        "list",
        f"class L(list):{_CLAIMS}\n    def __iter__(self): return iter(['w1'] * 8)\n"
        "    def __len__(self): return 8\nchosen = L()",
        "wrong",
        "8 elements, not 0",
    ),
    Attack(
        "values",
        "labels-of-every-kind",
        {
            "predict": f"class N(int):{_CLAIMS}\ndef predict(features):\n"
            "    return np.array([N(1)] * len(features), dtype=object)"
        },
        questions={"predict": ("wrong", "accuracy on hidden data")},
    ),
    Attack(
        "values",
        "visible-seed",
        _visible(),
        honest=frozenset(),
        questions={question: ("wrong", "") for question in ALL},
    ),
    Attack(
        "values",
        "seed-put-back",  # the left-over `seed = 7` of someone who hopes that data is drawn again
        {"scale": "seed = 7\nrng = np.random.default_rng(7)\nx = rng.normal(size=60)"}
        | {question: source for question, source in _visible().items() if question != "scale"},
        honest=frozenset(),
        questions={"scale": ("error", "NameError"), "total": ("wrong", "")},
    ),
]
