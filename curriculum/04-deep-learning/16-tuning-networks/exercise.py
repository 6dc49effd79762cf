# ---
# title: "Exercise: tuning networks"
# minutes: 70
# ---

# %% [markdown]
# # Exercise: tuning networks
#
# Six parts of a tuner: its space, its budget, two ways to stop, the choice at the end, and a builder for KerasTuner. No question
# needs the answer of another, and nothing is trained. Change `seed` to practise again on other trials.

# %% tags=["parameters"]
seed = 12  # which trials you get

# %%
import keras
import keras_tuner
import numpy as np
from keras import layers

rng = np.random.default_rng(seed)

# question 1: a space, and numbers between 0 and 1 to draw with
space = [
    {"name": "learning_rate", "kind": "log", "low": 1e-4, "high": 1.0},
    {"name": "layers", "kind": "int", "low": 1, "high": 3},
    {"name": "units", "kind": "int", "low": 16, "high": 64, "step": 16},
    {"name": "optimizer", "kind": "choice", "values": ["sgd", "adam", "rmsprop"]},
    {
        "name": "momentum",
        "kind": "linear",
        "low": 0.5,
        "high": 0.99,
        "only_if": ("optimizer", "sgd"),
    },
    {"name": "nesterov", "kind": "choice", "values": [False, True], "only_if": ("momentum", None)},
]
draws = rng.random((40, 6))

# questions 3 and 4: validation scores of 12 trials after each of 10 epochs (higher is better)
ends, speeds = rng.uniform(0.6, 0.95, size=(12, 1)), rng.uniform(1, 5, size=(12, 1))
curves = ends * (1 - np.exp(-np.arange(1, 11) / speeds)) + rng.normal(0, 0.01, size=(12, 10))

# question 5: records of runs
runs = []
for number, units in enumerate(rng.permutation([8, 16, 24, 32, 48, 64])):
    for _ in range(rng.integers(2, 6)):
        score = 0.9 + 0.01 * np.log2(units / 8) + rng.normal(0, 0.012)
        runs.append(
            {"setting": number, "parameters": int(units) * 75, "data": "a41", "score": float(score)}
        )
runs += [{"setting": 0, "parameters": runs[0]["parameters"], "data": "b07", "score": 0.999}]
runs += [{"setting": 7, "parameters": 10, "data": "a41", "score": float(rng.uniform(0.97, 0.99))}]
runs += [{"setting": 2, "parameters": 1, "data": "a41", "score": float("nan")}]
runs[-1]["parameters"] = next(run["parameters"] for run in runs if run["setting"] == 2)
runs = [runs[place] for place in rng.permutation(len(runs))]

# %% [markdown]
# ## Question 1 · from numbers to settings (3 points)
#
# Tuners draw numbers between 0 and 1 and turn them into settings. Write `settings(space, u)`: `space` is a list of
# dictionaries as above, `u` holds one number $0 \le u < 1$ for each, in the same order. Return a dictionary from names to values.
#
# - `linear`: from `low` to `high`, in proportion to $u$. `log`: the same for the logarithm.
# - `int`: one of `low`, `low` + `step`, …, as far as `high` (which is included if it is one of them); without `step` the step is 1. Each of these values has an equal share
#   of the interval from 0 to 1, in rising order. The value is an int.
# - `choice`: one of `values`, each with an equal share, in order.
# - `only_if: (name, value)`: the hyperparameter exists only if `name`, which comes earlier in the list, exists *and* has this
#   value; with `None` as value it is enough that it exists. Otherwise it is left out of the result.


# %% question="settings" points=3
### BEGIN SOLUTION
def settings(space, u):
    result = {}
    for one, number in zip(space, u, strict=True):
        if "only_if" in one:
            name, value = one["only_if"]
            if name not in result or (value is not None and result[name] != value):
                continue
        if one["kind"] == "linear":
            result[one["name"]] = float(one["low"] + number * (one["high"] - one["low"]))
        elif one["kind"] == "log":
            result[one["name"]] = float(one["low"] * (one["high"] / one["low"]) ** number)
        else:
            values = one.get("values")
            if one["kind"] == "int":
                values = range(one["low"], one["high"] + 1, one.get("step", 1))
            result[one["name"]] = values[int(number * len(values))]
    return result


### END SOLUTION

# %% check="settings"
_low, _high = settings(space, [0.0] * 6), settings(space, [0.999] * 6)
assert np.isclose(_low["learning_rate"], 1e-4), "u = 0 is the lower end."
_ends = [_low["layers"], _high["layers"]]
assert _ends == [1, 3], (
    f"The integers 1, 2, 3 are all possible, both ends included; you have {_ends}."
)
_half = settings(space, [0.5] * 6)
assert np.isclose(_half["learning_rate"], 0.01), (
    f"Half way on a log scale from 0.0001 to 1 is 0.01, not {_half['learning_rate']}."
)
assert _half["units"] == 48, (
    f"16, 32, 48, 64 have a quarter each; 0.5 opens the third, not {_half['units']}."
)
assert _half["optimizer"] == "adam", "Three choices have a third each; 0.5 is in the second."
assert "momentum" not in _half, "Adam has no momentum here: leave it out."
assert "nesterov" not in _half, "Without momentum there is no `nesterov` either."
assert _low["nesterov"] is False, (
    "With SGD there is momentum, so `nesterov` exists; False is its first value."
)

# %% probe="settings" rtol=1e-9
_wide = [
    {"name": "a", "kind": "int", "low": 5, "high": 26, "step": 10},
    {"name": "b", "kind": "linear", "low": -2.0, "high": 6.0, "only_if": ("a", 15)},
    {"name": "c", "kind": "log", "low": 3.0, "high": 300.0, "only_if": ("b", None)},
    {"name": "d", "kind": "choice", "values": ["x", 0, "w"], "only_if": ("c", None)},
    {"name": "e", "kind": "int", "low": 0, "high": 1, "only_if": ("d", 0)},
    {"name": "f", "kind": "linear", "low": 1.0, "high": 3.0, "only_if": ("e", None)},
]
[[list(pair) for pair in sorted(settings(space, u).items())] for u in draws] + [
    [list(pair) for pair in sorted(settings(_wide, u).items())] for u in [*draws, [0.4] * 6]
]

# %% [markdown]
# ## Question 2 · what Hyperband costs (2 points)
#
# Write `hyperband(R, eta, resume)` for whole numbers $R \ge 1$ and $\eta \ge 2$. The brackets $s = s_{max}, \dots, 0$, with $s_{max}$ the largest whole number for which $\eta^{s_{max}} \le R$, start
#
# $$ n = \Big\lceil \frac{s_{max} + 1}{s + 1}\, \eta^s \Big\rceil $$
#
# trials. Round $i = 0, \dots, s$ of a bracket keeps the best $\lfloor n\, \eta^{-i} \rfloor$ of its trials, which have been trained for $\lfloor R\, \eta^{\,i - s} \rfloor$ epochs in all when the round is over.
#
# Return the list of the brackets, the boldest first; a bracket is a list of pairs (trials, epochs in all). Return beside it the cost of all brackets in epochs: with `resume=True` a trial goes on
# where it stopped, with `resume=False` each round trains from scratch. Use whole-number arithmetic: floating-point logarithms are off at powers of `eta`.


# %% question="hyperband" points=2
### BEGIN SOLUTION
def hyperband(R, eta, resume):
    top = 0
    while eta ** (top + 1) <= R:
        top += 1
    brackets, cost = [], 0
    for s in range(top, -1, -1):
        n = -(-(top + 1) * eta**s // (s + 1))
        rounds = [(n // eta**i, R * eta**i // eta**s) for i in range(s + 1)]
        brackets.append(rounds)
        before = 0
        for trials, epochs in rounds:
            cost += trials * (epochs - before)
            before = epochs if resume else 0
    return brackets, cost


### END SOLUTION

# %% check="hyperband"
_brackets, _cost = hyperband(27, 3, True)
assert [len(rounds) for rounds in _brackets] == [4, 3, 2, 1], (
    f"27 is 3 to the power 3, so there are brackets with 4, 3, 2 and 1 rounds, not {[len(r) for r in _brackets]}."
)
assert [tuple(pair) for pair in _brackets[0]] == [(27, 1), (9, 3), (3, 9), (1, 27)], (
    f"The boldest bracket is not {_brackets[0]}."
)
assert _cost == 357, f"With weights kept, the lesson counted 357 epochs; you have {_cost}."
assert hyperband(27, 3, False)[1] == 423, "From scratch it is 423."
assert hyperband(1, 3, True)[1] == 1, "With a single epoch, one trial of one epoch is all."

# %% probe="hyperband"
_sizes = np.random.default_rng([seed, 2]).integers(5, 300, size=5).tolist()
[
    [[[int(v) for v in pair] for rounds in brackets for pair in rounds], int(cost)]
    for R, eta in (
        (1, 3),
        (2, 3),
        (81, 3),
        (243, 3),
        (64, 4),
        (10, 2),
        (26, 3),
        (1000, 10),
        *((R, 3) for R in _sizes),
        *((R, 2) for R in _sizes),
    )
    for brackets, cost in (hyperband(R, eta, True), hyperband(R, eta, False))
]

# %% [markdown]
# ## Question 3 · median stopping (3 points)
#
# Trials run one after the other, each for as many epochs as `curves` has columns, unless the rule stops it. Write
# `median_stopping(curves, warm_up)`. `curves` has the shape `(trials, epochs)`; higher is better.
#
# After epoch $e$ (counting from 1) of a trial, if $e > $ `warm_up`: the trial stops if the *best* score it has had so far is **below** the median of the *running means* of the earlier trials.
# The running mean of a trial is that of its first $e$ scores. Only earlier trials that were trained for at least $e$ epochs count;
# if there is none, the trial goes on.
#
# Return the epochs that each trial was trained, as a list of ints.


# %% question="median_stopping" points=3
### BEGIN SOLUTION
def median_stopping(curves, warm_up):
    trained = []
    for trial, curve in enumerate(curves):
        epochs = len(curve)
        for e in range(warm_up + 1, len(curve) + 1):
            earlier = [curves[k][:e].mean() for k in range(trial) if trained[k] >= e]
            if earlier and curve[:e].max() < np.median(earlier):
                epochs = e
                break
        trained.append(epochs)
    return trained


### END SOLUTION

# %% check="median_stopping"
_curves = np.array([[0.5, 0.6, 0.7], [0.1, 0.2, 0.9], [0.4, 0.3, 0.3], [0.9, 0.1, 0.1]])
_trained = [int(e) for e in median_stopping(_curves, 1)]
assert len(_trained) == 4, "One number per trial."
assert _trained[0] == 3, "The first trial has nothing to be compared with."
assert _trained[1] == 2, (
    f"After epoch 2 the second trial's best is 0.2, below the first one's running mean of 0.55: 2 epochs, not {_trained[1]}."
)
assert _trained[2] == 3, (
    "After epoch 2, running means are 0.55 and 0.15 with a median of 0.35, and its best is 0.4; after epoch 3 only the first trial (0.6) counts, "
    f"so it stops there, after 3. You have {_trained[2]}."
)
assert _trained[3] == 3, "The best score so far counts, not the last: 0.9 holds the fourth trial."
assert int(median_stopping(_curves, 0)[1]) == 1, (
    "Without warm-up the second trial stops after its first epoch."
)

# %% probe="median_stopping"
_many = np.random.default_rng([seed, 3]).random((25, 8)) ** 0.3
_many[:, 0] /= 4
[
    [int(e) for e in median_stopping(c, w)]
    for c, w in (
        (curves, 0),
        (curves, 2),
        (curves[::-1], 1),
        (_many, 0),
        (_many, 1),
        (_many, 3),
        (_many[:, :5], 8),
        (np.tile(curves[:1], (3, 1)), 0),
    )
]

# %% [markdown]
# ## Question 4 · patience (2 points)
#
# Write `early_stopping(curve, patience, min_delta)`, which says what `keras.callbacks.EarlyStopping` (`mode="max"`, `restore_best_weights=True`) would do with a list of validation
# scores. An epoch is an *improvement* if its score is above the best so far by **more than** `min_delta`; only an improvement changes the best and resets the waiting. The first epoch is an improvement. Training stops at the
# end of the epoch in which `patience` epochs in a row have brought none.
#
# Return the pair of ints: the number of epochs that were trained, and the epoch (counting from 1) whose weights are restored. `patience` is at least 1.


# %% question="early_stopping" points=2
### BEGIN SOLUTION
def early_stopping(curve, patience, min_delta):
    best, best_epoch = -np.inf, 0
    for epoch, score in enumerate(curve, start=1):
        if score - min_delta > best:
            best, best_epoch = score, epoch
        if epoch - best_epoch >= patience:
            return epoch, best_epoch
    return len(curve), best_epoch


### END SOLUTION

# %% check="early_stopping"
_answer = tuple(int(e) for e in early_stopping([0.5, 0.7, 0.6, 0.65, 0.9], 2, 0.0))
assert _answer == (4, 2), (
    f"Epochs 3 and 4 bring nothing: stop after 4, restore 2, not {_answer}. 0.9 is never seen."
)
_answer = tuple(int(e) for e in early_stopping([0.5, 0.7, 0.6, 0.8, 0.75], 2, 0.0))
assert _answer == (5, 4), (
    f"The list ends before the patience does: 5 epochs, restore 4, not {_answer}."
)
_answer = tuple(int(e) for e in early_stopping([0.5, 0.54, 0.58, 0.6], 3, 0.05))
assert _answer == (4, 3), (
    f"0.54 is no improvement by more than 0.05, 0.58 is (over 0.5, the best so far); 0.6 is not. Yours is {_answer}."
)

# %% probe="early_stopping"
# in steps of 1/1024, which are exact: the way the difference is written makes none
_walks = np.random.default_rng([seed, 4]).integers(-40, 43, size=(12, 30)).cumsum(axis=1) / 1024
[
    [int(e) for e in early_stopping(walk, p, d)]
    for walk in [*_walks, *curves]
    for p, d in ((1, 0.0), (3, 0.0), (4, 11 / 1024), (8, 50 / 1024))
] + [
    [int(e) for e in early_stopping([0.5, 0.5, 0.5, 0.75, 0.75], 2, 0.0)],
    [int(e) for e in early_stopping([0.25, 0.5, 0.5, 0.75], 2, 0.25)],
]

# %% [markdown]
# ## Question 5 · the choice at the end (3 points)
#
# Write `choose(runs, data)`. `runs` is a list of records as above, in any order: the number of the `setting`, its `parameters` (the same in
# all records of a setting), a fingerprint of the `data`, and the `score` (higher is better; NaN if the run crashed).
#
# Leave out runs on other data and crashed runs, then settings that have fewer than **two** runs left. The standard error of a setting is the standard deviation of its scores (divide by
# one less than their number) over the square root of their number.
#
# Take the setting with the highest mean; then, of all settings whose mean is at least that mean minus *that setting's* standard error, return the one with the fewest parameters, as a tuple
# (setting, mean, standard error) with the figures of the one you return. No two settings have equal parameters.


# %% question="choose" points=3
### BEGIN SOLUTION
def choose(runs, data):
    scores, parameters = {}, {}
    for run in runs:
        if run["data"] == data and not np.isnan(run["score"]):
            scores.setdefault(run["setting"], []).append(run["score"])
            parameters[run["setting"]] = run["parameters"]
    table = {
        setting: (np.mean(values), np.std(values, ddof=1) / np.sqrt(len(values)))
        for setting, values in scores.items()
        if len(values) >= 2
    }
    best, error = max(table.values())
    within = [setting for setting, (mean, _) in table.items() if mean >= best - error]
    chosen = min(within, key=parameters.get)
    return chosen, float(table[chosen][0]), float(table[chosen][1])


### END SOLUTION

# %% check="choose"
_runs = [{"setting": 1, "parameters": 900, "data": "a", "score": s} for s in (0.90, 0.94)]
_runs += [{"setting": 2, "parameters": 100, "data": "a", "score": s} for s in (0.90, 0.91, 0.905)]
_runs += [{"setting": 3, "parameters": 50, "data": "a", "score": s} for s in (0.80, 0.81)]
_runs += [
    {"setting": 3, "parameters": 50, "data": "b", "score": 0.99},
    {"setting": 4, "parameters": 5, "data": "a", "score": 0.95},
]
_runs += [{"setting": 4, "parameters": 5, "data": "a", "score": float("nan")}]
_setting, _mean, _error = choose(_runs, "a")
assert _setting != 4, (
    "One run is luck, and a crashed one does not count: setting 4 has fewer than two runs."
)
assert _setting != 3, "Runs on other data say nothing here."
assert _setting == 2, (
    "Setting 1 has the highest mean, 0.92, with a standard error of 0.02. Setting 2 is within it, and smaller."
)
assert np.isclose(_mean, 0.905), f"The mean of the setting that you return is 0.905, not {_mean}."
assert np.isclose(_error, 0.005 / np.sqrt(3)), (
    f"Standard deviation 0.005 (divided by n − 1), three runs; your error is {_error:.5f}."
)

# %% probe="choose" rtol=1e-9
_draw = np.random.default_rng([seed, 5])
_pools = [(runs, "a41")]
for _size, _data in ((0.004, "a41"), (0.02, "f3"), (0.05, "77e")):
    _pool = []
    for _number, _parameters in enumerate(_draw.permutation(9) * 100 + 30):
        _skill = 0.7 + 0.00005 * _parameters
        for _score in _skill + _draw.normal(0, _size, size=_draw.integers(2, 8)):
            _pool.append(
                {
                    "setting": _number,
                    "parameters": int(_parameters),
                    "data": str(_draw.choice([_data, _data, _data, "c9"])),
                    "score": float(_score if _draw.random() < 0.8 else "nan"),
                }
            )
    _pools.append((_pool, _data))
_level = [{"setting": 1, "parameters": 9, "data": "a41", "score": 0.75} for _ in range(3)]
_level += [{**run, "setting": 2, "parameters": 7, "score": 0.5} for run in _level]
_level += [{**_level[0], "setting": 3, "parameters": 1, "score": v} for v in (0.9, float("nan"))]
_near = [{**_level[0], "score": v} for v in (0.75, 0.6875, 0.8125)]
_near += [{**run, "setting": 2, "parameters": 7, "score": 0.734375} for run in _near]
_pools += [(_level, "a41"), (_near, "a41")]
[list(choose(pool, data)) for pool, data in _pools] + [
    list(choose(pool[::-1], data)) for pool, data in _pools
]

# %% [markdown]
# ## Question 6 · a builder for KerasTuner (2 points)
#
# Write `build(hp)` for pictures of 64 pixels and 10 classes. It asks `hp` for
#
# - `layers`: a whole number from 1 to 3,
# - `units_0`, `units_1`, … for *each hidden layer that exists*, and for no other: a whole number from 8 to 128 on a log scale,
# - `dropout`: a Boolean. If it is true, there is a `Dropout` layer behind *each* hidden layer, with the rate `rate`, from 0.1 to 0.5, which is asked for only then,
# - `learning_rate`: from 0.0001 to 0.1, on a log scale.
#
# It returns a compiled `keras.Sequential` model: the hidden `Dense` layers with ReLU, ten logits, Adam with this learning rate, and a loss for whole-number labels that fits
# logits. Names are exactly as above.


# %% question="build" points=2
### BEGIN SOLUTION
def build(hp):
    model = keras.Sequential([keras.Input((64,))])
    dropout = hp.Boolean("dropout")
    for i in range(hp.Int("layers", 1, 3)):
        model.add(layers.Dense(hp.Int(f"units_{i}", 8, 128, sampling="log"), "relu"))
        if dropout:
            model.add(layers.Dropout(hp.Float("rate", 0.1, 0.5)))
    model.add(layers.Dense(10))
    optimizer = keras.optimizers.Adam(hp.Float("learning_rate", 1e-4, 0.1, sampling="log"))
    model.compile(optimizer, keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


### END SOLUTION

# %% check="build"
_hp = keras_tuner.HyperParameters()
_model = build(_hp)
assert _model.output_shape == (None, 10), (
    f"Ten logits are asked for; the output's shape is {_model.output_shape}."
)
assert set(_hp.values) == {"layers", "units_0", "dropout", "learning_rate"}, (
    f"By default there is one hidden layer and no dropout; you ask for {sorted(_hp.values)}."
)
_hp = keras_tuner.HyperParameters()
_hp.values = {"layers": 2, "dropout": True, "rate": 0.25, "units_0": 20, "units_1": 30}
_model = build(_hp)
_kinds = [type(layer).__name__ for layer in _model.layers]
assert _kinds == ["Dense", "Dropout", "Dense", "Dropout", "Dense"], (
    f"Dropout stands behind each hidden layer; you have {_kinds}."
)
assert [layer.units for layer in _model.layers[::2]] == [20, 30, 10], (
    "The numbers of units come from hp."
)
assert _model.layers[-1].activation(-3.0) == -3.0, "The last layer gives logits: no activation."
_loss = float(_model.loss(np.array([1]), np.array([[0.0] * 10], "float32")))
assert np.isclose(_loss, np.log(10), rtol=1e-3), (
    f"Ten equal logits cost log 10 = 2.30; your loss is {_loss:.2f}. Does it expect logits?"
)

# %% probe="build" rtol=1e-4
_draw = np.random.default_rng([seed, 6])
_answers = []
for _n, _dropout in ((1, False), (1, True), (3, True), (2, False)):
    _hp = keras_tuner.HyperParameters()
    _values = {
        "layers": _n,
        "dropout": _dropout,
        "rate": float(_draw.uniform(0.1, 0.5)),
        "learning_rate": float(10 ** _draw.uniform(-4, -1)),
    }
    _values |= {f"units_{i}": int(_draw.integers(8, 129)) for i in range(3)}
    _hp.values = dict(_values)
    _model = build(_hp)
    _answers.append(
        [
            _model.count_params(),
            float(_model.optimizer.learning_rate),
            type(_model.optimizer).__name__,
        ]
    )
    _answers.append([layer.rate for layer in _model.layers if isinstance(layer, layers.Dropout)])
    _answers.append(
        [
            float(layer.activation(-3.0))
            for layer in _model.layers
            if isinstance(layer, layers.Dense)
        ]
    )
    _answers.append(
        float(_model.loss(np.array([1, 2]), np.array([[0.0, 1, 3], [2, 0, 1]], "float32")))
    )
    _fresh = keras_tuner.HyperParameters()
    _fresh.values = {"layers": _n, "dropout": _dropout}
    build(_fresh)
    _spaces = {one.name: one for one in _fresh.space}
    _answers.append(sorted(_spaces))
    _answers.append(
        [
            float(v)
            for name in sorted(_spaces)
            if name != "dropout"
            for v in (
                *(_spaces[name].prob_to_value(p) for p in (0.3, 0.7)),
                _spaces[name].max_value,
            )
        ]
    )
    _answers.append(
        [
            str(_spaces[name].sampling) == "log"
            for name in sorted(_spaces)
            if name[:5] in ("units", "learn")
        ]
    )
_answers
