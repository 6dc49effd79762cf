# %% tags=["raises-exception"]
1 / 0

# %% tags=["raises-exception"]
def inner(n):
    # a comment above
    values = {"n": n}
    return values["missing"]


def outer():
    return inner(3)


print("before")
outer()

# %% tags=["raises-exception"]
outer()

# %% tags=["raises-exception"]
try:
    outer()
except KeyError as error:
    raise ValueError("while handling") from error

# %% tags=["raises-exception"]
try:
    outer()
except KeyError:
    raise RuntimeError("in the handler")

# %% tags=["raises-exception"]
try:
    outer()
except KeyError:
    raise RuntimeError("context suppressed") from None

# %% tags=["raises-exception"]
class CustomError(Exception):
    """An exception of the notebook's own."""

    def __init__(self, code):
        super().__init__(f"code {code}")
        self.code = code


raise CustomError(7)

# %% tags=["raises-exception"]
class Silent(Exception):
    def __str__(self):
        return ""


raise Silent

# %% tags=["raises-exception"]
class Broken(Exception):
    def __str__(self):
        raise TypeError("no words")


raise Broken

# %% tags=["raises-exception"]
raise ValueError("several\nlines, ünïcode ☃", 3)

# %% tags=["raises-exception"]
raise KeyboardInterrupt

# %% tags=["raises-exception"]
raise KeyboardInterrupt("with words")

# %% tags=["raises-exception"]
raise ExceptionGroup("group", [ValueError("a"), TypeError("b")])

# %% tags=["raises-exception"]
error = ValueError("noted")
error.add_note("a note")
raise error

# %% tags=["raises-exception"]
def deep(n):
    return deep(n - 1) if n else 1 / 0


deep(60)

# %% tags=["raises-exception"]
import sys

sys.setrecursionlimit(300)


def endless():
    return endless()


endless()

# %% tags=["raises-exception"]
sys.setrecursionlimit(3000)
assert 1 == 2, "an assertion's message"

# %% tags=["raises-exception"]
import json

json.loads("{not json")

# %% tags=["raises-exception"]
from os import no_such_name

# %% tags=["raises-exception"]
import no_such_module

# %% tags=["raises-exception"]
[1 / n for n in (1, 0)]

# %% tags=["raises-exception"]
lambda_ = lambda x: x.missing
lambda_(3)

# %% tags=["raises-exception"]
exec("def f():\n    raise ValueError('from exec')\nf()")

# %% tags=["raises-exception"]
undefined_name

# %% tags=["raises-exception"]
class Base(BaseException):
    pass


raise Base("no Exception")

# %% tags=["raises-exception"]
raise StopIteration(3)

# %% tags=["raises-exception"]
import numpy as np

np.linalg.inv(np.zeros((2, 2)))

# %% tags=["raises-exception"]
# %tb

# %%
print("the notebook went on")
