# ---
# title: Visualising data
# minutes: 70
# needs: [02-python/06-pandas]
# objectives: [aws-mls/2.3, databricks-ml/2.3, databricks-ml/2.4, databricks-ml/2.9, tf-developer/2.7]
# ---

# %% [markdown]
# # Visualising data
#
# After this lesson you can
#
# - choose the chart from the question,
# - build a figure from matplotlib's objects, and save it in the size you need,
# - read box plots, histograms, scatter plots, heat maps and training curves, and say what each hides,
# - pick colours that survive a printer and colour blindness, and
# - spot seven ways in which charts mislead, and mend each.
#
# **Exam lens.** AWS MLS-C01 (2.3, retired in March 2026) asks for the chart that fits a question, and
# for what a chart says. Databricks asks for the chart of one feature (2.3), of two (2.4), and when a
# log scale helps (2.9). The TensorFlow Developer checklist (2.7, retired in 2024) has you read loss
# curves.

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer, load_digits, load_iris, load_wine
from statsmodels.datasets import anes96, co2, macrodata, randhie, statecrime, sunspots

BLUE, ORANGE = "#0072B2", "#E69F00"
style = {"axes.spines.top": False, "axes.spines.right": False, "axes.titlesize": 11}
plt.rcParams.update(style | {"figure.constrained_layout.use": True, "date.converter": "concise"})
rng = np.random.default_rng(0)

# %% [markdown]
# `rcParams` holds matplotlib's defaults. The *constrained layout* makes room for all labels. A
# notebook shows open figures at the end of a cell; a script needs `plt.show()`.
#
# ## 1. The question decides
#
# | question | chart | mind |
# |---|---|---|
# | comparison: which is larger? | bars, dots | sort; bars start at zero |
# | distribution: which values occur? | histogram, ECDF, box, strip | bin width |
# | relation of two numbers | scatter, hexagons, binned means | overplotting |
# | number by category; two categories | boxes side by side; table of counts | group sizes |
# | composition: which share? | bars, stacked bars | pies beyond three slices |
# | change over time | line | window, aspect ratio |
# | how sure? | interval | say which one |
#
# We read positions on a common scale most exactly, then lengths; angles, areas and colours far less
# so, and 3-D makes it worse. Here are 944 American voters of 1996, from strong Democrats (D) to
# strong Republicans (R).

# %%
party = anes96.load_pandas().data["PID"].value_counts().sort_index()
party.index = ["strong D", "weak D", "leans to D", "neither", "leans to R", "weak R", "strong R"]
figure, axes = plt.subplots(1, 2, figsize=(9, 3))
party.plot.pie(ax=axes[0], ylabel="", title="Which slice is third largest?")
party.plot.barh(ax=axes[1], color=BLUE, width=0.8, title="Few stand in the middle", xlabel="voters")
axes[1].invert_yaxis()  # the first bar on top
labels = axes[1].bar_label(axes[1].containers[0], padding=3)

# %% [markdown]
# The pie hides two full ends and an empty middle. Ordered categories keep their order; sort all
# others by size.
#
# ## 2. Figure, axes, artists
#
# A *figure* is the whole picture, its *axes* are the panels (one of them: `axis`).
# Whatever is drawn is an *artist* of its panel: `axis.lines`, `axis.patches` (bars), `axis.texts`. A
# panel's methods draw on that panel. `plt.title` and its like draw on the *current* one.
#
# > **Predict first.** Two panels; bars on the first; then `plt.title`. Which gets the title? And a
# > figure of 6 × 3 inches saved with `dpi=200` (dots per inch): how many pixels?

# %%
from io import BytesIO

figure, axes = plt.subplots(1, 2, figsize=(6, 3))
axes[0].bar(["a", "b"], [2, 4])
plt.title("two bars")
print("titles:", [axis.get_title() for axis in axes], " limits:", np.array(axes[0].get_ylim()))
print("0, 2, 4 in pixels:", axes[0].transData.transform([(0, 0), (0, 2), (0, 4)])[:, 1].round())
figure.savefig(file := BytesIO(), dpi=200)
print("saved:", plt.imread(BytesIO(file.getvalue())).shape[:2], "pixels")
plt.close(figure)

# %% [markdown]
# The second, made last. So call the methods of the panel you mean, or hand it to pandas as `ax=`. The
# file has 600 × 1,200 pixels. Letters are measured in inches, too (a *point* is 1/72): a higher `dpi`
# only makes everything sharper, a larger `figsize` makes letters small beside the plot.
#
# `axis.transData` turns data into pixels; call it after `get_ylim`, which settles the limits.
# `pyplot` keeps figures until they are closed. In a loop or a service use `matplotlib.figure.Figure`.
#
# ## 3. Distributions
#
# A *histogram* counts values per bin. A *box plot* draws a box from the first to the third quartile,
# a line at the median, and *whiskers* to the outermost values within 1.5 box lengths of the box;
# points beyond are called outliers. A *violin* is a smoothed histogram, mirrored. A *strip* shows
# every value, shifted sideways at random. The *ECDF* (empirical cumulative distribution function)
# gives the share of values up to each point.
#
# > **Predict first.** The petals of 150 irises have the quartiles 1.6, 4.35 and 5.1 cm: half of the
# > flowers lie in that box. How many petals measure 2 to 2.9 cm?

# %%
petal = load_iris().data[:, 2]
figure, axes = plt.subplots(2, 2, figsize=(10, 4.8), sharex=True)
axes[0, 0].boxplot(petal, positions=[3], orientation="horizontal", widths=0.5)
axes[0, 0].violinplot(petal, positions=[2], orientation="horizontal", widths=0.8)
axes[0, 0].plot(petal, 1 + rng.uniform(-0.25, 0.25, 150), ".", color=BLUE, markersize=4, alpha=0.5)
axes[0, 0].set(title="150 petals", yticks=[1, 2, 3], yticklabels=["strip", "violin", "box"])
axes[0, 1].ecdf(petal, color=BLUE)
axes[0, 1].set(title="ECDF: flat where no values are", ylabel="share up to here")
for axis, bins in zip(axes[1], (3, 20), strict=True):
    axis.hist(petal, bins=bins, color=BLUE)
    axis.set(title=f"histogram, {bins} bins", xlabel="petal length (cm)", ylabel="flowers")
print(np.quantile(petal, [0.25, 0.5, 0.75]), "2 to 2.9 cm:", sum((petal >= 2) & (petal <= 2.9)))

# %% [markdown]
# None. There are two groups, and the box spans the gap between them. Three bins hide it as well, so
# try several widths. The ECDF needs no choice: steep where values crowd, flat where none are.
#
# Positive values with a long right tail are *skewed* to the right; the tail pulls the mean above the
# median. A log axis helps: it gives equal room to equal *factors*.

# %%
tumours = load_breast_cancer()
area = tumours.data[:, 13]
kinds = [area[tumours.target == 1], area[tumours.target == 0]]
figure, axes = plt.subplots(1, 3, figsize=(10, 2.8))
for axis, bins in zip(axes, (30, 30, np.geomspace(6, 600, 30)), strict=True):
    axis.hist(kinds, bins, stacked=True, color=[BLUE, ORANGE])
    axis.set(xlabel="area error", xscale="log", ylabel="tumours")
axes[0].set(title=f"mean {area.mean():.0f}, median {np.median(area):.0f}", xscale="linear")
axes[1].set(title="log axis, equal bins: distorted")
axes[2].set(title="log axis, log bins")
axes[2].annotate("benign", (6, 60), color=BLUE)
label = axes[2].annotate("malignant", (70, 40), color="#8A5F00")

# %% [markdown]
# On the log axis a second group rises from the tail: malignant tumours. (Labels in place replace
# the legend.) Bins must be equal *on the log axis* (`np.geomspace`). Zeros have no logarithm; report
# them separately.
#
# ## 4. Relations
#
# In a health-insurance experiment, 20,190 rows hold a year's doctor visits and an index of chronic
# diseases. That many dots cover each other (*overplotting*). Remedies: transparency (`alpha`),
# hexagons that count, means of groups with intervals (section 7).
#
# > **Predict first.** On the left, most of the highest dots stand left of the middle. Do sicker
# > people visit the doctor less?

# %%
people = randhie.load_pandas().data
groups = people.groupby(pd.qcut(people["disea"], 10), observed=True)
visits = groups["mdvis"].agg(["mean", "sem"])
figure, axes = plt.subplots(1, 3, figsize=(11, 3.2), sharex=True)
axes[0].plot(people["disea"], people["mdvis"], ".", color=BLUE)
figure.colorbar(axes[1].hexbin(people["disea"], people["mdvis"], gridsize=22, bins="log"))
axes[2].errorbar(groups["disea"].mean(), visits["mean"], 1.96 * visits["sem"], fmt="o", color=BLUE)
axes[0].set(title="20,190 dots", ylabel="visits")
axes[1].set(title="rows per hexagon", xlabel="index of chronic diseases")
axes[2].set(title="ten groups, 95 % intervals", ylabel="mean visits", ylim=(0, None))
print("mean visits, first and last group:", visits["mean"].iloc[[0, -1]].round(1).to_list())
print(people.groupby("disea")["mdvis"].agg(["size", "mean"]).loc[10.2:10.6].round(1))

# %% [markdown]
# More: 1.8 visits in the first group, 5.5 in the last. The highest dots stand where most *rows* are.
# And one group stands out: 2,375 rows share the odd value 10.57626 and few visits. That looks like a
# filled gap. (A person has several rows, so the intervals are too
# narrow.)
#
# *Correlation*, $r$ from −1 to 1, says how close points come to a rising or falling line. After an
# idea of Anscombe (1973), four synthetic relations:
#
# > **Predict first.** All four have the same means, spreads, correlation and trend line. How
# > different can they look?

# %%
x = np.sqrt(3) * np.linspace(-1, 1, 100)
figure, axes = plt.subplots(1, 4, figsize=(11, 2.8), sharex=True, sharey=True)
shapes = [rng.normal(size=100), -(x**2), x == x.min(), rng.choice([-1, 1], size=100)]
for axis, shape in zip(axes, shapes, strict=True):
    rest = shape - np.polyval(np.polyfit(x, shape, 1), x)  # what no line can explain
    y = 0.7 * x + np.sqrt(1 - 0.7**2) * rest / rest.std()
    axis.plot(x, y, ".", color=BLUE)
    axis.axline((0, 0), slope=np.polyfit(x, y, 1)[0], color=ORANGE, linewidth=2)
    axis.set(title=f"r = {np.corrcoef(x, y)[0, 1]:.2f}, sd {y.std():.2f}", xlabel="x")

# %% [markdown]
# Only the first deserves its line. Plot before you trust an $r$.
#
# ## 5. Many variables
#
# A scatter matrix of 13 features has 78 different panels, too many. A *heat map* of their
# correlations fits. A *sequential* colour map runs from dark to light, for amounts. A *diverging* one
# has a neutral middle, for signs, and its middle must lie at zero: make the limits symmetric.

# %%
wine = load_wine(as_frame=True).frame
wine.columns = [name.split("/")[0].replace("_", " ") for name in wine.columns]
r = wine.drop(columns="target").corr().sort_values("flavanoids").sort_values("flavanoids", axis=1)
figure, axes = plt.subplots(1, 2, figsize=(10, 4.6), sharey=True)
maps = {"sequential: where is zero?": {}, "diverging": {"cmap": "RdBu_r", "vmin": -1, "vmax": 1}}
for axis, (title, settings) in zip(axes, maps.items(), strict=True):
    figure.colorbar(axis.imshow(r, **settings), shrink=0.8)
    axis.set(title=title, yticks=range(13), yticklabels=r.index)
    axis.set_xticks(range(13), r.columns, rotation=90)

# %% [markdown]
# On the right, white means no linear relation, and a red block of features (bottom right) measures much the
# same. The block shows because rows are sorted by one feature, not by alphabet.
#
# *Small multiples* repeat one small chart per group, on shared axes, with the rest in grey behind.
# Here each is a *parallel coordinates* plot: a line per wine across features, in standard deviations from the
# mean.

# %%
names = ["alcohol", "proline", "ash", "flavanoids", "hue"]
scaled = ((wine - wine.mean()) / wine.std())[names]
figure, axes = plt.subplots(1, 3, figsize=(11, 2.9), sharey=True)
for grower, axis in enumerate(axes):
    axis.plot(names, scaled.T, color="0.85", linewidth=0.5)
    axis.plot(names, scaled[wine["target"] == grower].T, color=BLUE, linewidth=0.8, alpha=0.5)
    axis.set(title=f"grower {grower}", ylabel="" if grower else "standard deviations")

# %% [markdown]
# Grower 0 is high in alcohol and proline, grower 1 low in both, grower 2 low in flavanoids and hue.
# Ash hardly tells them apart: the chart can do without it.
#
# ## 6. Time
#
# Time is a line along x, with real dates (`pd.to_datetime`): dates kept as text are categories,
# evenly spaced, whose gaps vanish. The *aspect ratio* decides what shows; slopes compare best near
# 45°.
#
# > **Predict first.** Sunspots come and go in about 11 years. Going by the left panel, do they rise
# > as fast as they fall?

# %%
spots = sunspots.load_pandas().data.set_index("YEAR")["SUNACTIVITY"].rename_axis(None)
figure, axes = plt.subplots(1, 2, figsize=(11, 2.4), width_ratios=[1, 4])
for axis in axes:
    axis.plot(spots.loc[1900:], color=BLUE)
axes[0].set(title="tall", ylabel="sunspots")
axes[1].set(title="flat: steep up, slow down", box_aspect=0.16)
print("since 1700: years up", np.sum(spots.diff() > 0), "and down", np.sum(spots.diff() < 0))

# %% [markdown]
# Faster: 127 years of rise against 180 of fall.
#
# ## 7. How sure?
#
# An error bar without a name says nothing. The *standard deviation* (sd) tells how much single rows
# vary. The *standard error* (SE), $\text{sd} / \sqrt n$, tells how much a mean would vary from sample
# to sample. A 95 % interval reaches about 1.96 SE to either side.
#
# > **Predict first.** On the right, the intervals of growers 1 and 2 overlap. May their true means be
# > equal, then?

# %%
ash = wine.groupby("target")["alcalinity of ash"].agg(["mean", "std", "sem"])
half = {"mean ± sd": ash["std"], "mean ± SE": ash["sem"], "mean, 95 %": 1.96 * ash["sem"]}
figure, axes = plt.subplots(1, 3, figsize=(11, 3), sharey=True)
jittered = wine["target"] + rng.uniform(-0.3, 0.3, len(wine))
for axis, title in zip(axes, half, strict=True):
    axis.plot(jittered, wine["alcalinity of ash"], ".", color="0.8", markersize=4)
    axis.errorbar(ash.index, ash["mean"], half[title], fmt="o", color=BLUE, capsize=6)
    axis.set(title=f"alcalinity of ash, {title}", xticks=[0, 1, 2], xlabel="grower")
low, high = ash["mean"] - half["mean, 95 %"], ash["mean"] + half["mean, 95 %"]
print(f"grower 1 up to {high[1]:.2f}, grower 2 from {low[2]:.2f}", end="   difference ")
print(f"{ash['mean'].diff()[2]:.2f} ± {np.hypot(*half['mean, 95 %'][1:]):.2f}")

# %% [markdown]
# Hardly: the difference, 1.18 ± 1.01, excludes zero. Its SE is
# $\sqrt{\text{SE}_1^2 + \text{SE}_2^2}$, less than the sum. Overlap proves nothing: show the interval
# of the difference.
#
# ## 8. Colour
#
# Amounts are read from *lightness*. *Qualitative* palettes, hues without order, are for categories,
# up to about seven. The rainbow map `jet` was the default of many tools.
#
# > **Predict first.** `jet` is printed in grey. Which of its values look alike?


# %%
def lightness(rgb):  # CIE lightness, 0 (black) to 100 (white), of shares of red, green, blue
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    amount = linear @ [0.2126, 0.7152, 0.0722]
    return np.where(amount > 0.008856, 116 * np.cbrt(amount) - 16, 903.3 * amount)


figure, axes = plt.subplots(2, 3, figsize=(11, 3.2), sharey="row", height_ratios=[1, 1.4])
for column, name in zip(axes.T, ("jet", "viridis", "RdBu_r"), strict=True):
    colours = plt.get_cmap(name)(np.linspace(0, 1, 256))[:, :3]
    grey = np.repeat(lightness(colours)[:, None] / 100, 3, axis=1)
    column[0].imshow(np.stack([colours, grey]), aspect="auto", interpolation="nearest")
    column[0].set(title=name, xticks=[], yticks=[])
    column[1].plot(lightness(colours), color="k")
    column[1].set(title="lightness", xlim=(0, 255), xticks=[])

# %% [markdown]
# Low and high: both ends are dark, and kinks draw edges that the data do not have. `viridis` rises
# evenly. A diverging map has equal ends on purpose, so grey print loses the sign.
#
# About one man in twelve confuses red and green. Below: two pairs as usual, as seen without
# green-sensitive cones (simulated after Machado and others, 2009), and in grey.

# %%
from matplotlib.colors import to_rgb

mix = np.array([[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]])
figure, axes = plt.subplots(1, 2, figsize=(10, 1.6))
for axis, pair in zip(axes, (("#2CA02C", "#D62728"), (BLUE, ORANGE)), strict=True):
    rgb = np.array([to_rgb(colour) for colour in pair])
    seen = np.clip(rgb**2.2 @ mix.T, 0, 1) ** (1 / 2.2)
    grey = np.repeat(lightness(rgb)[:, None] / 100, 3, axis=1)
    axis.imshow(np.stack([rgb, seen, grey], axis=1), aspect="auto")
    axis.set(xticks=range(3), xticklabels=["usual", "no green cones", "grey"], yticks=[])
    axis.set(title=f"lightness {lightness(rgb).round()}")

# %% [markdown]
# Red and green become one olive; blue and orange stay apart. Add a second cue (dashes, a label).
#
# ## 9. Seven ways to mislead
#
# Above misleading, below honest, from the same data. Tufte's *lie factor* is the effect shown divided
# by the effect in the data, where an effect is the change as a share of the first value.
#
# > **Predict first.** Graduates in Texas 79.9 %, in Minnesota 91.5 %; the bars start at 79 %. Lie
# > factor?

# %%
economy = macrodata.load_pandas().data.groupby("year").mean()
growth = 100 * economy[["realgdp", "cpi"]] / economy[["realgdp", "cpi"]].iloc[0]
money = economy["m1"].loc[[1960, 1985, 2009]].set_axis(["1960", "1985", "2009"])
school = statecrime.load_pandas().data["hs_grad"].loc[["Texas", "New York", "Minnesota"]]
figure, axes = plt.subplots(2, 4, figsize=(11, 4.6))
school.plot.barh(ax=axes[0, 0], color=ORANGE, xlim=(79, 92), title="1. bars cut off", ylabel="")
school.plot.barh(ax=axes[1, 0], color=BLUE, title="from zero", xlabel="% graduates", ylabel="")
economy["realgdp"].plot(ax=axes[0, 1], color=BLUE, title="2. two y axes", xlabel="")
economy["cpi"].plot(ax=axes[0, 1].twinx(), color=ORANGE)
growth.plot(ax=axes[1, 1], color=[BLUE, ORANGE], title="one axis, 1959 = 100", legend=False)
axes[1, 1].annotate("prices", (1965, 500), color="#8A5F00")
axes[1, 1].annotate("real GDP", (1988, 200), color=BLUE)
money.plot.bar(ax=axes[0, 2], color=ORANGE, rot=0, logy=True, ylim=(1, 3000), title="3. log bars")
money.plot.bar(ax=axes[1, 2], color=BLUE, rot=0, title="linear bars", ylabel="money in circulation")
panels = {"4. radius = money": (money**2 / 900, ORANGE), "area = money": (money, BLUE)}
for axis, (title, (size, colour)) in zip(axes[:, 3], panels.items(), strict=True):
    axis.scatter([0, 0.8, 2], [0, 0, 0], s=size, color=colour)
    axis.set(title=title, xlim=(-0.8, 3), yticks=[], xticks=[0, 0.8, 2], xticklabels=money.index)
print(f"lie factor: {((91.5 - 79) / (79.9 - 79) - 1) / (91.5 / 79.9 - 1):.0f}")

# %% [markdown]
# 89. Lengths and areas are true only from zero; dots, read by position, need none. Two y axes can
# make any two rising curves seem alike, since you choose both scales. A log axis, labelled, is fine for
# dots and lines. In `scatter`, `s` is an area already.
#
# > **Predict first.** A chart shows the running total of a firm's yearly investment. Can it fall in a
# > crisis?

# %%
air = co2.load_pandas().data["co2"]
figure, axes = plt.subplots(2, 3, figsize=(11, 4.2))
air["1990-05":"1990-09"].plot(ax=axes[0, 0], color=ORANGE, title="5. one summer of CO₂, ppm")
axes[1, 0].plot(air, color=BLUE, linewidth=0.8)
axes[1, 0].set(title="all 44 years, ppm", xticks=pd.to_datetime(["1960", "1980", "2000"]))
economy["realinv"].loc[2000:].cumsum().plot(ax=axes[0, 1], color=ORANGE, title="6. invested so far")
economy["realinv"].loc[2000:].plot(ax=axes[1, 1], color=BLUE, ylim=(0, 2400), title="per year")
spots.rolling(11, center=True).mean().plot(ax=axes[0, 2], color=ORANGE, title="7. 11-year mean")
plot = spots.plot(ax=axes[1, 2], color=BLUE, linewidth=0.8, title="per year")

# %% [markdown]
# Not while investments are positive. An 11-year mean wipes out an 11-year cycle, and CO₂ falls every
# summer. Ask of every chart: which window, a total or a rate, smoothed over what?
#
# ## 10. Reading charts in the exam
#
# *Loss* measures a model's error: on its training rows (dashed), and on rows kept out of training
# (*validation*, solid). An *epoch* is one pass over the training rows.
#
# > **Predict first.** Three runs of one network. What would you change in each?

# %%
from sklearn.neural_network import MLPClassifier

X, y = load_digits().data / 16, load_digits().target
y = np.where(rng.random(len(y)) < 0.1, rng.integers(10, size=len(y)), y)  # one in ten by chance
figure, axes = plt.subplots(1, 3, figsize=(11, 2.8), sharex=True, sharey=True)
for axis, (run, rate) in zip(axes, {"A": 0.0003, "B": 0.01, "C": 0.3}.items(), strict=True):
    model = MLPClassifier(50, "tanh", learning_rate_init=rate, batch_size=32, random_state=0)
    losses = np.empty((25, 2))
    for epoch in range(25):
        model.partial_fit(X[:300], y[:300], classes=range(10))
        loss = -np.log(model.predict_proba(X[:900])[range(900), y[:900]].clip(1e-15))
        losses[epoch] = loss[:300].mean(), loss[300:].mean()
    axis.plot(losses[:, 0], "k--")
    axis.plot(losses[:, 1], color=BLUE)
    axis.set(title=f"run {run}: loss", xlabel="epoch", ylim=(0, 6))
axes[1].annotate("validation", (9, 1.8), color=BLUE)
label = axes[1].annotate("training", (9, 0.5))

# %% [markdown]
# A still falls: train longer or take larger steps. B *overfits*: training loss goes on falling while
# validation loss rises; stop early, or penalise large weights. C jumps and stays high: lower the
# learning rate.
#
# | the chart shows | it says |
# |---|---|
# | box: long upper whisker, median low in the box | right skew: mean above median, try a log |
# | histogram: two humps | two groups mixed: split by category |
# | histogram: spike at one value | filled gaps or a limit of the instrument |
# | scatter: points fan out | spread grows with x: try a log of y |
# | heat map: cell near ±1 off the diagonal | two features say much the same: one may do |
#
# ## 11. What breaks in practice
#
# | you see | likely cause | try |
# |---|---|---|
# | title or limits on the wrong panel | `plt.` functions | methods of the panel |
# | labels cut off or overlapping | no layout | `layout="constrained"`; horizontal bars |
# | a solid blob | overplotting | `alpha`, `hexbin`, binned means |
# | memory grows in a loop | `pyplot` keeps figures | `plt.close`, or `Figure` |
#
# ## Summary
#
# - The question decides: position before length before area and colour.
# - Call methods of panels; label directly; share axes for comparison.
# - Box plots hide humps, correlation hides shape, dots hide density.
# - Name the error bar. Sequential for amounts, diverging around zero for signs, never a rainbow.
# - Bars from zero, areas by area, one y axis, the whole window.
#
# Next: the [exercise](../../exercises/02-python/07-visualising-data.ipynb), then
# [scikit-learn's contract](08-scikit-learn.ipynb).
