# ---
# title: "Exercise: functions and iterators"
# minutes: 75
# ---

# %% [markdown]
# # Exercise: functions and iterators
#
# Six tools that training code needs and that no library gives you in just this form. No question
# needs the answer of another. Change `seed` to practise again on other data.
#
# Streams here may be endless. `Tap`, below, wraps a stream, counts in `taken` how many items were
# taken from it, and raises an error when they are far too many: an answer that wants the whole of an
# endless stream fails at once instead of running for ever.

# %% tags=["parameters"]
seed = 2  # which data you get

# %%
import functools
import itertools
import random
import time
import tracemalloc

import numpy as np


class Tap:
    """An iterator that counts the items taken from it, and refuses to give more than `most`."""

    def __init__(self, source, most=2_000):
        self.source, self.most, self.taken = iter(source), most, 0

    def __iter__(self):
        return self

    def __next__(self):
        if self.taken >= self.most:
            raise RuntimeError(f"{self.most} items were taken: the answer asks for too many")
        item = next(self.source)
        self.taken += 1
        return item


def scripted(outcomes, calls):
    """A function that plays `outcomes` one by one: raises errors, returns anything else.

    It notes the arguments of every call in the list `calls`.
    """
    outcomes = iter(outcomes)

    def fetch(*args, **kwargs):
        """Fetch one shard of the training data."""
        calls.append((args, kwargs))
        outcome = next(outcomes)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return fetch


def error_of(function, *args, **kwargs):
    """The error that a call raises, or None."""
    try:
        function(*args, **kwargs)
    except Exception as error:
        return error
    return None


# %%
rng = np.random.default_rng(seed)

# Question 1: how long the pieces of a schedule are, and how high
lengths = [int(n) for n in rng.integers(3, 9, size=4)]
peaks = [float(rate) for rate in rng.uniform(0.01, 0.5, size=4)]

# Question 2: how many times a service fails before it answers
n_failures = int(rng.integers(2, 5))
answer, first_delay = int(rng.integers(100, 1000)), float(rng.uniform(0.1, 0.9))

# Question 3: values of a grid
alphas = [float(alpha) for alpha in rng.uniform(0.01, 1.0, size=3).round(3)]
depths = [int(depth) for depth in rng.permutation(20)[:4]]


# Question 4: an endless stream of readings, one in twenty far off
def sensor(center=0.0, spread=1.0, stream_seed=seed):
    noise = random.Random(stream_seed)
    while True:
        far = noise.choice((-8, 8)) if noise.random() < 0.05 else 0
        yield center + spread * (noise.gauss(0, 1) + far)


# Question 5: an endless stream of (time, value) pairs; times are whole numbers and may repeat
def ticks(stream_seed, longest_gap=3, start=0):
    noise, moment = random.Random(stream_seed), start
    while True:
        yield moment, noise.randrange(100)
        moment += noise.randint(0, longest_gap)


# Question 6: which of eight tables is asked for
requests = [int(i) for i in rng.integers(8, size=60)]

# %% [markdown]
# ## Question 1 · one schedule out of several (2 points)
#
# Write `join(*pieces, scale=1.0)`. Each piece is a pair `(n_steps, schedule)`: `n_steps` is a positive
# whole number, `schedule` a function from a step (0, 1, 2, …) to a learning rate. `join` returns a
# function of the step that
#
# - uses the first piece for its first `n_steps` steps, then the second piece for as long as that one
#   lasts, and so on; each piece's schedule counts *from 0* when its turn comes,
# - after the end of the last piece keeps returning that piece's last rate,
# - multiplies every rate by `scale`, which can be given by name only.
#
# The returned function may be asked for any steps in any order, and may itself be a piece of another
# `join`. `join()` without any piece raises a `ValueError` at once, not when the schedule is first used.


# %% question="join" points=2
### BEGIN SOLUTION
def join(*pieces, scale=1.0):
    if not pieces:
        raise ValueError("a schedule needs at least one piece")

    def joined(step):
        for n_steps, schedule in pieces:
            if step < n_steps:
                return scale * schedule(step)
            step -= n_steps
        return scale * schedule(n_steps - 1)

    return joined


### END SOLUTION

# %% check="join"
_up, _down = (lambda step: step / 10), (lambda step: 1 / (1 + step))
_joined = join((3, _up), (4, _down))
_got = [float(_joined(step)) for step in range(9)]
assert np.allclose(_got[:3], [0, 0.1, 0.2]), f"The first piece alone rules steps 0 to 2: {_got[:3]}"
assert np.allclose(_got[3:7], [1, 1 / 2, 1 / 3, 1 / 4]), (
    f"Steps 3 to 6 are steps 0 to 3 of the second piece, so 1, 1/2, 1/3, 1/4; you have {_got[3:7]}."
)
assert np.allclose(_got[7:], 1 / 4), (
    f"From step 7 on the rate of step 6 should stay, 1/4; you have {_got[7:]}."
)
_other = join((1, _down), scale=5.0)
assert np.isclose(_other(0), 5), "With scale=5.0 every rate is five times as large."
assert np.allclose([_joined(step) for step in (6, 0, 3)], [1 / 4, 0, 1]), (
    "Asked again, in another order and after a second join was made, the first schedule answers "
    "otherwise. What does it remember that it should not?"
)
assert isinstance(error_of(join), ValueError), "join() should raise a ValueError at once."


# %% probe="join" rtol=1e-6
def line(peak):
    return lambda step: peak * (step + 1)


def curve(peak):
    return lambda step: peak / (2 + step)


one = join((lengths[0], line(peaks[0])), (lengths[1], curve(peaks[1])), scale=3.0)
two = join((lengths[2], curve(peaks[2])))
three = join(*[(n, line(peak)) for n, peak in zip(lengths, peaks, strict=True)])
nested = join((lengths[3], one), (30, three), (lengths[0], two), scale=0.5)
[
    [[float(schedule(step)) for step in range(60)] for schedule in (one, two, three, nested)],
    [float(schedule(step)) for step in (25, 4, 0, 11, 1) for schedule in (nested, two, one)],
    isinstance(error_of(join), ValueError),
]

# %% [markdown]
# ## Question 2 · try again (3 points)
#
# Write a decorator `retry(attempts, on=ConnectionError, *, delay=1.0, sleep=time.sleep)` for
# functions that fetch data over a network. A decorated function
#
# - passes all its arguments on and returns what the function returns,
# - if the function raises an error of the class `on` (or of one of the classes, if `on` is a tuple
#   of classes), calls it again, until it has been called `attempts` times (1 or more) in all,
# - waits before each further call: `sleep(delay)` before the second, and twice as long each
#   time, so `sleep(2 * delay)` before the third, `sleep(4 * delay)` before the fourth; it does not wait
#   otherwise,
# - raises the *last* error if all attempts fail, and any other error at once,
# - begins afresh at every call,
# - keeps the function's name and docstring.


# %% question="retry" points=3
### BEGIN SOLUTION
def retry(attempts, on=ConnectionError, *, delay=1.0, sleep=time.sleep):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            for attempt in range(attempts):
                try:
                    return function(*args, **kwargs)
                except on:
                    if attempt == attempts - 1:
                        raise
                    sleep(delay * 2**attempt)

        return wrapper

    return decorate


### END SOLUTION

# %% check="retry"
_calls, _naps = [], []
_fetch = scripted([ConnectionError("a"), ConnectionError("b"), ConnectionError("c"), 5], _calls)
_patient = retry(4, delay=0.5, sleep=_naps.append)(_fetch)
assert _patient.__name__ == "fetch", f"The decorated function is called {_patient.__name__!r} now."
assert _patient.__doc__ == _fetch.__doc__, "The decorated function lost its docstring."
assert _patient("shard", part=3) == 5, "Three failures, then 5: four attempts should return 5."
assert _calls == [(("shard",), {"part": 3})] * 4, (
    f"Each of the four calls should get the same arguments; they got {_calls}."
)
assert np.allclose(_naps, [0.5, 1, 2]), (
    f"With delay=0.5 the pauses should be 0.5, 1 and 2; you slept {_naps}."
)
_calls, _naps = [], []
_errors = [ConnectionError("a"), ConnectionResetError("b"), ConnectionError("c")]
_error = error_of(retry(2, sleep=_naps.append)(scripted(_errors, _calls)))
assert _error is _errors[1], f"Of two errors the last should be raised, 'b'; it was {_error!r}."
assert len(_calls) == 2, f"attempts=2 allows two calls in all; you made {len(_calls)}."
assert _naps == [1.0], f"One pause between two calls, none after the last; you slept {_naps}."
_calls = []
_error = error_of(retry(3, sleep=_naps.append)(scripted([KeyError("x"), 1], _calls)))
assert isinstance(_error, KeyError), "A KeyError is not in `on`: it should come through."
assert len(_calls) == 1, "After the KeyError the function was called again."
_naps, _got = [], []
_outcomes = [TimeoutError("a"), None, ConnectionResetError("b"), 0]
_fetch = retry(2, (TimeoutError, ConnectionError), sleep=_naps.append)(scripted(_outcomes, []))
_error = error_of(lambda: _got.extend([_fetch(), _fetch()]))
assert _error is None, (
    f"`on` names TimeoutError and ConnectionError, of which ConnectionResetError is a kind; two "
    f"attempts should be enough here, but {_error!r} came through."
)
assert _got == [None, 0], f"None and 0 are results like any other; two calls returned {_got}."
assert _naps == [1.0, 1.0], f"Two calls, each with one pause of 1; the pauses were {_naps}."


# %% probe="retry" rtol=1e-6
def play(outcomes, n_calls, *args, **kwargs):
    calls, naps, results = [], [], []
    fetch = retry(*args, sleep=naps.append, **kwargs)(scripted(outcomes, calls))
    for i in range(n_calls):
        try:
            results.append(fetch(i, 2 * i, shard=str(seed), fold=-i))
        except Exception as error:
            results.append(f"{type(error).__name__} {error}")
    return [calls, [float(nap) for nap in naps], results, fetch.__name__, fetch.__doc__]


failures = [ConnectionError(f"failure {i}") for i in range(n_failures)]
other = [TimeoutError("slow"), ValueError("odd"), ConnectionResetError("reset"), None, answer + 1]
[
    play([*failures, answer], 1, n_failures + 1, delay=first_delay),
    play([*failures, answer], 1, attempts=n_failures + 2, delay=2 * first_delay),
    play([*failures, answer], 2, n_failures),
    play([*failures, answer, *failures, 0], 2, n_failures + 1),
    play([*failures, answer], n_failures + 1, 1),
    play(other, 4, 3, (TimeoutError, ConnectionError), delay=first_delay),
    play(other, 4, 5, on=ValueError),
]

# %% [markdown]
# ## Question 3 · a grid without end (2 points)
#
# Write a generator `grid(space, keep=None)` of settings to try. `space` is a dict from at least one
# parameter's name to its values. Every setting is a new dict with one value per name, its names in the
# order of `space`. The order is that of nested loops: the first name is the outermost, the last
# name's value changes fastest.
#
# - Values may come as any iterable, even one that runs out, such as a generator.
# - The *first* name's values may be endless. Take one of them only when the next setting needs it.
# - If `keep` is given, it is called with the setting *as keyword arguments*, and only settings for
#   which it returns true are given out.


# %% question="grid" points=2
### BEGIN SOLUTION
def grid(space, keep=None):
    (first, outer), *others = space.items()
    inner = [[(name, value) for value in values] for name, values in others]
    for value in outer:
        for pairs in itertools.product(*inner):
            settings = {first: value, **dict(pairs)}
            if keep is None or keep(**settings):
                yield settings


### END SOLUTION

# %% check="grid"
_got = list(grid({"a": [1, 2], "b": iter("xy"), "c": (7, 8)}))
assert len(_got) == 8, (
    f"2 x 2 x 2 values make 8 settings, not {len(_got)}. `b` comes as an iterator: it runs once."
)
assert len({id(setting) for setting in _got}) == 8, "Every setting should be a dict of its own."
assert [setting["c"] for setting in _got[:4]] == [7, 8, 7, 8], "The last name changes fastest."
assert [setting["a"] for setting in _got] == [1] * 4 + [2] * 4, "The first name changes slowest."
_tap, _got = Tap(itertools.count()), []
_space = {"seed": _tap, "rate": [0.1, 0.2]}
_error = error_of(lambda: _got.extend(itertools.islice(grid(_space), 3)))
assert _error is None, (
    f"Three settings of a grid with endless seeds were asked for. {_tap.taken} seeds were taken, "
    f"then came {_error!r}. Which part of your answer reads all seeds before it gives a setting?"
)
assert len(_got) == 3, f"Endless seeds give endless settings; yours ended after {len(_got)}."
assert _got[-1] == {"seed": 1, "rate": 0.1}, f"The third setting is {_got[-1]}."
assert _tap.taken == 2, f"Three settings need two seeds; you took {_tap.taken}."
_kept, _space = [], {"a": [1, 2, 3], "b": [1, 2]}
_error = error_of(lambda: _kept.extend(grid(_space, keep=lambda a, **others: a != others["b"])))
assert _error is None, (
    f"For the first setting, keep(a=1, b=1) should be called; you get {_error!r}."
)
assert len(_kept) == 4, f"keep drops two of the six settings; {len(_kept)} are left."


# %% probe="grid" exact=true
def taken_from(settings, tap, n):
    given = [(setting, tap.taken) for setting in itertools.islice(settings, n)]
    return [(list(setting.items()), taken) for setting, taken in given]


def shallow_or_even(depth, alpha, **others):
    return depth < 8 or others["seed"] % 2 == 0 and alpha < 0.6


seeds, few, named, tried = (
    Tap(source) for source in (itertools.count(seed), alphas[::2], "qrs", depths)
)
mixed = {"depth": tried, "seed": range(seed, seed + 3), "alpha": alphas}
[
    taken_from(grid({"seed": seeds, "alpha": iter(alphas), "depth": depths}), seeds, 30),
    taken_from(grid({"b": few, "c": (depth for depth in depths), "a": [None]}), few, 10),
    taken_from(grid({"name": named}), named, 5),
    taken_from(grid(mixed, shallow_or_even), tried, 40),
]

# %% [markdown]
# ## Question 4 · what is unusual so far (3 points)
#
# A sensor sends numbers, perhaps without end. Write a generator
# `anomalies(stream, limit=3.0, warmup=10)` that judges each number by those *accepted* before it:
#
# - The first `warmup` numbers (2 or more) are accepted unseen.
# - After that, let `mean` and `deviation` be the mean and the standard deviation (dividing by $n$,
#   not $n - 1$) of all numbers accepted so far, and $z$ = (number − mean) / deviation. If
#   $|z|$ > `limit`, the number is *not* accepted, and the generator yields the tuple
#   `(position, z)`, where `position` counts all numbers of the stream from 0. Otherwise it is accepted.
#
# The generator reads no further than the number that it reports, keeps no list of the numbers, and
# stays accurate for readings near $10^9$ that differ by 1. Subtracting squares, $\overline{x^2} -
# \bar x^2$, does not. *Welford's update* does: with $S$ the sum of squared deviations from the mean,
# a new number $x$, the $n$-th, changes
#
# $$ \delta = x - \bar x_{\text{old}}, \qquad \bar x = \bar x_{\text{old}} + \delta / n, \qquad
# S = S_{\text{old}} + \delta\,(x - \bar x). $$
#
# The deviation is never 0 where a number has to be judged.


# %% question="anomalies" points=3
### BEGIN SOLUTION
def anomalies(stream, limit=3.0, warmup=10):
    n, mean, squares = 0, 0.0, 0.0
    for position, x in enumerate(stream):
        if n >= warmup:
            z = (x - mean) / (squares / n) ** 0.5
            if abs(z) > limit:
                yield position, z
                continue
        n += 1
        delta = x - mean
        mean += delta / n
        squares += delta * (x - mean)


### END SOLUTION

# %% check="anomalies"
_numbers = [1.0, -1.0, 1.0, -1.0, 5.0, 2.0, -4.0, 1.5]
_got = list(anomalies(_numbers, limit=3.0, warmup=4))
assert [position for position, _ in _got] == [4, 6], (
    f"The first four have mean 0 and deviation 1, so 5 (position 4) is unusual and 2 is not; you "
    f"report the positions {[position for position, _ in _got]}."
)
assert np.isclose(_got[0][1], 5), f"The 5 lies 5 deviations off; you say {_got[0][1]:.3f}."
assert np.isclose(_got[1][1], -4.4 / np.std([1, -1, 1, -1, 2])), (
    f"The -4 is judged by 1, -1, 1, -1 and 2, without the 5: z = -3.67; you say {_got[1][1]:.3f}."
)
assert not list(anomalies([1.0, -1.0, 3.0], limit=3.0, warmup=2)), (
    "The 3 lies exactly 3 deviations off, and that is not more than the limit."
)
_tap = Tap(sensor())
_first = next(anomalies(_tap))
assert _tap.taken == _first[0] + 1, (
    f"You reported position {_first[0]} after reading {_tap.taken} numbers."
)
_near = list(anomalies(itertools.islice(sensor(), 300)))
_far = list(anomalies(itertools.islice(sensor(center=1e9), 300)))
assert [position for position, _ in _near] == [position for position, _ in _far], (
    "Moving all readings by 10^9 should not change which are unusual. Do you subtract two squares?"
)
tracemalloc.start()
for _ in anomalies(itertools.islice(sensor(), 6_000)):
    pass
_peak = tracemalloc.get_traced_memory()[1]
tracemalloc.stop()
assert _peak < 80_000, f"6,000 numbers took {_peak / 1e3:.0f} kB. Do you keep them?"


# %% probe="anomalies" rtol=1e-4
def first_reports(n, stream, *args, **kwargs):
    tap = Tap(stream)
    reports = itertools.islice(anomalies(tap, *args, **kwargs), n)
    return [(int(position), float(z), tap.taken) for position, z in reports]


def keeps_little(n):
    tracemalloc.start()
    for _ in anomalies(itertools.islice(sensor(), n)):
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak < 80_000  # bytes; a list of 12,000 floats takes 384,000


unit = 2.0 ** (seed % 5)
eight = [unit, -unit] * 4
[
    first_reports(9, [*eight, unit, 30 * unit, 500 * unit, 90 * unit]),
    first_reports(9, [unit, -unit, 3 * unit, -unit, -9 * unit, unit], warmup=2),
    first_reports(20, sensor()),
    first_reports(20, sensor(center=1e9)),
    first_reports(20, sensor(spread=0.01, stream_seed=seed + 1), 2.0, 3),
    first_reports(20, sensor(center=-50.0, stream_seed=seed + 2), warmup=25),
    first_reports(99, itertools.islice(sensor(stream_seed=seed + 3), 200), limit=1.5, warmup=2),
    keeps_little(12_000),
]

# %% [markdown]
# ## Question 5 · what was known at the time (3 points)
#
# A model may use only what was known when an event happened. `events` and `readings` are iterables of
# pairs `(time, value)`, each in the order of their times; times may repeat, and either may be endless
# or empty. Write a generator `as_of(events, readings)` that yields, for every event in turn, the tuple
# `(time, event_value, reading_value)`: the event, and the value of the last reading whose time is
# *not later* than the event's (at equal times, too; of several such readings the one that came last).
# If there is none, `reading_value` is `None`.
#
# Be lazy:
#
# - Take an event only when its tuple is asked for.
# - When a tuple is given out, at most *one* reading that is later than its event has been taken.


# %% question="as_of" points=3
### BEGIN SOLUTION
def as_of(events, readings):
    readings = iter(readings)
    latest, ahead = None, next(readings, None)
    for moment, value in events:
        while ahead is not None and ahead[0] <= moment:
            latest, ahead = ahead[1], next(readings, None)
        yield moment, value, latest


### END SOLUTION

# %% check="as_of"
_events = [(1, "a"), (4, "b"), (4, "c"), (9, "d")]
_readings = [(2, 20), (4, 40), (4, 41), (5, 50), (6, 0)]
_got = []
_error = error_of(lambda: _got.extend(as_of(iter(_events), iter(_readings))))
assert _error is None, (
    f"After {len(_got)} of four tuples came {_error!r}. The readings end at time 6, before the last "
    "event, at 9. What does your answer do then?"
)
assert len(_got) == 4, f"Four events make four tuples, not {len(_got)}."
assert _got[0] == (1, "a", None), f"Before the first reading nothing is known; you say {_got[0]}."
assert _got[1][2] == 41, f"At time 4 the reading that came last, 41, is known, not {_got[1][2]}."
assert _got[2][2] == 41, f"A second event at time 4 knows the same, 41, not {_got[2][2]}."
assert _got[3][2] == 0, (
    f"After the last reading its value stays known, 0, not {_got[3][2]}. Does a reading get lost "
    "that was taken too early for one event and is needed for the next?"
)
_taps = Tap(ticks(0)), Tap((2 * _moment, _moment) for _moment in itertools.count())
_made = []
_error = error_of(lambda: _made.append(iter(as_of(*_taps))))
assert _error is None, (
    f"Before any tuple was asked for, {_taps[0].taken} events and {_taps[1].taken} readings were "
    f"taken, then came {_error!r}. Both may be endless: give out each tuple as soon as it is known."
)
assert _taps[0].taken == 0, "An event was taken before any tuple was asked for."
for _number in range(1, 20):
    _error = error_of(lambda: _made.append(next(_made[0])))
    assert _error is None, (
        f"Tuple {_number} was asked for: {_taps[0].taken} events and {_taps[1].taken} readings were "
        f"taken in all, then came {_error!r}. Which readings does one event need, and which can wait?"
    )
    _moment = _made[-1][0]
    assert _taps[0].taken == _number, (
        f"For {_number} tuples {_taps[0].taken} events were taken; {_number} are enough."
    )
    assert _taps[1].taken <= _moment // 2 + 2, (
        f"At time {_moment} you have taken {_taps[1].taken} readings, which come at 0, 2, 4, …"
    )


# %% probe="as_of" exact=true
def watch(n, events, readings):
    events, readings = Tap(events), Tap(readings)
    return [
        (tuple(known), events.taken, readings.taken)
        for known in itertools.islice(as_of(events, readings), n)
    ]


a_few = list(itertools.islice(ticks(seed + 5, longest_gap=6), 12))
[
    watch(40, ticks(seed), ticks(seed + 1)),
    watch(40, ticks(seed + 2, longest_gap=9), ticks(seed + 3, longest_gap=1)),
    watch(30, ticks(seed + 4), a_few),
    watch(30, a_few, ticks(seed + 6, start=9)),
    watch(30, a_few, []),
    watch(30, [], a_few),
    [tuple(known) for known in as_of(a_few, a_few[::2])],
]

# %% [markdown]
# ## Question 6 · a cache for arrays (2 points)
#
# `lru_cache` refuses arrays. Write a decorator `memoize(maxsize, key)`: `key`, called with the same
# arguments as the decorated function, returns something hashable, and two calls with equal keys count
# as the same call. A decorated function
#
# - calls the function only if it holds no result for the key; else it returns what it holds, even
#   if that is `None`,
# - holds at most `maxsize` results (1 or more); when there is one too many, it forgets the one that
#   was *used* longest ago (storing it and returning it are both uses),
# - stores and forgets nothing when the function raises, and lets the error through.
#
# Two decorated functions share nothing, even if one and the same `memoize(…)` decorated both.


# %% question="memoize" points=2
### BEGIN SOLUTION
def memoize(maxsize, key):
    def decorate(function):
        held = {}  # the one used longest ago comes first

        def wrapper(*args, **kwargs):
            name = key(*args, **kwargs)
            if name in held:
                held[name] = held.pop(name)
            else:
                held[name] = function(*args, **kwargs)
                if len(held) > maxsize:
                    del held[next(iter(held))]
            return held[name]

        return wrapper

    return decorate


### END SOLUTION

# %% check="memoize"
_calls = []


def _load(name, fold=0):
    _calls.append(name)
    if name == "missing":
        raise KeyError(name)
    return None if name == "empty" else f"{name} {fold}"


_held = memoize(2, key=lambda name, fold=0: (name, fold))(_load)
assert [_held("a"), _held("a"), _held("a", fold=1)] == ["a 0", "a 0", "a 1"], "Wrong results."
assert _calls == ["a", "a"], f"Two different keys, so two calls; the function got {_calls}."
_calls.clear()
_held("a"), _held("b"), _held("a")
assert _calls == ["b"], (
    f"Held: ('a', 0) and ('a', 1). After a, b, a only b should be loaded, not {_calls}. "
    "Which one was used longest ago, and does a hit count as a use?"
)
_calls.clear()
_held("empty"), _held("empty")
assert _calls == ["empty"], "A result of None should be held like any other."
_calls.clear()
assert isinstance(error_of(_held, "missing"), KeyError), "The function's error should come through."
error_of(_held, "missing")
assert _calls == ["missing", "missing"], "An error is not a result: the next call tries again."
_calls.clear()
_held("empty"), _held("a")
assert not _calls, (
    f"'empty' and 'a' were held before the error; now {_calls} had to be loaded again."
)
_held("c"), _held("d"), _held("a")
assert _calls == ["c", "d", "a"], (
    f"maxsize=2, and c and d came after a: all three must be loaded, not only {_calls}."
)
_by_content = memoize(1, key=lambda X: X.tobytes())
_sums, _means = _by_content(np.sum), _by_content(np.mean)
assert _sums(np.arange(4)) == 6, "Arrays should work as arguments: only the key must be hashable."
assert _means(np.arange(4)) == 1.5, (
    "np.sum and np.mean were decorated by the same memoize(…), and now the mean of 0, 1, 2, 3 is "
    f"{_means(np.arange(4))}. Where is the store made: once for both, or once for each?"
)


# %% probe="memoize" exact=true
def replay(maxsize, numbers, key=None):
    calls = []

    def load(number, *, fold=0):
        calls.append((number, fold))
        if number == 3 and len(calls) % 2:
            raise OSError("not there")
        return None if number == 5 else [number, len(calls)]

    held = memoize(maxsize, key=key or (lambda number, fold=0: (number, fold)))(load)
    results = []
    for i, number in enumerate(numbers):
        try:
            results.append(held(number, fold=i % 2))
        except OSError as error:
            results.append(str(error))
    return [calls, results]


def total(table, calls):
    calls.append(1)
    return int(table.sum())


def last(table, calls):
    calls.append(2)
    return int(table[-1])


calls = []
one, three = (memoize(size, key=lambda table, calls: table.tobytes()) for size in (1, 3))
decorated = [one(total), three(total), three(last)]
tables = [np.arange(5) * (number % 4) for number in requests]
[
    replay(1, requests),
    replay(3, requests),
    replay(maxsize=7, numbers=requests),
    replay(2, requests, key=lambda number, fold: number % 3),
    replay(30, requests, key=lambda number, fold: (fold, number // 2)),
    [(held(table, calls), len(calls)) for table in tables for held in decorated],
]
