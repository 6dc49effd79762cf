# ---
# title: "Exercise: time series with networks"
# minutes: 75
# ---

# %% [markdown]
# # Exercise: time series with networks
#
# The work around the network, where forecasts are won or lost: windows with a gap, a split that keeps the future
# out, a test that finds features from the future, forecasts one step after another, a network that cannot look
# ahead, and a backtest. Nothing trains, and no question needs the answer of another. Your data are drawn for
# you: change `seed` to practise again on others.

# %% tags=["parameters"]
seed = 3  # which data you get

# %%
import keras
import numpy as np
from keras import layers

rng = np.random.default_rng(seed)

# questions 1, 2 and 6: a series with a trend, a season of 7 and noise
steps = np.arange(80)
series = (
    50 + rng.uniform(0.1, 0.4) * steps + 5 * np.sin(2 * np.pi * steps / 7) + rng.normal(size=80)
)

# question 3: features of a series; each returns one value per step
noise = rng.normal(size=60)
ahead, length = int(rng.integers(1, 8)), int(rng.integers(18, 40))


def moving_mean(values, before, after):  # of `before` steps, this one, and `after` steps
    out = np.full(len(values), np.nan)
    for t in range(before, len(values) - after):
        out[t] = values[t - before : t + after + 1].mean()
    return out


# question 4: a one-step network with random weights, for windows of 6
network = keras.Sequential([keras.Input((6,)), layers.Dense(5, activation="tanh"), layers.Dense(1)])
network.set_weights([rng.normal(0, 0.5, size=weight.shape) for weight in network.get_weights()])
recent = rng.normal(100, 5, size=(4, 6)).cumsum(axis=1).astype("float32")

# question 5: two sequences of 20 steps with two features
sequences = rng.normal(size=(2, 20, 2)).astype("float32")

# %% [markdown]
# ## Question 1 · windows with a gap (3 points)
#
# A shop orders on Monday, and the goods arrive days later: the forecast must skip the days between. Write
# `windows(series, width, gap, horizon, stride)`, which returns arrays `(X, y, times)`:
#
# - a row of `X` holds `width` values that follow one another in the one-dimensional `series`,
# - then `gap` values are skipped (0 or more),
# - the row of `y` holds the next `horizon` values,
# - `times` holds for each row the position in `series` of its *first target*,
# - the first row begins at position 0, each further row `stride` positions later; only complete rows count.
#
# Shapes: `(n, width)`, `(n, horizon)`, `(n,)`. If no row is complete, `n` is 0 and the other lengths stay.


# %% question="windows" points=3
### BEGIN SOLUTION
def windows(series, width, gap, horizon, stride):
    starts = np.arange(0, len(series) - width - gap - horizon + 1, stride)
    first = starts + width + gap
    X = series[starts[:, None] + np.arange(width)]
    y = series[first[:, None] + np.arange(horizon)]
    return X, y, first


### END SOLUTION

# %% check="windows"
_X, _y, _times = map(np.asarray, windows(np.arange(10), 3, 0, 1, 1))
assert _X.shape == (7, 3), f"10 values, width 3, horizon 1: 7 rows of 3, not {_X.shape}."
assert _y.shape == (7, 1), f"the targets should have the shape (7, 1), not {_y.shape}."
assert (_X[0].tolist(), _y[0].tolist()) == ([0, 1, 2], [3]), (
    f"The first row is 0, 1, 2 with the target 3, not {_X[0].tolist()} with {_y[0].tolist()}."
)
assert _y[-1].tolist() == [9], "The last value should be a target, too."
_X, _y, _times = map(np.asarray, windows(np.arange(10), 3, 2, 2, 2))
assert _times.tolist() == [5, 7], (
    f"Width 3 and gap 2: the first target stands at 5; with stride 2 and horizon 2 there are two rows. You have "
    f"{_times.tolist()}."
)
assert _y.tolist() == [[5, 6], [7, 8]], f"expected the targets 5, 6 and 7, 8, not {_y.tolist()}"
_X, _y, _times = map(np.asarray, windows(np.arange(4), 3, 1, 2, 1))
assert (_X.shape, _y.shape, _times.shape) == ((0, 3), (0, 2), (0,)), (
    "A series that is too short gives no rows, but arrays with the right number of columns."
)

# %% probe="windows" rtol=1e-9
[
    [np.asarray(part) for part in windows(series[:length], *arguments)]
    for length, *arguments in (
        (30, 4, 0, 1, 1),
        (40, 5, 3, 2, 1),
        (40, 5, 2, 4, 3),
        (12, 6, 2, 4, 5),
        (11, 6, 2, 4, 1),
    )
] + [[list(np.shape(part)) for part in windows(series[:9], 4, 3, 3, 2)]]

# %% [markdown]
# ## Question 2 · split and scale (3 points)
#
# Write `split_scaled(series, width, horizon, cut)`. Each window has `width` inputs, directly followed by
# `horizon` targets, and windows begin at every position. Return `(X_train, y_train, X_test, y_test, mean, spread)`.
#
# - Training windows: *all* targets lie before position `cut`.
# - Test windows: *all* targets lie at `cut` or later. Windows whose targets lie on both sides belong to neither.
# - `mean` and `spread` (standard deviation, dividing by the number of values) are those of the series before `cut`.
# - All four arrays are scaled by them: minus `mean`, divided by `spread`. Shapes `(n, width)` and `(n, horizon)`.


# %% question="split_scaled" points=3
### BEGIN SOLUTION
def split_scaled(series, width, horizon, cut):
    mean, spread = series[:cut].mean(), series[:cut].std()
    rows = np.lib.stride_tricks.sliding_window_view((series - mean) / spread, width + horizon)
    X, y = rows[:, :width], rows[:, width:]
    first = np.arange(len(rows)) + width
    train, test = first + horizon <= cut, first >= cut
    return X[train], y[train], X[test], y[test], mean, spread


### END SOLUTION

# %% check="split_scaled"
_series = np.array([0.0, 2, 0, 2, 0, 2, 9, 9, 9, 9])
_parts = split_scaled(_series, 2, 1, 6)
assert len(_parts) == 6, "Return six things."
assert np.allclose(_parts[4:], [1, 1]), (
    f"Before the cut the mean is 1 and the spread 1, not {_parts[4]:.2f} and {_parts[5]:.2f}. Do test values "
    "take part, or do you divide by n - 1?"
)
_sizes = [len(_part) for _part in _parts[:4]]
assert _sizes == [4, 4, 4, 4], (
    f"Width 2, cut 6: targets at 2 to 5 train, targets at 6 to 9 test, four each; you have {_sizes}. A test "
    "window may have inputs before the cut."
)
assert np.allclose(_parts[2][0], [-1, 1]), (
    "The first test window's inputs are the last two before the cut."
)
assert np.allclose(_parts[3][:, 0], 8), "The scaled test targets are (9 - 1) / 1."
_sizes = [len(_part) for _part in split_scaled(_series, 2, 3, 6)[:4]]
assert _sizes == [2, 2, 2, 2], (
    f"With a horizon of 3, two windows have all targets before 6 and two have all after; you have {_sizes}. Where "
    "do windows with targets on both sides go?"
)

# %% probe="split_scaled" rtol=1e-6
[
    [np.asarray(part) for part in split_scaled(series[:length], *arguments)]
    for length, *arguments in ((40, 5, 1, 25), (40, 5, 4, 25), (60, 3, 6, 20), (30, 10, 2, 15))
]

# %% [markdown]
# ## Question 3 · who looks ahead? (2 points)
#
# Write `reach_ahead(feature, series)`. `feature` is a function that takes a one-dimensional array and returns an array of the same length, one
# value per step; at the borders it may return `nan`. Return, as an `int`, how many steps it looks into the future: the
# largest $k$ such that for some step $t$ the value at $t$ changes when only `series[t + k]` is changed, and 0 if there is no such $k > 0$.
#
# Change one value at a time, by adding 1,000 to it. A change from `nan` to `nan` is none. `series` must stay as it is.


# %% question="reach_ahead" points=2
### BEGIN SOLUTION
def reach_ahead(feature, series):
    before, reach = feature(series.copy()), 0
    for place in range(len(series)):
        changed = series.copy()
        changed[place] += 1000
        differs = ~np.isclose(feature(changed), before, equal_nan=True)
        if differs.any():
            reach = max(reach, place - int(np.argmax(differs)))
    return reach


### END SOLUTION


# %% check="reach_ahead"
_noise = noise.copy()
_reach = reach_ahead(lambda values: moving_mean(values, 2, 2), noise)
assert isinstance(_reach, int), f"expected an int, got {type(_reach).__name__}"
assert _reach == 2, f"A centred mean over five steps looks two steps ahead, not {_reach}."
assert reach_ahead(lambda values: moving_mean(values, 4, 0), noise) == 0, (
    "A trailing mean looks ahead by no step."
)
assert reach_ahead(lambda values: np.roll(values, 3), noise[:10]) == 7, (
    "np.roll by 3 is a lag of 3, but its first values come from the *end* of the series: 7 steps ahead, for 10 values."
)
_reach = reach_ahead(lambda values: np.r_[values[5], values[1:]], noise[:10])
assert _reach == 5, f"If only the value at step 0 needs step 5, the reach is 5, not {_reach}."
assert np.array_equal(noise, _noise), "The series itself has been changed."

# %% probe="reach_ahead"
_cases = [
    (lambda values: moving_mean(values, 3, 1), 40),
    (lambda values: moving_mean(values, 0, ahead), 30),
    (lambda values: np.roll(values, 5), length),
    (lambda values: np.r_[np.nan, values[:-1]], 30),
    (lambda values: values - values.mean(), 25),
    (lambda values: np.cumsum(values), 25),
    (lambda values: np.where(np.arange(len(values)) == 7, values[11], values), 25),
    (lambda values: np.roll(values, -2), 20),
    (lambda values: np.r_[np.maximum(values, 500)[3:], np.zeros(3)], 20),
    (lambda values: np.r_[values[:10], np.maximum.accumulate(values[10:])], 20),
]
_copy = noise.copy()
[int(reach_ahead(feature, noise[:size])) for feature, size in _cases] + [
    bool(np.array_equal(_copy, noise))
]

# %% [markdown]
# ## Question 4 · one step after another (3 points)
#
# `network` takes windows of `width` values and returns one number per row. It was trained on *changes*: a window minus its own last
# value, divided by `unit`, comes in; the next value minus the window's last value, divided by `unit`, comes out.
#
# Write `roll_forward(network, X, unit, horizon)`. `X` has the shape `(n, width)` and holds values in their own units. Return the
# forecasts of the next `horizon` values in these units, an array of shape `(n, horizon)`: each forecast is appended to the
# window, and the oldest value leaves. `X` must stay as it is.


# %% question="roll_forward" points=3
### BEGIN SOLUTION
def roll_forward(network, X, unit, horizon):
    rows = np.array(X, dtype="float32")
    width = rows.shape[1]
    for _ in range(horizon):
        window = rows[:, -width:]
        last = window[:, -1:]
        change = keras.ops.convert_to_numpy(network((window - last) / unit))
        rows = np.concatenate([rows, last + unit * change], axis=1)
    return rows[:, width:]


### END SOLUTION

# %% check="roll_forward"
_drift = keras.Sequential([keras.Input((3,)), layers.Dense(1)])
_drift.set_weights([np.zeros((3, 1)), np.array([0.5])])
_rows = np.array([[1.0, 2, 3], [10, 10, 10]], "float32")
_before = _rows.copy()
_out = np.asarray(roll_forward(_drift, _rows, 4.0, 2))
assert _out.shape == (2, 2), f"two rows and a horizon of 2 give the shape (2, 2), not {_out.shape}"
assert np.allclose(_out, [[5, 7], [12, 14]], atol=1e-4), (
    "A network that always says 0.5 adds 0.5 · 4 = 2 per step: 5, 7 after 3 and 12, 14 after 10, not "
    f"{_out.round(2).tolist()}."
)
_slope = keras.Sequential([keras.Input((3,)), layers.Dense(1)])
_slope.set_weights([np.array([[0.0], [-1.0], [0.0]]), np.array([0.0])])
_out = np.asarray(roll_forward(_slope, _rows, 2.0, 3))
assert np.allclose(_out[0], [4, 5, 6], atol=1e-4), (
    "This network repeats the last change: 1, 2, 3 goes on as 4, 5, 6, not "
    f"{_out[0].round(2).tolist()}. Is the window's *new* last value subtracted at each step?"
)
assert np.array_equal(_rows, _before), "The array X has been changed."

# %% probe="roll_forward" rtol=1e-4 atol=1e-3
_rows = recent.copy()
[
    np.asarray(roll_forward(network, _rows[:n], unit, horizon))
    for n, unit, horizon in ((4, 100.0, 1), (4, 40.0, 5), (2, 7.0, 9), (1, 250.0, 3))
] + [bool(np.array_equal(_rows, recent))]

# %% [markdown]
# ## Question 5 · a network that cannot look ahead (2 points)
#
# *Dilated* convolutions see far with few weights: with dilation $d$, the places of a kernel lie $d$ steps apart.
#
# Write `causal_stack(features, filters, kernel_size, dilations)`. Return a built `keras.Sequential` that takes sequences of any length with
# `features` features: one `Conv1D` per entry of `dilations`, in this order, with `filters` filters, ReLU and causal padding; then a `Conv1D` of one filter of
# size 1 without activation. The output has one number per step, shape `(n, steps, 1)`.
#
# And write `memory(kernel_size, dilations)`: how many steps, the current one included, an output of this stack can depend on.


# %% question="causal_stack" points=2
### BEGIN SOLUTION
def causal_stack(features, filters, kernel_size, dilations):
    stack = [
        layers.Conv1D(
            filters, kernel_size, dilation_rate=dilation, padding="causal", activation="relu"
        )
        for dilation in dilations
    ]
    return keras.Sequential([keras.Input((None, features)), *stack, layers.Conv1D(1, 1)])


def memory(kernel_size, dilations):
    return 1 + (kernel_size - 1) * sum(dilations)


### END SOLUTION

# %% check="causal_stack"
_model = causal_stack(2, 3, 2, [1, 2])
assert _model.built, "Say the shape of the input, so that the model has its weights at once."
assert len(_model.layers) == 3, (
    f"Two dilations and the last layer: 3 layers, not {len(_model.layers)}."
)
assert tuple(_model(sequences).shape) == (2, 20, 1), (
    f"20 steps should give the shape (2, 20, 1), not {tuple(_model(sequences).shape)}."
)
assert tuple(_model(sequences[:, :7]).shape) == (2, 7, 1), "Other lengths should work, too."
assert _model.count_params() == 40, (
    f"(2 · 2 · 3 + 3) + (2 · 3 · 3 + 3) + (3 + 1) = 40 parameters, not {_model.count_params()}."
)
_later = sequences.copy()
_later[:, 12:] += 1
assert np.allclose(_model(sequences)[:, :12], _model(_later)[:, :12], atol=1e-5), (
    "Steps before 12 change with what comes from 12 on: the stack looks ahead."
)
_model.set_weights([np.full(weight.shape, weight.ndim > 1) for weight in _model.get_weights()])
_later = np.ones((1, 9, 2), "float32")
_later[:, 4] += 1
_reached = np.flatnonzero(np.asarray(_model(_later) - _model(_later * 0 + 1))[0, :, 0])
assert _reached.tolist() == [4, 5, 6, 7], (
    f"With dilations 1 and 2, a change at step 4 reaches the steps 4 to 7, not {_reached.tolist()}."
)
assert np.allclose(_model(-_later), 0), "Is there a ReLU after each dilated convolution?"
_model.layers[-1].set_weights([np.full((1, 3, 1), -1.0), np.zeros(1)])
assert np.all(_model(_later) < 0), "Without activation, the last layer can return negative numbers."
assert memory(2, [1]) == 2, "A kernel of size 2 sees the current step and the one before."
assert memory(2, [1, 2]) == 4, (
    f"Two layers of size 2 with dilations 1 and 2 see four steps, not {memory(2, [1, 2])}."
)
assert memory(3, [1]) == 3, f"A kernel of size 3 alone sees three steps, not {memory(3, [1])}."


# %% probe="causal_stack" rtol=1e-3 atol=1e-4
def _filled(model):
    own = np.random.default_rng(seed)
    model.set_weights([own.normal(0, 0.6, size=weight.shape) for weight in model.get_weights()])
    return np.asarray(model(sequences))


[
    [_filled(model), model.count_params(), len(model.layers)]
    for model in (
        causal_stack(2, 4, 3, [1, 2, 4]),
        causal_stack(2, 2, 2, [3]),
        causal_stack(2, 3, 1, [1, 1]),
    )
] + [
    int(memory(*arguments))
    for arguments in ((3, [1, 2, 4]), (2, [1, 2, 4, 8]), (1, [1, 5]), (4, [2, 2]), (5, [1]))
]

# %% [markdown]
# ## Question 6 · a backtest with a rival (2 points)
#
# Write `backtest(series, forecaster, origins, horizon, season)`. `forecaster(past, horizon)` takes the values up to an
# origin and returns the next `horizon` values. For each origin, in the given order,
#
# - the forecaster may see `series[:origin]`, and nothing else,
# - its MAE over `series[origin : origin + horizon]` is computed, and that of the *seasonal naive* forecast: each step repeats the last known
#   value of the same season place (the last `season` values before the origin, over and over).
#
# Return an array of shape `(number of origins,)` with the *skill* of each: 1 − MAE / MAE of the seasonal naive. The forecaster gets a copy: what it does to its argument must not
# change `series`.


# %% question="backtest" points=2
### BEGIN SOLUTION
def backtest(series, forecaster, origins, horizon, season):
    skills = []
    for origin in origins:
        past, actual = series[:origin].copy(), series[origin : origin + horizon]
        naive = np.resize(past[-season:], horizon)
        error = np.abs(forecaster(past, horizon) - actual).mean()
        skills.append(1 - error / np.abs(naive - actual).mean())
    return np.array(skills)


### END SOLUTION

# %% check="backtest"
_line = np.arange(20.0)
_skills = np.asarray(backtest(_line, lambda past, h: past[-1] + 1 + np.arange(h), [8, 12], 3, 2))
assert _skills.shape == (2,), f"two origins give two numbers, not the shape {_skills.shape}"
assert np.allclose(_skills, 1), "A perfect forecast has the skill 1."
_skills = np.asarray(backtest(_line, lambda past, h: np.resize(past[-2:], h), [8, 11], 3, 2))
assert np.allclose(_skills, 0), (
    f"The seasonal naive itself has the skill 0, not {_skills}. With season 2 and three steps, the values at -2, -1, "
    "-2 are repeated."
)
_skills = np.asarray(backtest(_line, lambda past, h: np.full(h, past[-1]), [10], 4, 2))
assert np.allclose(_skills, 1 - 2.5 / 3), (
    f"Last value 9 for 10 to 13: MAE 2.5; repeating 8, 9: MAE 3. The skill is 0.17, not {_skills}."
)
_seen = []
backtest(_line, lambda past, h: _seen.append(len(past)) or np.zeros(h), [15, 6], 2, 3)
assert _seen == [15, 6], (
    f"At the origins 15 and 6 the forecaster should see 15 and 6 values, not {_seen}."
)
_skills = backtest(_line, lambda past, h: past.fill(0) or np.arange(10, 10 + h), [10], 3, 2)
assert np.array_equal(_line, np.arange(20)), (
    "The forecaster has changed the series: give it a copy."
)
assert np.allclose(_skills, 1), (
    "The forecaster sets its argument to 0. That must not change the true values or the seasonal naive."
)


# %% probe="backtest" rtol=1e-6
def _spoiler(past, horizon):
    forecast = np.full(horizon, past[-3:].mean())
    past[:] = 0.0
    return forecast


_copy = series.copy()
[
    np.asarray(backtest(series, lambda past, h: np.full(h, past[-1]), [30, 45, 60], 9, 7)),
    np.asarray(backtest(series, lambda past, h: np.full(h, past.mean()), [60, 20], 5, 7)),
    np.asarray(backtest(series, _spoiler, [25, 50, 70], 10, 3)),
    np.asarray(backtest(series, lambda past, h: past[-1] + 0.2 * np.arange(1, h + 1), [40], 16, 7)),
    bool(np.array_equal(series, _copy)),
]
