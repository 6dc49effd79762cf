# ---
# title: "Exercise: tuning"
# minutes: 60
# ---

# %% [markdown]
# # Exercise: tuning
#
# Five jobs around a search that the lesson left to libraries. No question needs the answer of another.
# Change `seed` to practise again on other data. Every function must work on any input of the kind
# that its question names. NumPy and SciPy are all you need.

# %% tags=["parameters"]
seed = 16  # which data you get

# %%
import math

import numpy as np
from scipy import stats

rng = np.random.default_rng(seed)

# question 1: a search space, and a uniform number for every trial and hyperparameter
space = {
    "model": {"kind": "choice", "options": ["svc", "tree", "forest"]},
    "C": {"kind": "log", "low": 0.01, "high": 1000.0, "when": ("model", "svc")},
    "kernel": {"kind": "choice", "options": ["linear", "rbf"], "when": ("model", "svc")},
    "gamma": {"kind": "log", "low": 1e-5, "high": 10.0, "when": ("kernel", "rbf")},
    "max_depth": {"kind": "int", "low": 2, "high": 9, "when": ("model", "tree")},
    "n_estimators": {"kind": "log-int", "low": 10, "high": 500, "when": ("model", "forest")},
    "subsample": {"kind": "float", "low": 0.3, "high": 0.9},
}
uniforms = rng.uniform(size=(40, len(space)))

# question 2: the error of 27 candidates after every unit of a resource
units = np.arange(1, 91)
start, final = rng.uniform(0.6, 0.9, size=(2, 27, 1)) * [[[1]], [[0.5]]]
curves = final + (start - final) * np.exp(-units / rng.uniform(3, 60, size=(27, 1)))
curves = np.round(curves + rng.normal(scale=0.01, size=(27, 90)), 2)

# question 3: what a surrogate says about 12 places, and what a trial costs there
mean, sd = rng.uniform(0.2, 0.4, size=12), rng.uniform(0.02, 0.12, size=12)
sd[rng.choice(12, 3, replace=False)] = 0.0
seconds = rng.uniform(1, 30, size=12)

# question 4: the scores of 150 candidates on few validation rows and on many test rows
test_scores = rng.normal(0.7, 0.02, size=150)
valid_scores = test_scores + rng.normal(0, 0.05, size=150)

# question 5: the error of 30 trials after every step, in the order in which they run
histories = rng.uniform(0.2, 0.5, size=(30, 1)) + 0.4 * np.exp(-np.arange(12) / 4)
histories = histories + rng.normal(scale=0.04, size=(30, 12))

# %% [markdown]
# ## Question 1 · from uniform numbers to trials (3 points)
#
# Write `sample(space, U)`, which turns uniform numbers into trials. `space` is a dictionary like the
# one above: its keys are hyperparameters, its values describe them. `U` has shape
# `(n_trials, len(space))`, with numbers $0 \le u < 1$: column $j$ belongs to the $j$-th hyperparameter in the order of
# `space`, whether that is active or not. By `kind`:
#
# | kind | value |
# |---|---|
# | `"float"` | uniform between `low` and `high` |
# | `"log"` | its logarithm is uniform between those of `low` and `high` |
# | `"int"` | an integer from `low` to `high`, both included, all equally likely |
# | `"log-int"` | a value of kind `"log"` between `low` and `high` + 1, rounded down |
# | `"choice"` | one of `options`, all equally likely |
#
# A larger $u$ never gives a smaller number or an earlier option. `"when": (parent, value)` means that the
# hyperparameter is active only where `parent` is active and has this value; parents come earlier in
# `space`. Without `"when"` it is always active. Return a list with a dictionary for each trial, which
# holds the active hyperparameters only: numbers as `float` or `int`, options as given.


# %% question="sample" points=3
### BEGIN SOLUTION
def sample(space, U):
    trials = []
    for row in U:
        trial = {}
        for (name, about), u in zip(space.items(), row, strict=True):
            if "when" in about:
                parent, value = about["when"]
                if parent not in trial or trial[parent] != value:
                    continue
            kind = about["kind"]
            if kind == "choice":
                trial[name] = about["options"][int(u * len(about["options"]))]
                continue
            low, high = about["low"], about["high"]
            if kind == "float":
                trial[name] = float(low + u * (high - low))
            elif kind == "log":
                trial[name] = float(low * (high / low) ** u)
            elif kind == "int":
                trial[name] = int(low + math.floor(u * (high - low + 1)))
            else:
                trial[name] = math.floor(low * ((high + 1) / low) ** u)
        trials.append(trial)
    return trials


### END SOLUTION

# %% check="sample"
_trials = sample(space, uniforms)
assert len(_trials) == 40, f"40 rows of U are 40 trials, not {len(_trials)}."
for _trial in _trials:
    assert ("C" in _trial) == (_trial["model"] == "svc"), f"C belongs to svc alone: {_trial}"
    assert ("gamma" in _trial) == (_trial.get("kernel") == "rbf"), (
        f"gamma is active only if kernel is active and 'rbf': {_trial}"
    )
    assert 0.3 <= _trial["subsample"] <= 0.9, f"subsample lies between 0.3 and 0.9: {_trial}"
_one = {"x": {"kind": "log", "low": 0.01, "high": 100.0}}
assert np.isclose(sample(_one, np.array([[0.5]]))[0]["x"], 1), (
    "Halfway between 0.01 and 100 on a log scale lies 1."
)
_one = {"x": {"kind": "int", "low": 3, "high": 5}}
_got = [_trial["x"] for _trial in sample(_one, np.array([[0.0], [0.3], [0.5], [0.7], [0.99]]))]
assert _got == [3, 3, 4, 5, 5], (
    f"3, 4 and 5 get a third of the uniform numbers each: 0, 0.3, 0.5, 0.7, 0.99 should not give {_got}."
)
_one = {"x": {"kind": "log-int", "low": 1, "high": 99}}
_got = [_trial["x"] for _trial in sample(_one, np.array([[0.0], [0.49], [0.51], [0.9999]]))]
assert _got == [1, 9, 10, 99], (
    f"1 to 99: half of the numbers go to 1 to 9, half to 10 to 99; you get {_got}."
)

# %% probe="sample" rtol=1e-6
_other = {
    "rate": {"kind": "log", "low": 0.003, "high": 0.7},
    "booster": {"kind": "choice", "options": [None, "dart", "linear", "tree", 7]},
    "drop": {"kind": "float", "low": -2.0, "high": 0.5, "when": ("booster", "dart")},
    "leaves": {"kind": "log-int", "low": 4, "high": 300, "when": ("booster", 7)},
    "skip": {"kind": "int", "low": -3, "high": 3, "when": ("leaves", 4)},
    "rounds": {"kind": "int", "low": 1, "high": 6},
    "last": {"kind": "float", "low": 1.0, "high": 3.0, "when": ("rounds", 6)},
    "deep": {"kind": "choice", "options": ["a", "b"], "when": ("last", 2.0)},
}
[
    sample(space, uniforms[:25]),
    sample(_other, 1 - uniforms[:25, [0, 3, 2, 1, 4, 5, 6, 1]]),
    sample({"a": {"kind": "log-int", "low": 2, "high": 3}}, np.linspace(0, 0.999, 9)[:, None]),
]

# %% [markdown]
# ## Question 2 · a race by successive halving (4 points)
#
# `curves` has shape `(n, R)`: `curves[i, r - 1]` is the validation error of candidate `i` after `r` units
# of the resource. Write `race(curves, first, factor)`.
#
# - In round 1, all candidates get `first` units; in each later round, `factor` times as much as in the one
#   before.
# - After a round with $k$ candidates, the $\lceil k / \text{factor} \rceil$ with the lowest error at its resource
#   survive. Among equal errors, the candidate with the lower index does.
# - Another round is run only if more than one candidate survived, and its resource is at most $R$.
# - The winner is the candidate with the lowest error in the last round that was run (of equal ones, the
#   lower index).
#
# Return the dictionary with the keys
#
# - `"winner"`: its index, an integer,
# - `"rounds"`: a list with `[candidates, resource]` for each round that was run,
# - `"scratch"`: the units spent in all, if each round trains its candidates from scratch,
# - `"continued"`: the units spent in all, if each round goes on from the models of the one before,
# - `"regret"`: a float, how much higher the winner's error at $R$ is than the lowest error of any candidate at
#   $R$.
#
# `first` and `factor` are integers, $1 \le$ `first` $\le R$, `factor` $\ge 2$, $n \ge 1$.


# %% question="race" points=4
### BEGIN SOLUTION
def race(curves, first, factor):
    alive, resource, before = np.arange(len(curves)), first, 0
    rounds, scratch, continued = [], 0, 0
    while True:
        rounds.append([len(alive), resource])
        scratch += len(alive) * resource
        continued += len(alive) * (resource - before)
        ranked = alive[np.argsort(curves[alive, resource - 1], kind="stable")]
        winner = int(ranked[0])
        alive = np.sort(ranked[: math.ceil(len(ranked) / factor)])
        before, resource = resource, resource * factor
        if len(alive) == 1 or resource > curves.shape[1]:
            break
    return {
        "winner": winner,
        "rounds": rounds,
        "scratch": scratch,
        "continued": continued,
        "regret": float(curves[winner, -1] - curves[:, -1].min()),
    }


### END SOLUTION

# %% check="race"
_race = race(curves, 10, 3)
assert set(_race) == {"winner", "rounds", "scratch", "continued", "regret"}, (
    f"The keys are {sorted(_race)}."
)
assert list(map(list, _race["rounds"])) == [[27, 10], [9, 30], [3, 90]], (
    "27 candidates, 10 units, factor 3: 27 with 10, 9 with 30, 3 with 90, and one survives; "
    f"not {_race['rounds']}."
)
assert _race["scratch"] == 810, "Three rounds of 270 units from scratch are 810."
assert _race["continued"] == 270 + 9 * 20 + 3 * 60, (
    "Going on, the second round adds 20 units for each of 9, the third 60 for each of 3."
)
assert _race["regret"] >= 0, "No candidate is better than the best at R: the regret is 0 or more."
_race = race(curves[:10], 7, 3)
assert list(map(list, _race["rounds"])) == [[10, 7], [4, 21], [2, 63]], (
    "10 candidates, factor 3: ceil(10 / 3) is 4, then ceil(4 / 3) is 2, which run with 63 of 90 units."
)
_flat = np.full((6, 20), 0.5)
assert race(_flat, 5, 2)["winner"] == 0, "Where all errors are equal, the lowest index wins."
_flat[4, :9] = 0.4
assert race(_flat, 5, 2)["winner"] == 0, (
    "Candidate 4 is better after 5 units, but equal to the others after 10: then candidate 0 wins again."
)
_race = race(np.array([[1.0, 5.0], [2.0, 3.0], [3.0, 4.0]]), 1, 3)
assert (_race["winner"], _race["regret"]) == (0, 2), (
    "Errors 1, 2, 3 after one unit and 5, 3, 4 after two, factor 3: candidate 0 wins in round 1. Its error "
    "at R = 2 is 5, and 5 - 3 = 2, although the others were dropped before."
)
assert race(curves[:1], 3, 2)["rounds"] in ([[1, 3]], [(1, 3)]), (
    "One candidate: one round, and done."
)

# %% probe="race" rtol=1e-6 atol=1e-9
[
    race(curves, 10, 3),
    race(curves, 1, 2),
    race(curves[::-1, :77], 4, 2),
    race(np.round(curves[:20], 1), 3, 2),
    race(np.round(curves[:26, :50], 1), 6, 4),
    race(curves[4:15], 45, 2),
    race(curves[:25], 46, 2),
    race(curves[:1], 90, 3),
    race(1 - curves[:13, :64], 1, 4),
]

# %% [markdown]
# ## Question 3 · where next, for errors and for seconds (3 points)
#
# Now the score is an *error*: lower is better. At every place a surrogate expects the error to be normal, with
# `mean` and `sd`. `best` is the lowest error so far. The improvement of a trial with error $f$ is
# `best` $- f$ where that is positive, and 0 elsewhere.
#
# Write `where_next(mean, sd, best, seconds)`, which returns the tuple `(ei, index)`: `ei` is an array with the
# expected improvement of every place, and `index` an integer, the place with the largest expected improvement *per
# second*; of equal ones, the lowest index. The arrays have shape `(n,)`. `sd` may be 0: there the
# surrogate is certain. `seconds` $> 0$. No warning may arise from dividing by 0.


# %% question="where_next" points=3
### BEGIN SOLUTION
def where_next(mean, sd, best, seconds):
    gap = best - mean
    certain = sd == 0
    width = np.where(certain, 1.0, sd)
    z = gap / width
    ei = gap * stats.norm.cdf(z) + width * stats.norm.pdf(z)
    ei = np.where(certain, np.maximum(gap, 0), ei)
    return ei, int(np.argmax(ei / seconds))


### END SOLUTION

# %% check="where_next"
_ei, _index = where_next(mean, sd, 0.3, seconds)
_ei = np.asarray(_ei)
assert _ei.shape == (12,), f"expected shape (12,), got {_ei.shape}"
assert np.isfinite(_ei).all(), (
    "Some expected improvement is not a number. What happens where sd is 0?"
)
assert np.all(_ei >= 0), "An improvement is never negative, so neither is its expectation."
for _place in range(12):
    _draws = np.random.default_rng(0).normal(mean[_place], sd[_place], size=100_000)
    _near = np.maximum(0.3 - _draws, 0).mean()
    assert abs(_ei[_place] - _near) < 0.001, (
        f"mean {mean[_place]:.3f}, sd {sd[_place]:.3f}, best 0.3: 100,000 draws improve by {_near:.4f} on "
        f"average, you say {_ei[_place]:.4f}. Lower is better here."
    )
_ei, _index = where_next(np.zeros(2), np.ones(2), 0.0, np.array([5.0, 1.0]))
assert _index == 1, "Two equal places, the second five times as fast: try the second."
_ei, _index = where_next(np.array([0.4, 0.1, 0.1, 0.3]), np.zeros(4), 0.3, np.ones(4))
assert np.allclose(_ei, [0, 0.2, 0.2, 0]), (
    f"Without doubt, errors of 0.4, 0.1, 0.1, 0.3 improve 0.3 by 0, 0.2, 0.2, 0; you say {_ei}."
)
assert _index == 1, "Of two equal places, the lower index."


# %% probe="where_next" rtol=1e-6 atol=1e-12
def _both(*arguments):
    ei, index = where_next(*arguments)
    return [np.asarray(ei), int(index)]


[
    _both(mean, sd, 0.3, seconds),
    _both(mean, sd, 0.25, np.ones(12)),
    _both(mean, sd, float(mean[sd == 0].min()), seconds[::-1]),
    _both(mean[::-1], 2 * sd, 0.21, seconds**2),
    _both(mean * 10, np.zeros(12), 3.0, seconds),
    _both(mean, np.zeros(12), 0.1, seconds),
    _both(-mean, sd, -0.3, seconds),
]

# %% [markdown]
# ## Question 4 · what the best of n promises, and delivers (3 points)
#
# Each of $m$ candidates has a score on the validation rows and one on the test rows. Somebody draws $n$ of the
# candidates at random, without replacement, and keeps the one with the highest *validation* score. Averaged
# over all equally likely draws, what is the winner's validation score, and what its test score?
#
# Write `best_of(valid_scores, test_scores, n)`, which returns these two averages as a tuple of floats,
# exactly: simulation is not precise enough. The arrays have shape `(m,)`, $1 \le n \le m \le 200$,
# in any order; no two validation scores are equal. Hint: how many of the draws does the candidate
# win that has exactly $j$ others below it? `math.comb(a, b)` counts the ways to choose $b$ of $a$.


# %% question="best_of" points=3
### BEGIN SOLUTION
def best_of(valid_scores, test_scores, n):
    m = len(valid_scores)
    order = np.argsort(valid_scores)
    wins = np.array([math.comb(below, n - 1) / math.comb(m, n) for below in range(m)])
    return float(wins @ valid_scores[order]), float(wins @ test_scores[order])


### END SOLUTION

# %% check="best_of"
_promise, _delivery = best_of(valid_scores, test_scores, 1)
assert np.isclose(_promise, valid_scores.mean()), "With n = 1 nobody chooses: the plain mean."
assert np.isclose(_delivery, test_scores.mean()), (
    "With n = 1, the test score is the plain mean too."
)
_promise, _delivery = best_of(valid_scores, test_scores, 150)
assert np.isclose(_promise, valid_scores.max()), "With all 150 in the draw, the best always wins."
assert np.isclose(_delivery, test_scores[valid_scores.argmax()]), (
    "The test score is that of the candidate with the best validation score, not the best test score."
)
assert np.allclose(
    best_of(np.array([3.0, 1.0, 2.0]), np.array([5.0, 9.0, 1.0]), 2), (8 / 3, 11 / 3)
), (
    "Scores 3, 1, 2, two drawn: the three pairs are won by 3, 3 and 2, so 8/3 on average; and the test "
    "scores of these winners are 5, 5 and 1."
)
_promise, _delivery = best_of(valid_scores[:40], test_scores[:40], 7)
_check_rng = np.random.default_rng(0)
_draws = np.array([_check_rng.permutation(40)[:7] for _ in range(4_000)])
_winners = _draws[np.arange(4_000), valid_scores[_draws].argmax(axis=1)]
for _name, _scores, _mine in (
    ("on validation", valid_scores, _promise),
    ("on test", test_scores, _delivery),
):
    _near = _scores[_winners].mean()
    assert abs(_near - _mine) < 0.004, (
        f"7 of 40: in 4,000 simulated draws the winner has {_near:.4f} {_name}, you say {_mine:.4f}."
    )

# %% probe="best_of" rtol=1e-7
[
    list(map(float, best_of(valid_scores[:size], test_scores[:size], n)))
    for size, n in [(150, 1), (150, 2), (150, 20), (120, 75), (31, 30), (9, 9), (1, 1), (60, 4)]
] + [list(map(float, best_of(-test_scores[40:90], 10 * valid_scores[40:90], 6)))]

# %% [markdown]
# ## Question 5 · who is pruned, and when? (2 points)
#
# `histories` has shape `(n, S)`: `histories[i, s - 1]` is the error of trial `i` after step `s`, if it gets that far.
# Trials run one after another, in the order of the rows. A trial stops right after step `s` if all of these hold:
#
# - at least `startup` trials ran before it, stopped or not,
# - `s` is greater than `warmup`,
# - at least one earlier trial has an error for step `s` (trials that stopped before it have none),
# - the trial's lowest error in its steps 1 to `s` is greater than the median of the errors that the earlier
#   trials have for step `s`.
#
# Write `prune(histories, startup, warmup)`, which returns a list of `n` integers: the number of steps that
# each trial ran. `startup` and `warmup` are integers $\ge 0$. A trial whose last step came ran `S` steps.


# %% question="prune" points=2
### BEGIN SOLUTION
def prune(histories, startup, warmup):
    n, S = histories.shape
    seen = np.full((n, S), np.nan)
    steps = []
    for i in range(n):
        ran = S
        for s in range(warmup + 1, S + 1):
            column = seen[:i, s - 1]
            column = column[~np.isnan(column)]
            if i < startup or len(column) == 0:
                continue
            if histories[i, :s].min() > np.median(column):
                ran = s
                break
        seen[i, :ran] = histories[i, :ran]
        steps.append(ran)
    return steps


### END SOLUTION

# %% check="prune"
_steps = list(prune(histories, 5, 2))
assert len(_steps) == 30, f"30 trials, but {len(_steps)} numbers of steps."
assert _steps[:5] == [12] * 5, f"The first 5 trials are never stopped; yours ran {_steps[:5]}."
assert min(_steps) >= 3, "After step 1 or 2 nobody may be stopped: warmup is 2."
assert min(_steps) < 12, "Some trials of these are clearly bad, but yours all ran to the end."
assert list(prune(histories, 30, 0)) == [12] * 30, "With startup = 30, all trials run to the end."
assert list(prune(histories, 0, 12)) == [12] * 30, "With warmup = S, all trials run to the end."
_small = np.array([[5.0, 4.0, 3.0], [5.0, 6.0, 6.0], [4.5, 5.5, 5.5]])
assert list(prune(_small[:2], 1, 0)) == [3, 2], (
    "5, 6, 6 against 5, 4, 3: equal after step 1 goes on; after step 2 its lowest error, 5, is above 4."
)
assert list(prune(_small, 1, 0)) == [3, 2, 3], (
    "Third trial: 4.5 is below 5, the median of 5 and 5. After step 2 its lowest error is still 4.5, below "
    "5, the median of 4 and 6. When it is above 3, the only error at step 3, all its steps have been run."
)

# %% probe="prune" exact=true
[
    list(map(int, prune(histories, 5, 2))),
    list(map(int, prune(histories, 0, 0))),
    list(map(int, prune(histories, 1, 0))),
    list(map(int, prune(histories[::-1], 2, 1))),
    list(map(int, prune(histories[:, ::-1], 4, 3))),
    list(map(int, prune(np.round(8 * histories[:, :8]) / 8, 3, 1))),
    list(map(int, prune(-histories, 2, 4))),
    list(map(int, prune(histories[:1], 0, 0))),
]
