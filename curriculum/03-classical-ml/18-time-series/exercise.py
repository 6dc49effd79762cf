# ---
# title: "Exercise: time series"
# minutes: 60
# ---

# %% [markdown]
# # Exercise: time series
#
# Five jobs of a forecaster that the lesson did not do for you. No question needs the answer of another.
# Change `seed` to practise again on other data. Every function must work on any input that its question
# describes. NumPy and pandas are all you need. Do not change the arguments.

# %% tags=["parameters"]
seed = 18  # which data you get

# %%
import numpy as np
import pandas as pd

rng = np.random.default_rng(seed)

# synthetic demand, 120 months: a trend, a season of 12 months, and noise
months = np.arange(120)
peak = rng.integers(12)
demand = 100 + rng.uniform(0.3, 0.8) * months + rng.normal(scale=5, size=120)
demand = (demand + rng.uniform(12, 20) * np.cos((months - peak) * np.pi / 6)).round(1)

# question 2: the same months with gaps
gappy = demand.copy()
gappy[rng.choice(120, size=25, replace=False)] = np.nan
planned = (demand[96:] + rng.normal(scale=6, size=24)).round(1)

# question 3: settings for Holt's method
alpha, beta, phi = (float(value) for value in rng.uniform([0.2, 0.1, 0.8], [0.8, 0.5, 0.95]))

# question 4: daily sales of a shop that is sometimes closed; the rows are not in order
days = pd.date_range("2024-02-01", periods=70)
sales = pd.Series(rng.poisson(40, size=70).astype(float), index=days)
sales = sales.iloc[rng.permutation(70)[:52]]

# question 5: errors of a backtest, 90 origins and 4 horizons, growing with the horizon and in time
errors = np.cumsum(rng.normal(size=(90, 4)), axis=1) * np.linspace(1, 1.8, 90)[:, None]
errors = errors + rng.uniform(0.2, 0.8)


def last_value(history, steps):
    """The naive forecast."""
    return np.full(steps, history[-1])


def drifting(history, steps):
    """Go on along the line from the first value to the last."""
    slope = (history[-1] - history[0]) / (len(history) - 1)
    return history[-1] + slope * np.arange(1, steps + 1)


# %% [markdown]
# ## Question 1 · backtest with late data (4 points)
#
# Write `backtest(y, forecast, first, horizon, step, gap, window)`. `y` is an array of shape `(n,)`.
# `forecast(history, steps)` takes an array of past values, and returns an array of shape `(steps,)`: its
# forecasts for the 1st, 2nd, … value right after the end of `history`.
#
# - The origins are $t$ = `first`, `first + step`, `first + 2 * step`, …, for as long as all
#   `horizon` targets `y[t], …, y[t + horizon - 1]` exist.
# - Data arrive late: at origin $t$, the last `gap` values before $t$ are not known yet. The newest known value
#   is `y[t - gap - 1]`. The targets stay the same; so the forecaster must be asked for enough steps.
# - With `window=None` the history is everything known (expanding window). Otherwise it is the last
#   `window` known values (sliding window), or all of them where fewer are known.
#
# Return the tuple `(count, mae)`: the number of origins, an integer, and an array of shape `(horizon,)` with
# the mean absolute error over the origins for each of the `horizon` targets. There is at least one origin,
# and at least two values are known at the first.


# %% question="backtest" points=4
### BEGIN SOLUTION
def backtest(y, forecast, first, horizon, step, gap, window):
    misses = []
    for t in range(first, len(y) - horizon + 1, step):
        history = y[: t - gap]
        if window is not None:
            history = history[-window:]
        guess = forecast(history, gap + horizon)[gap:]
        misses.append(np.abs(y[t : t + horizon] - guess))
    return len(misses), np.mean(misses, axis=0)


### END SOLUTION

# %% check="backtest"
_line = np.arange(20.0) ** 2
_asked = []


def _spy(history, steps):
    _asked.append((len(history), history[-1], steps))
    return np.full(steps, history[-1])


_count, _mae = backtest(_line, _spy, 10, 3, 4, 0, None)
assert _count == 2, (
    f"20 values, first origin 10, horizon 3, step 4: origins are 10 and 14, because 18 lacks targets; "
    f"you count {_count}."
)
assert np.shape(_mae) == (3,), f"one error per target: shape (3,), not {np.shape(_mae)}"
assert [_a[:2] for _a in _asked] == [(10, 81.0), (14, 169.0)], (
    f"The histories should end right before the origins; (length, last value, steps) were {_asked}."
)
assert backtest(_line, _spy, 17, 3, 4, 0, None)[0] == 1, "At 17, the targets 17, 18, 19 all exist."
_asked.clear()
backtest(_line, _spy, 10, 3, 40, 2, 5)
assert _asked[0][:2] == (5, 49.0), (
    "Origin 10, gap 2, window 5: the five newest known values end with y[7] = 49; yours had (length, "
    f"last value) = {_asked[0][:2]}."
)
_count, _mae = backtest(
    np.arange(30.0), lambda h, s: h[-1] + np.arange(1, s + 1), 10, 4, 3, 2, None
)
assert np.allclose(_mae, 0), (
    f"A forecaster that counts on is perfect on 0, 1, 2, …, whatever the gap; your errors are {_mae}. "
    "Which of its steps belong to your targets?"
)

# %% probe="backtest" rtol=1e-6
[
    [int(_c), np.asarray(_m)]
    for _c, _m in (
        backtest(demand, last_value, 60, 6, 5, 0, None),
        backtest(demand, drifting, 50, 3, 7, 2, None),
        backtest(demand, drifting, 40, 4, 4, 1, 24),
        backtest(demand, drifting, 12, 5, 9, 3, 30),
        backtest(demand, last_value, 115, 5, 1, 4, 3),
        backtest(demand[:61], last_value, 30, 12, 1, 1, None),
        backtest(demand, lambda h, s: np.mean(h) + 0.5 * np.arange(s), 20, 2, 3, 2, 12),
    )
]

# %% [markdown]
# ## Question 2 · MASE with gaps (2 points)
#
# Write `mase(train, actual, forecast, season)` for arrays in which `NaN` marks a gap in `train` or
# `actual`; `forecast` has the shape of `actual` and no gaps. MASE is the mean absolute error of the forecast divided
# by a *scale*: the mean absolute difference of two values of `train` that are `season` places apart.
#
# - The error leaves out places where `actual` is missing.
# - The scale leaves out pairs of which one value is missing. Places count by position: a gap still takes
#   up its place.
# - Return a float, or `NaN` if no actual value is known, no pair is known, or the scale is 0.
#
# No case may raise an exception. `season` is at least 1; `train` may be shorter than that.


# %% question="mase" points=2
### BEGIN SOLUTION
def mase(train, actual, forecast, season):
    pairs = np.abs(train[season:] - train[:-season])
    pairs = pairs[~np.isnan(pairs)]
    misses = np.abs(actual - forecast)
    misses = misses[~np.isnan(misses)]
    if len(pairs) == 0 or len(misses) == 0 or pairs.mean() == 0:
        return float("nan")
    return float(misses.mean() / pairs.mean())


### END SOLUTION

# %% check="mase"
_train = np.array([1.0, 5.0, 2.0, np.nan, 4.0, 9.0])
_got = mase(_train, np.array([3.0, np.nan]), np.array([6.0, 0.0]), 2)
assert np.isclose(_got, 2.0), (
    "Two places apart, the known pairs are (1, 2) and (2, 4), scale 1.5; the one known error is 3. That "
    f"is 2, you say {_got}."
)
_got = mase(_train, np.array([3.0]), np.array([0.0]), 1)
assert np.isclose(_got, 3 / 4), (
    f"With season 1 the scale is the mean of 4, 3 and 5, so 3 / 4; you say {_got}. Dropping the gap first "
    "would make 2 and 4 neighbours."
)
assert np.isnan(mase(_train, np.array([3.0]), np.array([0.0]), 6)), "No pair: NaN."
assert np.isnan(mase(np.ones(8), np.array([3.0]), np.array([0.0]), 2)), "Scale 0: NaN."
assert np.isnan(mase(_train, np.array([np.nan]), np.array([0.0]), 1)), "No actual value: NaN."

# %% probe="mase" rtol=1e-6
[
    "none" if np.isnan(_v) else float(_v)
    for _v in (
        mase(gappy[:96], gappy[96:], planned, 12),
        mase(gappy[:96], demand[96:], planned, 1),
        mase(demand[:96], gappy[96:], planned, 7),
        mase(demand[:96], gappy[96:] - 300, planned, 12),
        mase(gappy[:50], demand[60:70], planned[:10] + 40, 5),
        mase(demand[:6], demand[:1], planned[:1], 6),
        mase(demand[:6], demand[:3], planned[:3], 9),
        mase(demand[:7], demand[:3], planned[:3], 6),
        mase(np.tile(demand[:4], 5), demand[:3], planned[:3], 4),
        mase(demand[:30], demand[:3] * np.nan, planned[:3], 4),
        mase(gappy[:40], demand[:1], planned[:1], 1),
    )
]

# %% [markdown]
# ## Question 3 · a trend that fades (3 points)
#
# *Holt's method* smooths a level $\ell$ and a trend $b$ (change per step); the *damped* kind lets the trend
# fade by a factor $\varphi$ per step. Before the first value, `level` and `trend` are given. For every
# value $y_t$, in order:
#
# $$\hat y_t = \ell_{t-1} + \varphi b_{t-1}, \qquad
# \ell_t = \alpha y_t + (1 - \alpha) \hat y_t, \qquad
# b_t = \beta (\ell_t - \ell_{t-1}) + (1 - \beta) \varphi b_{t-1}$$
#
# $\hat y_t$ is the one-step forecast. After the last value $y_n$, the forecast $h$ steps ahead is
# $\ell_n + (\varphi + \varphi^2 + … + \varphi^h) b_n$.
#
# Write `holt(y, alpha, beta, phi, level, trend, horizon)`, which returns `(mae, forecasts)`: the mean
# absolute error, a float, of all the one-step forecasts ($\hat y_1$ included), and an array of shape
# `(horizon,)`. `y` has at least one value; `alpha`, `beta` and `phi` lie between 0 and 1, ends included.


# %% question="holt" points=3
### BEGIN SOLUTION
def holt(y, alpha, beta, phi, level, trend, horizon):
    misses = []
    for value in y:
        guess = level + phi * trend
        misses.append(abs(value - guess))
        before, level = level, alpha * value + (1 - alpha) * guess
        trend = beta * (level - before) + (1 - beta) * phi * trend
    fade = np.cumsum(phi ** np.arange(1, horizon + 1))
    return float(np.mean(misses)), level + fade * trend


### END SOLUTION

# %% check="holt"
_mae, _ahead = holt(np.array([12.0, 14.0, 16.0]), 0.3, 0.2, 1.0, 10.0, 2.0, 4)
assert np.isclose(_mae, 0), (
    f"The start 10 with trend 2 foretells 12, 14, 16; yet your error is {_mae:.2f}."
)
assert np.shape(_ahead) == (4,), f"expected 4 forecasts, got shape {np.shape(_ahead)}"
assert np.allclose(_ahead, [18, 20, 22, 24]), f"It should go on with 18, 20, 22, 24: {_ahead}"
_mae, _ahead = holt(np.array([20.0]), 0.5, 0.5, 0.5, 10.0, 4.0, 2)
assert np.isclose(_mae, 8), (
    f"The one-step forecast was 10 + 0.5 * 4 = 12, so the error is 8, not {_mae}."
)
assert np.isclose(_ahead[0], 18), (
    f"Level 16, trend 0.5 * 6 + 0.5 * 0.5 * 4 = 4: next 16 + 0.5 * 4 = 18, not {_ahead[0]:.2f}."
)
assert np.isclose(_ahead[1], 19), (
    f"Two steps ahead: 16 + (0.5 + 0.25) * 4 = 19, not {_ahead[1]:.2f}."
)
assert np.allclose(holt(np.array([20.0, 7.0]), 1, 1, 0, 0, 0, 2)[1], 7), (
    "With phi 0 there is no trend; with alpha 1 the level is the last value."
)

# %% probe="holt" rtol=1e-6
[
    [float(_m), np.asarray(_f, dtype=float)]
    for _m, _f in (
        holt(demand, alpha, beta, phi, 100.0, 0.5, 12),
        holt(demand[:7], alpha, beta, 1.0, 80.0, -3.0, 3),
        holt(demand[40:80], beta, alpha, phi, float(demand[39]), 2.0, 5),
        holt(demand[:1], alpha, beta, phi, 70.0, 5.0, 4),
        holt(demand[:2], 1.0, beta, phi, 90.0, 1.0, 2),
        holt(demand[:20], alpha, 0.0, phi, 90.0, 4.0, 3),
    )
]

# %% [markdown]
# ## Question 4 · lags by date, without a leak (3 points)
#
# A shop's sales are to be predicted `horizon` days ahead. `sales` is a Series of floats; its index
# holds days (`DatetimeIndex`, no day twice, in any order). Days on which the shop was closed have
# *no row*. Write `lag_table(sales, horizon, lags, window)`, which returns a DataFrame of floats:
#
# - one row per day of `sales`, in order of time, with the days as index (closed days have no row);
# - for each number `k` in the list `lags` that is at least `horizon`, in the order of the list, a column
#   `lag_k` (such as `lag_7`): the sales exactly `k` *calendar days* before the row's day, `NaN` if there
#   is no such row. Smaller lags are not known in time, so they get no column;
# - last, a column `mean`: the mean of the sales known for the `window` calendar days of which the last is
#   `horizon` days before the row's day, `NaN` if the shop was closed on all of them. With horizon 1 and
#   window 2, that is yesterday and the day before.
#
# `horizon` and `window` are at least 1.


# %% question="lag_table" points=3
### BEGIN SOLUTION
def lag_table(sales, horizon, lags, window):
    daily = sales.sort_index().asfreq("D")
    table = pd.DataFrame(index=daily.index)
    for k in lags:
        if k >= horizon:
            table[f"lag_{k}"] = daily.shift(k)
    table["mean"] = daily.shift(horizon).rolling(window, min_periods=1).mean()
    return table.loc[sales.index.sort_values()]


### END SOLUTION

# %% check="lag_table"
_days = pd.to_datetime(["2024-03-04", "2024-03-01", "2024-03-02", "2024-03-07"])
_shop = pd.Series([40.0, 10.0, 20.0, 70.0], index=_days)
_got = lag_table(_shop, 1, [3, 1], 2)
assert list(_got.columns) == ["lag_3", "lag_1", "mean"], f"columns: {list(_got.columns)}"
assert _got.index.tolist() == sorted(_days), "One row per day of sales, in order of time."
assert _got["lag_3"].fillna(-1).tolist() == [-1, -1, 10, 40], (
    f"4 March looks back to 1 March, 7 March to 4 March; your lag_3 is {_got['lag_3'].tolist()}."
)
assert _got["lag_1"].fillna(-1).tolist() == [-1, 10, -1, -1], (
    f"On 3 March there was no row, so 4 March has no lag_1; yours: {_got['lag_1'].tolist()}."
)
assert _got["mean"].fillna(-1).tolist() == [-1, 10, 20, -1], (
    "For 4 March, the two days before hold one value, 20; for 7 March there is none. Yours: "
    f"{_got['mean'].tolist()}."
)
_got = lag_table(_shop, 2, [1, 2], 9)
assert list(_got.columns) == ["lag_2", "mean"], "Two days ahead, yesterday is not known in time."
assert np.isclose(_got["mean"].iloc[-1], 70 / 3), (
    f"7 March, horizon 2, window 9: mean of 10, 20 and 40, not {_got['mean'].iloc[-1]:.2f}."
)

# %% probe="lag_table" rtol=1e-6
[
    [list(map(str, _t.columns)), [str(_d)[:10] for _d in _t.index], _t.fillna(-1).to_numpy(float)]
    for _t in (
        lag_table(sales, 1, [1, 7], 3),
        lag_table(sales, 3, [7, 2, 3], 4),
        lag_table(sales.iloc[:25], 7, [14, 1], 7),
        lag_table(sales.iloc[:12], 2, [1], 2),
        lag_table(sales.iloc[:30].sort_index(ascending=False), 5, [5, 4, 6], 1),
    )
]

# %% [markdown]
# ## Question 5 · intervals from errors that were known (3 points)
#
# `errors`, shape `(m, H)`, comes from a backtest with one origin per step: row `i` belongs to origin `i`, column
# `h - 1` holds actual minus forecast `h` steps ahead. That error became known `h` steps later: at
# origin `t`, the known errors for horizon `h` are those of the rows `i` with `i + h <= t`, no others.
#
# At origin `t`, the interval for horizon `h` reaches from forecast + $q_1$ to forecast + $q_2$. $q_1$
# and $q_2$ are the quantiles (`np.quantile`) of the known errors for this horizon at
# `(1 - level) / 2` and `(1 + level) / 2`.
#
# Write `intervals(errors, level, start)`, which evaluates the intervals of all origins `start`, …,
# `m - 1`, and returns `(width, coverage)`, two arrays of shape `(H,)`: for each horizon, the mean width of the intervals,
# and the share of these origins at which the actual value lies in the interval (ends included). `start`
# is at least `H + 1` and less than `m`.


# %% question="intervals" points=3
### BEGIN SOLUTION
def intervals(errors, level, start):
    origins, H = np.shape(errors)
    width, coverage = np.zeros(H), np.zeros(H)
    for h in range(1, H + 1):
        inside, widths = [], []
        for t in range(start, origins):
            known = errors[: t - h + 1, h - 1]
            low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
            inside.append(low <= errors[t, h - 1] <= high)
            widths.append(high - low)
        width[h - 1], coverage[h - 1] = np.mean(widths), np.mean(inside)
    return width, coverage


### END SOLUTION

# %% check="intervals"
_width, _coverage = intervals(errors, 0.8, 40)
assert np.shape(_width) == np.shape(_coverage) == (4,), "two arrays of shape (4,) for 4 horizons"
assert _width[3] > _width[0], (
    "Four steps ahead these errors spread about twice as far as one step ahead, so the last width "
    f"should be above the first: {np.round(_width, 2)}"
)
_step = np.zeros((12, 2))
_step[6:] = 5.0
_width, _coverage = intervals(_step, 1.0, 6)
assert np.isclose(_coverage[0], 5 / 6), (
    "A jump at origin 6 cannot be foreseen there; at origin 7 its error for horizon 1 is known. 5 of 6 "
    f"are covered, you say {_coverage[0]:.2f}."
)
assert np.isclose(_coverage[1], 4 / 6), (
    f"For horizon 2 the jump is known from origin 8: coverage 4 / 6, not {_coverage[1]:.2f}."
)
assert np.allclose(intervals(errors + 9, 0.8, 40), intervals(errors, 0.8, 40)), (
    "A bias shared by all errors moves the interval and changes neither width nor coverage."
)

# %% probe="intervals" rtol=1e-6
[
    np.array(_pair, dtype=float)
    for _pair in (
        intervals(errors, 0.8, 40),
        intervals(errors, 0.5, 20),
        intervals(errors[:30], 0.95, 5),
        intervals(errors[::-1], 0.6, 50),
        intervals(errors[:, :1] ** 2, 0.7, 2),
        intervals(errors[:8].round(), 1.0, 5),
    )
]
