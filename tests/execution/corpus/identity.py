# %%
import __main__
import sys

print(__name__, __main__.__dict__ is globals(), sys.modules["__main__"] is __main__)
print("__file__" in globals(), __doc__, __package__, __spec__, type(__builtins__).__name__)

# %%
sorted(name for name in globals() if not name.startswith("_i"))

# %%
import pickle


class Point:
    def __init__(self, x):
        self.x = x

    def __eq__(self, other):
        return self.x == other.x


copy = pickle.loads(pickle.dumps(Point(3)))
print(copy == Point(3), type(copy) is Point, Point.__module__, Point.__qualname__, pickle.dumps(Point(3)))

# %%
import inspect


def function(a, b=1):
    # its comment
    return a * b


print(inspect.getsource(function))
print(inspect.signature(function), inspect.getmodule(function) is __main__)

# %%
print(inspect.getsource(Point))

# %%
inspect.getsourcefile(function), function.__code__.co_filename, function.__code__.co_firstlineno

# %%
import linecache

linecache.getline(function.__code__.co_filename, 4)

# %%
import multiprocessing

context = multiprocessing.get_context("fork")


def square(n):
    return n * n


with context.Pool(2) as pool:
    print(pool.map(square, range(5)))

# %%
queue = context.SimpleQueue()
process = context.Process(target=lambda: queue.put("from a child"))
process.start()
print(queue.get())
process.join()
process.exitcode

# %%
import concurrent.futures

with concurrent.futures.ProcessPoolExecutor(1, mp_context=context) as pool:
    print(pool.submit(square, 7).result())

# %%
import dataclasses
import enum
import typing


@dataclasses.dataclass(order=True)
class Record:
    name: str
    size: "int" = 3


class Colour(enum.Enum):
    RED = 1


print(Record("a"), typing.get_type_hints(Record), pickle.loads(pickle.dumps(Colour.RED)) is Colour.RED)
Colour.RED

# %%
import doctest


def doubled(n):
    """
    >>> doubled(2)
    4
    >>> doubled(1)
    3
    """
    return 2 * n


doctest.testmod()

# %%
import unittest


class TestIt(unittest.TestCase):
    def test_it(self):
        self.assertEqual(doubled(2), 4)


result = unittest.main(argv=["x"], exit=False, verbosity=0).result
result.testsRun, result.wasSuccessful()

# %%
import importlib

print(importlib.import_module("__main__").function(2, 3))
exec("made_by_exec = 1")
made_by_exec + eval("made_by_exec")

# %%
import copy as copying
import functools


@functools.lru_cache
def cached(n):
    return n


cached(1), cached.cache_info(), copying.deepcopy(Point(1)) == Point(1)

# %%
if __name__ == "__main__":
    print("run as the main module")

# %%
import os
import subprocess

os.path.samefile(sys.executable, subprocess.run([sys.executable, "-c", "import sys; print(sys.executable)"], capture_output=True, text=True).stdout.strip())
