# ---
# title: Time series
# minutes: 80
# needs: [03-classical-ml/01-framing-and-baselines, 03-classical-ml/02-linear-regression, 02-python/06-pandas, 01-math/07-statistics]
# objectives: [google-pmle/1.1, google-pmle/3.1, aws-mls/3.1, aws-mls/3.3, databricks-ml/3.1, databricks-ml/3.12, databricks-ml/3.13, tf-developer/5.2, tf-developer/5.3, tf-developer/5.5, tf-developer/5.7]
# ---

# %% [markdown]
# # Time series
#
# In a time series the order of the rows carries the information.
# After this lesson you can
#
# - split a series into trend, season and rest, and read an autocorrelation plot,
# - tell a trend from a random walk, and read a unit root test correctly,
# - fit exponential smoothing, autoregression and ARIMA,
# - judge forecasts by a rolling origin against naive baselines, with intervals, and
# - build lag features that do not leak.
#
# **Exam lens.** Google PMLE asks you to choose and train a forecasting model with BigQuery ML or AutoML
# (1.1), and a model family, from ARIMA to deep networks (3.1). AWS MLS-C01 (retired in March 2026)
# asks whether a problem is forecasting (3.1), and for sound splits (3.3). Databricks asks for the
# fitting algorithm (3.1), MAE and RMSE (3.12), and the metric that suits the aim (3.13). The
# TensorFlow Developer checklist (retired in 2024) has splits by time (5.2), MAE (5.3), trailing
# against centred windows (5.5), and windows with a horizon (5.7).

# %%
import inspect

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy import stats
from sklearn.linear_model import LinearRegression
from statsmodels.datasets import co2, nile, sunspots
from statsmodels.graphics.tsaplots import plot_acf
from statsmodels.stats.diagnostic import acorr_ljungbox
from statsmodels.tsa.api import SARIMAX, AutoReg, ExponentialSmoothing, acf, adfuller
from statsmodels.tsa.seasonal import seasonal_decompose

# %% [markdown]
# ## 1. Plot first, and count the gaps
#
# Two real series: CO₂ in the air of Mauna Loa (Hawaii), weekly, and the number of sunspots, yearly.
# We average the weeks of each month: `"MS"` labels a month by its first day. The models below expect
# such a regular index with a `freq`.

# %%
weekly = co2.load_pandas().data["co2"]
monthly = weekly.resample("MS").mean()
print(f"weeks missing: {weekly.isna().sum()} of {len(weekly)}; months: {monthly.isna().sum()}")
print("months without a value:", *monthly.index[monthly.isna()].strftime("%Y-%m"))
air = monthly.interpolate()["1959":]
spots = sunspots.load_pandas().data.set_index("YEAR")["SUNACTIVITY"]
figure, axes = plt.subplots(1, 2, figsize=(9, 3), layout="constrained")
axes[0].plot(air)
axes[0].set(title="CO₂: trend and yearly season", ylabel="ppm")
axes[1].plot(spots)
axes[1].set(title="sunspots: a cycle of unequal length", ylabel="number per year")
plt.show()

# %% [markdown]
# A line through three missing months is a guess, made from a *later* value too. Say so, and never
# score filled values as truth. The last gap is in 1964; we test on 1997 to 2001.
#
# A *season* has a fixed, known period (12 months). The sunspot *cycle* has no fixed length, so no
# calendar predicts it.
#
# ## 2. Trend, season and rest
#
# *Additive decomposition*: value = trend + season + rest. By hand:
#
# - trend: the mean of 12 months around each month. Twelve is even, so we average two windows, shifted
#   by one, to centre them;
# - season: the average, over the years, of value − trend for each month, shifted to mean 0;
# - rest: what is left.
#
# > **Predict first.** The data end in December 2001. What is the last month with a trend?

# %%
trend = air.rolling(12).mean().rolling(2).mean().shift(-6)
by_month = (air - trend).groupby(air.index.month).mean()
season = air.index.month.map(by_month - by_month.mean()).to_numpy()
rest = air - trend - season
theirs = seasonal_decompose(air, period=12)
print("as statsmodels:", np.allclose(theirs.resid.dropna(), rest.dropna()))
print(f"last trend: {trend.dropna().index[-1]:%Y-%m}; spread of the rest {rest.std():.1f} ppm")
figure, axes = plt.subplots(1, 3, figsize=(9, 2.8), layout="constrained")
for axis, part, name in zip(axes, (trend, season, rest), ("trend", "season", "rest"), strict=True):
    axis.plot(air.index[-120:], np.asarray(part)[-120:])
    axis.set(title=f"{name}, ppm")
    axis.tick_params(axis="x", rotation=45)
plt.show()

# %% [markdown]
# June 2001. A centred mean needs six later months: it looks into the future. Use it to describe,
# never as a feature.
#
# Where the swing grows with the level (sales that rise 20 % every December), use *multiplicative*
# decomposition: value = trend · season · rest, or take logarithms and add.
# `STL(air, period=12).fit()` is a modern version: its season may change slowly, and `robust=True`
# resists outliers.
#
# ## 3. Autocorrelation
#
# *Autocorrelation* at lag $k$ is the correlation of a series with itself $k$ steps earlier:
#
# $$ r_k = \frac{\sum_t (y_t - \bar y)(y_{t-k} - \bar y)}{\sum_t (y_t - \bar y)^2} $$
#
# > **Predict first.** We shuffle the sunspot years. What happens to the mean, the spread, and $r_1$?


# %%
def autocorrelation(y, k):
    centred = y - y.mean()
    return np.sum(centred[k:] * centred[:-k]) / np.sum(centred**2)


y = spots.to_numpy()
mixed = np.random.default_rng(0).permutation(y)
figure, axes = plt.subplots(1, 2, figsize=(9, 2.8), sharey=True, layout="constrained")
for axis, values, name in zip(axes, (y, mixed), ("in order", "shuffled"), strict=True):
    r = autocorrelation(values, 1)
    print(f"{name:>8}: mean {values.mean():.1f}, spread {values.std():.1f}, r1 {r:.2f}")
    plot_acf(values, ax=axis, lags=35, zero=False, bartlett_confint=False)
    axis.set(title=f"sunspots, {name}", xlabel="lag, years", ylim=(-0.7, 1))
axes[0].set(ylabel="autocorrelation")
print("as statsmodels:", np.isclose(autocorrelation(y, 1), acf(y)[1]))
plt.show()

# %% [markdown]
# Mean and spread stay, the memory is gone. So a random split, or shuffled folds, ask an easy
# question: rows next door in time leak into training. The band is $\pm 1.96/\sqrt n$: 95 % of the values
# would lie there without memory. The left plot shows waves about 11 years long.
#
# The *partial autocorrelation* (`plot_pacf`) at lag $k$ is what lag $k$ adds to the lags before it.
#
# ## 4. Stationary or not
#
# A series is *stationary* if its mean, spread and autocorrelations do not depend on when you look. A
# trend breaks that. So does a *random walk*: each value is the one before plus a fresh random step.
#
# > **Predict first.** Of 500 random walks without any drift, how many show a "significant" linear trend
# > ($p < 0.05$) in ordinary regression?

# %%
steps = np.random.default_rng(0).normal(size=(500, 100))
clock = np.arange(100)
for name, series in {"walks": steps.cumsum(axis=1), "their differences": steps}.items():
    found = [stats.linregress(clock, values).pvalue < 0.05 for values in series]
    print(f"{name}: {np.mean(found):.0%} with a significant trend")

# %% [markdown]
# Nearly nine in ten. Regression's $p$-values assume independent errors; here each error contains the
# one before. *Differencing*, $y_t - y_{t-1}$, turns a walk back into its steps. A *seasonal
# difference*, $y_t - y_{t-12}$, removes a fixed season, and turns a straight trend into a constant.
#
# The *augmented Dickey–Fuller test* (ADF) has a surprising null hypothesis: the series
# **has a unit root**, that is, it wanders like a random walk. A small $p$ speaks *against* that. A
# large $p$ proves nothing.

# %%
new = "result_object" in inspect.signature(adfuller).parameters  # from 0.15 on
plain = {"result_object": False} if new else {}
tests = {"CO2": air, "CO2, seasonal difference": air.diff(12).dropna(), "sunspots": spots}
for name, values in tests.items():
    terms = "ct" if name == "CO2" else "c"  # allow for a straight trend, or a constant only
    print(f"{name:>24}: p = {adfuller(values, regression=terms, **plain)[1]:.3f}")

# %% [markdown]
# CO₂: no evidence against a unit root, even beside a straight trend. Its seasonal difference: strong
# evidence. Sunspots: just above 0.05, which does not show that they are a random walk; they keep
# coming back to their mean.
#
# ## 5. Baselines and errors
#
# Four forecasts cost nothing: the *mean*; the *naive* one, the last value; the *seasonal naive* one,
# the value of the same month last year; and *drift*, the line from the first value to the last,
# extended. We add a fifth, seasonal naive plus the average rise per year, and forecast the last 60
# months.
#
# MAE and RMSE have the unit of the series. *MAPE* averages |error| / |value|, in percent. *MASE*
# divides the MAE by that of the naive forecast *on the training rows* (one step ahead; here the
# seasonal one, one year ahead), so that series of different units can be compared.
#
# > **Predict first.** Which is the better forecast of CO₂: drift or seasonal naive?

# %%
train, test = air[:-60], air[-60:]
past, ahead = train.to_numpy(), np.arange(1, 61)
rise = (past[-1] - past[0]) / (len(past) - 1)
repeat = np.tile(past[-12:], 5)
forecasts = {"mean": np.full(60, past.mean()), "naive": np.full(60, past[-1])}
forecasts |= {"seasonal naive": repeat, "drift": past[-1] + rise * ahead}
forecasts["seasonal + rise"] = repeat + 12 * rise * np.ceil(ahead / 12)
scale = np.mean(np.abs(past[12:] - past[:-12]))
for name, forecast in forecasts.items():
    miss = np.abs(test - forecast)
    mape = np.mean(miss / test)
    print(f"{name:>15}: MAE {miss.mean():5.2f}, MAPE {mape:.1%}, MASE {miss.mean() / scale:.1f}")

# %% [markdown]
# Over five years drift wins: the trend is worth more than the season. Both together miss by 1.55 ppm;
# that is the number to beat. A MAPE of 0.4 % says little
# here: it divides by the whole level, which hardly changes. MASE is above 1 even for this one because its yardstick looks only one
# year ahead.
#
# > **Predict first.** You may forecast one constant for all sunspot years. Which one minimises MAE, and
# > which MAPE?

# %%
mape = (spots.diff().abs() / spots).mean()
print("years with 0 sunspots:", (y == 0).sum(), "  MAPE of naive:", mape)
positive = y[y > 0]
constants = np.arange(1, 101)
misses = np.abs(positive[:, None] - constants)
print("best for MAE:", constants[misses.mean(axis=0).argmin()])
print("best for MAPE:", constants[(misses / positive[:, None]).mean(axis=0).argmin()])

# %% [markdown]
# Zeros make MAPE infinite. Without them it rewards forecasts that are far too low: 8, where the
# median is 40, because an overshoot in a quiet year costs hundreds of percent.
#
# ## 6. Exponential smoothing
#
# Keep one number, the *level*, and move it a share $\alpha$ towards each new value:
# $\ell_t = \alpha y_t + (1 - \alpha)\, \ell_{t-1}$. The forecast is the last level. Older values
# count less and less. The river Nile's yearly flow, one step ahead:
#
# > **Predict first.** $\alpha = 1$ is the naive forecast. Will it win?


# %%
def smooth(values, alpha):
    levels = [values[0]]
    for value in values[1:]:
        levels.append(alpha * value + (1 - alpha) * levels[-1])
    return np.array(levels)


flow = nile.load_pandas().data["volume"].to_numpy()
for alpha in (0.02, 0.25, 1.0):
    miss = np.abs(flow[20:] - smooth(flow, alpha)[19:-1])
    print(f"alpha {alpha:<4}: MAE {miss.mean():.0f}")

# %% [markdown]
# A small $\alpha$ remembers long and adapts late (the flow dropped around 1899); $\alpha = 1$ chases
# noise. *Holt* adds a smoothed trend, *Holt–Winters* also a smoothed season, with shares of their own.

# %%
winters = ExponentialSmoothing(train, trend="add", seasonal="add", seasonal_periods=12).fit()
miss = np.abs(test - winters.forecast(60))
print(f"alpha {winters.params['smoothing_level']:.1f}, MAE {miss.mean():.1f}")
slope = 12 * winters.trend.iloc[-1]
print(f"rise per year: {slope:.1f} ppm at the end, {12 * rise:.1f} on average")

# %% [markdown]
# Better than 1.55: recent years rise faster than the average, and the smoothed trend has noticed.
#
# ## 7. Autoregression
#
# AR($p$) is linear regression on the last $p$ values:
# $y_t = c + \phi_1 y_{t-1} + \dots + \phi_p y_{t-p} + \text{noise}$.
#
# > **Predict first.** AR(2) sees two years of sunspots. How will its forecast of 40 years look?


# %%
def fit_ar(values, p):
    lags = [values[p - k : len(values) - k] for k in range(1, p + 1)]
    X = np.column_stack([np.ones(len(values) - p), *lags])
    weights = np.linalg.lstsq(X, values[p:], rcond=None)[0]
    return weights, np.std(values[p:] - X @ weights, ddof=p + 1)


def recursive(values, weights, steps):
    path, p = list(values), len(weights) - 1
    for _ in range(steps):
        path.append(weights[0] + weights[1:] @ path[: -p - 1 : -1])
    return np.array(path[len(values) :])


weights, _ = fit_ar(y, 2)
print("as statsmodels:", np.allclose(weights, AutoReg(y, 2).fit().params))
print("c, phi1, phi2:", weights.round(2))
angle = np.angle(np.roots([1, -weights[1], -weights[2]])[0])
print(f"length of the cycle: {2 * np.pi / abs(angle):.1f} years")
figure, axis = plt.subplots(figsize=(7, 2.8), layout="constrained")
axis.plot(spots.loc[1960:], color="0.5", label="sunspots")
for p, colour in ((2, "C1"), (9, "C0")):
    path = recursive(y, fit_ar(y, p)[0], 40)
    axis.plot(range(2009, 2049), path, color=colour, label=f"AR({p})")
axis.set(title="Forecasts fade to the mean", ylabel="number per year")
axis.legend(ncols=3)
plt.show()

# %% [markdown]
# A damped wave: two weights contain a cycle of nearly 11 years (from the roots of
# $z^2 - \phi_1 z - \phi_2$). Its phase soon becomes unknown, so the forecast fades to the mean (AR(9)
# more slowly). The mean minimises squared error when nothing better is known.
#
# This was *recursive*: each forecast is fed back in, errors included. *Direct* forecasting fits one
# model per step ahead.
#
# ## 8. ARIMA
#
# ARIMA($p, d, q$): difference $d$ times, then regress on the last $p$ values (AR) and the last $q$
# forecast errors (MA, "moving average"). A seasonal model adds $(P, D, Q)$ at lag 12. Take $d$ and
# $D$ from plot and test: here $D = 1$ removes the season, and $d = 1$ lets the yearly rise change, as
# it did (section 6). Compare the other orders by *AIC*, which trades fit against the number of
# parameters: lower is better, and only with equal $d$ and $D$ comparable. The residuals should look
# like noise: the *Ljung–Box* test has the null hypothesis "no autocorrelation up to this lag".

# %%
for order in ((1, 1, 0), (0, 1, 1)):
    model = SARIMAX(train, order=order, seasonal_order=(0, 1, 1, 12)).fit(disp=0)
    # the first 13 residuals start the differences; model_df counts the fitted weights
    p = acorr_ljungbox(model.resid[13:], lags=[24], model_df=2)["lb_pvalue"].iloc[0]
    miss = np.abs(test - model.forecast(60))
    print(f"{order}: AIC {model.aic:.0f}, Ljung-Box p {p:.1f}, test MAE {miss.mean():.1f}")

# %% [markdown]
# AIC prefers the second, and neither leaves visible autocorrelation. On the test years both beat
# Holt–Winters. But that is *one* forecast from *one* origin.
#
# ## 9. Backtest with a rolling origin
#
# Do as in production: stand at an *origin*, fit on what is known, forecast, move on (scikit-learn
# splits so with `TimeSeriesSplit`). All history is an *expanding window*, the last $n$ values a
# *sliding window*. If data arrive late, leave a *gap* before the targets.
#
# > **Predict first.** Sunspots: can the naive forecast be worse than the plain mean?

# %%
H, p = 11, 9
origins = range(150, len(y) - H + 1)
errors = {name: [] for name in ("naive", "mean", "11 years ago", "AR(9)")}
spreads = []
for t in origins:
    known, actual = y[:t], y[t : t + H]
    weights, sigma = fit_ar(known, p)
    path = recursive(known, weights, H)
    guesses = (np.full(H, known[-1]), np.full(H, known.mean()), known[-11:], path)
    for misses, guess in zip(errors.values(), guesses, strict=True):
        misses.append(actual - guess)
    echo = recursive(np.eye(p)[-1], np.r_[0, weights[1:]], H - 1)  # how one shock lives on
    spreads.append(sigma * np.sqrt(np.cumsum(np.r_[1, echo] ** 2)))
figure, axis = plt.subplots(figsize=(7, 3), layout="constrained")
for name, misses in errors.items():
    mae = np.abs(misses).mean(axis=0)
    print(f"{name:>12}: MAE {mae[0]:.0f} one year ahead, {mae[4]:.0f} five, {mae[10]:.0f} eleven")
    axis.plot(range(1, H + 1), mae, "o-", label=name)
axis.set(title=f"{len(origins)} origins", xlabel="years ahead", ylabel="MAE", ylim=(0, 70))
axis.legend(ncols=2)
plt.show()

# %% [markdown]
# It can: five years after a maximum comes a minimum. AR(9) wins at short range; five years ahead the
# value of 11 years ago is nearly as good; eleven years ahead all but the mean are about equal. So report
# errors per horizon.
#
# > **Predict first.** One 11-year split instead: how far can it mislead?

# %%
single = {name: np.abs(misses).mean(axis=1) for name, misses in errors.items()}
print(f"MAE of AR(9) by origin: {single['AR(9)'].min():.0f} to {single['AR(9)'].max():.0f}")
worse = np.mean(single["AR(9)"] > single["11 years ago"])
print(f"origins at which 'eleven years ago' beats it: {worse:.0%}")

# %% [markdown]
# A single split could have reported anything between, and at nearly half of the origins the other winner.
#
# **Intervals.** A *prediction interval* should contain the value in, say, 90 % of cases. A shock of
# today goes on through the weights, so the spread grows with the horizon: `spreads` adds up these
# echoes. What if one uses the one-step spread throughout?

# %%
miss, spread = np.abs(errors["AR(9)"]), np.array(spreads)
print("years ahead:      ", [1, 3, 5, 11])
for name, width in {"own spread": spread, "one-step spread": spread[:, :1]}.items():
    inside = np.mean(miss <= 1.645 * width, axis=0)
    print(f"{name:>15}: ", *(f"{inside[h - 1]:.0%}" for h in (1, 3, 5, 11)))

# %% [markdown]
# With their own spread, the 90 % intervals cover 87 to 90 %: slightly narrow, partly because
# they ignore that the weights are uncertain. With the one-step spread, from three years
# ahead, it is 67 to 70 %.
#
# ## 10. Lag features, and one leak
#
# Any regressor can forecast from a table of lags, trailing means, month and holidays.
#
# > **Predict first.** Two lags and a trailing three-year mean, unshifted. How good can $R^2$ get?

# %%
base = pd.DataFrame({"lag_1": spots.shift(1), "lag_2": spots.shift(2)})
means = {"unshifted": spots.rolling(3).mean(), "shifted": spots.shift(1).rolling(3).mean()}
for name, mean in means.items():
    table = base.assign(mean=mean).iloc[3:]
    fit, late = table.loc[:1900], table.loc[1901:]
    model = LinearRegression().fit(fit, spots[fit.index])
    print(f"{name:>9}: R2 after 1900 {model.score(late, spots[late.index]):.2f}")

# %% [markdown]
# Perfect, and worthless: three times the mean minus the two lags *is* the answer. Shift first, then
# roll, by at least the horizon.
#
# ## 11. What breaks in practice
#
# | you see | likely cause | try |
# |---|---|---|
# | great test, poor forecasts | shuffled split, centred or unshifted mean | rolling origin; shift, then roll |
# | MAPE infinite or huge | zeros, small values | MAE, MASE |
# | significant trend, gone next year | random walk | difference first |
# | residuals with autocorrelation at lag 12 | season left over | seasonal difference or terms |
# | intervals too narrow far ahead | one-step spread | spread per horizon; measure coverage |
# | trees flat beyond the past | no extrapolation | predict differences |
# | loses to seasonal naive in the backtest | too little signal or history | keep the baseline |
#
# ARIMA and smoothing suit single series of moderate length; one global model (boosting on lags, deep
# networks) suits many related series.
#
# ## Summary
#
# - Plot, count gaps, split by time.
# - A centred mean describes; a shifted trailing mean forecasts.
# - ADF: the null hypothesis is the unit root. Ljung–Box: it is no autocorrelation.
# - Naive, seasonal naive and drift first; MAE or MASE rather than MAPE.
# - Backtest over many origins, per horizon, and measure the coverage of intervals.
#
# Next: the [exercise](../../exercises/03-classical-ml/18-time-series.ipynb), then
# [recommending](19-recommending.ipynb).
