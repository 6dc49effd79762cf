"""Docstrings of the libraries that every learner has: real text, see `datasets/docstrings/`."""

from __future__ import annotations

import importlib
import inspect
import re
import warnings
from collections.abc import Iterator
from types import ModuleType

import pandas as pd

_MODULES = {  # public ones; a dot stands for the library itself
    "keras": """. activations callbacks initializers layers losses metrics ops optimizers random
        regularizers utils""",
    "numpy": ". char fft lib.stride_tricks linalg ma polynomial random strings testing",
    "pandas": ". api.extensions api.indexers api.types plotting tseries.offsets",
    "scipy": """cluster.hierarchy fft integrate interpolate io linalg ndimage optimize signal sparse
        sparse.linalg spatial special stats""",
    "sklearn": """base cluster compose covariance datasets decomposition ensemble
        feature_extraction.text feature_selection gaussian_process impute inspection linear_model
        manifold metrics mixture model_selection multiclass naive_bayes neighbors neural_network
        pipeline preprocessing svm tree utils""",
    "tensorflow": """. audio autograph bitwise data data.experimental debugging distribute image io
        io.gfile linalg lookup math nest nn quantization ragged random saved_model sets signal
        sparse strings summary train""",
}
_END = re.compile(  # where the description ends and lists of arguments and examples begin
    r"^\s*(Parameters|Args|Arguments|Attributes|Returns|Yields|Raises|Examples?|See Also|Notes?"
    r"|References?|Input shape|Output shape|Usage|For example|Methods|Warnings?)\s*:?\s*$"
    r"|^.*\n\s*-{3,}\s*$|^\s*(```|\.\. )|>>>",
    re.MULTILINE,
)
_SIGNATURE = re.compile(r"^\w+\([^\n]*\)\s*(->[^\n]*)?\n")  # of functions written in C
_FEWEST_WORDS = 8


def load_docstrings() -> pd.DataFrame:
    """Description of each public function, class and method: columns `name`, `library`, `text`.

    `text` is the docstring up to its first list of parameters, example or the like, in one line. A
    text that several objects share is there once, under the first of their names; texts of fewer
    than eight words are left out. Rows are in the order of library and name.
    """
    rows: dict[str, tuple[str, str, str]] = {}  # by text
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names that will go in the libraries' next versions
        for library, modules in _MODULES.items():
            for name, thing in sorted(_public(library, modules.split()), key=lambda pair: pair[0]):
                text = _description(thing)
                if len(text.split()) >= _FEWEST_WORDS:
                    rows.setdefault(text, (name, library, text))
    return pd.DataFrame(rows.values(), columns=["name", "library", "text"])


def _public(library: str, modules: list[str]) -> Iterator[tuple[str, object]]:
    """Names and objects of a library, with the methods that its classes define themselves."""
    for part in modules:
        name = library if part == "." else f"{library}.{part}"
        try:
            module = importlib.import_module(name)
        except ImportError:  # not in this version
            continue
        for attribute in dir(module):
            thing = getattr(module, attribute, None)
            if attribute.startswith("_") or isinstance(thing, ModuleType) or not callable(thing):
                continue
            yield f"{name}.{attribute}", thing
            if inspect.isclass(thing):
                for method, member in vars(thing).items():
                    if not method.startswith("_") and callable(member):
                        yield f"{name}.{attribute}.{method}", member


def _description(thing: object) -> str:
    try:
        text = inspect.getdoc(thing) or ""
    except Exception:  # some objects answer every attribute, `__doc__` included
        return ""
    text = _SIGNATURE.sub("", text)
    end = _END.search(text)
    return " ".join(text[: end.start() if end else None].split())
