# ---
# title: "Exercise: visualising data"
# minutes: 70
# ---

# %% [markdown]
# # Exercise: visualising data
#
# Six jobs in which a chart has to be right, not only drawn. No question needs the answer of another.
# Your data are drawn for you: change `seed` to practise again on others. Every function must work on
# any input that its question describes, not only on the data below.
#
# Figures come from `matplotlib.figure.Figure`, which `pyplot` does not keep open. To look at one, end
# a cell with `picture(figure)`.

# %% tags=["parameters"]
seed = 5  # which data you get

# %%
from io import BytesIO

import matplotlib
import numpy as np
import pandas as pd
from IPython.display import Image
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from sklearn.datasets import load_diabetes, load_wine

rng = np.random.default_rng(seed)
wine, patients = load_wine(), load_diabetes(scaled=False)


def picture(figure):
    file = BytesIO()
    figure.savefig(file, format="png", dpi=80)
    return Image(file.getvalue())


# question 1: measurements and counts, both with gaps
hue = wine.data[rng.choice(178, 120, replace=False), 10]
hue[:7] = np.nan
ages = patients.data[rng.choice(442, 300, replace=False), 0]
ages[:11] = np.nan

# question 2: an ECDF as one reads it from a chart, three decimals each
sample = np.round(rng.lognormal(1, rng.uniform(0.5, 0.9), size=90), 1)
sample = np.append(sample, [30.5, 30.5, 41.0])
steps, sizes = np.unique(sample, return_counts=True)
shares = np.round(np.cumsum(sizes) / len(sample), 3)


# question 3: a chart of two bars
def two_bars(heights, limits, scale="linear"):
    axis = Figure().subplots()
    axis.bar(["before", "after"], heights)
    axis.set(yscale=scale, ylim=limits)
    return axis


before, after = rng.uniform(40, 60), rng.uniform(70, 95)

# questions 4 and 5: patients of seven clinics; clinics and gaps are made up, the values are real
rows = rng.choice(442, size=110, replace=False)
clinics = rng.permutation(["Bern", "Chur", "Genf", "Olten", "Sion", "Thun", "Zug"])
visited = rng.choice(clinics, size=110, p=[0.25, 0.22, 0.2, 0.17, 0.08, 0.05, 0.03])
visited[:14] = np.repeat(clinics, 2)
readings = pd.DataFrame(
    {"group": visited, "x": patients.data[rows, 2], "y": patients.data[rows, 3].round(1)}
)
readings["y"] += readings["group"].map(dict(zip(clinics, rng.normal(0, 12, 7), strict=True)))
changes = pd.DataFrame({"group": visited, "value": readings["y"] - readings["y"].median()})
changes.loc[rng.choice(np.arange(14, 110), size=9, replace=False), "value"] = np.nan

# question 6: numbers with gaps, and two colour maps
matrix = rng.normal(rng.normal(), 1, size=(5, 6)) * rng.uniform(0.5, 20)
matrix[rng.integers(5, size=3), rng.integers(6, size=3)] = np.nan
ends = [tuple(rng.uniform(0, high, size=3)) for high in (0.5, 0.06, 1)]
drawn_map = LinearSegmentedColormap.from_list("drawn", ends)
red_blue = matplotlib.colormaps["RdBu_r"]

# %% [markdown]
# ## Question 1 · bins that fit the data (2 points)
#
# Freedman and Diaconis propose the bin width $h = 2\,(q_3 - q_1) / n^{1/3}$, with the quartiles
# (`np.quantile`) of the $n$ known values. Write `bin_edges(values)`, which returns the edges of a
# histogram as an array of floats. `values` is a float array; `NaN`s in it count nowhere, not in $n$
# either.
#
# - *Measurements* (at least one known value is not whole; $h > 0$): use equal bins from the smallest
#   to the largest value, as few as possible without any being wider than $h$.
# - *Counts* (all known values are whole): unless every bin holds the same number of whole numbers, a
#   comb appears that the data do not have. The width is $h$ rounded down to a whole number, but at
#   least 1. The first edge lies 0.5 below the smallest value; the last is the first one above the
#   largest value.


# %% question="bin_edges" points=2
### BEGIN SOLUTION
def bin_edges(values):
    values = values[~np.isnan(values)]
    low, high = values.min(), values.max()
    q1, q3 = np.quantile(values, [0.25, 0.75])
    width = 2 * (q3 - q1) / len(values) ** (1 / 3)
    if np.all(values == np.round(values)):
        width = max(1, np.floor(width))
        return low - 0.5 + width * np.arange((high - low) // width + 2)
    return np.linspace(low, high, int(np.ceil((high - low) / width)) + 1)


### END SOLUTION

# %% check="bin_edges"
_known = hue[~np.isnan(hue)]
_edges = np.asarray(bin_edges(hue))
assert np.isclose(_edges[0], _known.min()), "The first edge should be the smallest known value."
assert np.isclose(_edges[-1], _known.max()), "The last edge should be the largest known value."
assert np.allclose(np.diff(_edges), _edges[1] - _edges[0]), "All bins should be equally wide."
_nine = np.asarray(bin_edges(np.append(np.arange(9) + 0.25, np.full(30, np.nan))))
assert len(_nine) == 4, (
    "Nine measurements from 0.25 to 8.25, and gaps, have the quartiles 2.25 and 6.25, so h = 8 / 9^(1/3) = "
    f"3.85. The range is 8: three bins have at most that width. You use {len(_nine) - 1}."
)
_counts = np.asarray(bin_edges(np.arange(9.0)))
assert np.round(_counts, 9).tolist() == [-0.5, 2.5, 5.5, 8.5], (
    "The whole numbers 0 to 8 have h = 3.85: a width of 3, from -0.5 until 8 is covered. "
    f"You return {_counts}."
)
_narrow = np.asarray(bin_edges(np.array([2.0, 2, 2, 2, 4])))
assert np.round(_narrow, 9).tolist() == [1.5, 2.5, 3.5, 4.5], (
    "The whole numbers 2, 2, 2, 2, 4 have both quartiles at 2, so h is 0. How wide is a bin at "
    f"least, and which edge is the first above 4? You return {_narrow}."
)

# %% probe="bin_edges" rtol=1e-6
[
    bin_edges(hue),
    bin_edges(ages),
    bin_edges(-10 * ages[:60]),
    bin_edges(np.append(ages, 200.5)),
    bin_edges(wine.data[:, 4] * 1.0),
    bin_edges(np.array([3.0, 3, 3, 3, 7, np.nan])),
    bin_edges(np.arange(9.0)),
    bin_edges(np.arange(5.0)),
    bin_edges(patients.data[:, 2]),
]

# %% [markdown]
# ## Question 2 · a box from an ECDF (2 points)
#
# You have a printed ECDF of `n` values, but not the values. It steps up at `steps` (shape `(k,)`,
# ascending, all different), and reaches `shares` there (shape `(k,)`, the last one is 1); you read
# the shares with three decimals, and `n` is below 400. Write `box_from_ecdf(steps, shares, n)`, which
# returns the box plot that matplotlib would draw from the values with its default settings, as a
# dictionary:
#
# - `"box"`: an array with first quartile, median and third quartile (as `np.quantile` computes them),
# - `"whiskers"`: an array with the ends of the lower and the upper whisker: the outermost values that
#   are at most 1.5 box lengths away from the box; exactly 1.5 belongs to it. A whisker that would end
#   inside the box ends at its edge instead,
# - `"outliers"`: a sorted array of the values beyond the reach of 1.5 box lengths, each as often as
#   it occurs.


# %% question="box_from_ecdf" points=2
### BEGIN SOLUTION
def box_from_ecdf(steps, shares, n):
    counts = np.diff(np.round(n * np.append(0, shares))).astype(int)
    values = np.repeat(steps, counts)
    box = np.quantile(values, [0.25, 0.5, 0.75])
    reach = 1.5 * (box[2] - box[0])
    near = (values >= box[0] - reach) & (values <= box[2] + reach)
    whiskers = np.array([min(box[0], values[near].min()), max(box[2], values[near].max())])
    return {"box": box, "whiskers": whiskers, "outliers": values[~near]}


### END SOLUTION

# %% check="box_from_ecdf"
from matplotlib.cbook import boxplot_stats

_box = box_from_ecdf(np.array([1.0, 2.0, 4.0, 20.0]), np.array([0.125, 0.5, 0.875, 1.0]), 8)
assert np.allclose(_box["box"], [2, 3, 4]), (
    "Shares 0.125, 0.5, 0.875 and 1 of 8 values: one 1, three 2s, three 4s, one 20. The quartiles "
    f"are 2, 3 and 4, not {_box['box']}."
)
assert np.allclose(_box["whiskers"], [1, 4]), (
    "The box from 2 to 4 reaches 3 further, to -1 and 7. Whiskers end at values, here at 1 and 4, "
    f"not at {_box['whiskers']}."
)
assert list(_box["outliers"]) == [20], f"Only 20 lies beyond 7; you list {_box['outliers']}."
_yours, _theirs = box_from_ecdf(steps, shares, len(sample)), boxplot_stats(sample)[0]
for _name, _place in (("q1", 0), ("med", 1), ("q3", 2)):
    assert np.isclose(_yours["box"][_place], _theirs[_name]), (
        f"matplotlib draws {_name} elsewhere. Does every value occur as often as in the sample? "
        "Shares times n are counts only after rounding, and the ECDF adds them up."
    )
assert np.allclose(_yours["whiskers"], [_theirs["whislo"], _theirs["whishi"]]), (
    "matplotlib's whiskers end elsewhere. How long is the box, and which values are within reach?"
)
assert list(_yours["outliers"]) == sorted(_theirs["fliers"]), (
    "matplotlib draws other outliers. Do repeated ones appear as often as they occur?"
)
_edge = box_from_ecdf(np.array([0.0, 4.0, 8.0, 14.0]), np.array([0.1, 0.5, 0.9, 1.0]), 10)
assert np.allclose(_edge["whiskers"], [0, 14]), (
    "One 0, four 4s, four 8s and a 14: the box reaches from 4 to 8, and 14 is exactly 1.5 box "
    f"lengths above it. Is it an outlier? Your upper whisker ends at {_edge['whiskers'][1]}."
)
_four = box_from_ecdf(np.array([0.0, 10.0]), np.array([0.75, 1.0]), 4)
assert np.allclose(_four["whiskers"], [0, 2.5]), (
    "Three 0s and a 10: the third quartile is 2.5, the reach ends at 6.25, and the last value "
    f"within is 0, inside the box. The upper whisker ends at 2.5, not at {_four['whiskers'][1]}."
)

# %% probe="box_from_ecdf" rtol=1e-6
[
    box_from_ecdf(steps, shares, len(sample)),
    box_from_ecdf(-steps[::-1], np.append(1 - shares[-2::-1], 1), len(sample)),
    box_from_ecdf(
        np.array([-3.0, -1.0, 2.0, 4.0, 7.0, 8.0]), np.array([1, 2, 8, 15, 16, 17]) / 17, 17
    ),
    box_from_ecdf(np.array([-1.0, 0.0, 2.0, 4.0, 7.0]), np.array([1, 2, 6, 9, 10]) / 10, 10),
    box_from_ecdf(np.array([1.0, 10.0]), np.array([0.75, 1.0]), 4),
    box_from_ecdf(np.array([-10.0, 5.0]), np.array([0.25, 1.0]), 4),
    box_from_ecdf(np.arange(1.0, 4.0) * before, np.array([0.333, 0.667, 1.0]), 399),
]

# %% [markdown]
# ## Question 3 · measure the lie (3 points)
#
# Write `lie_factor(axis)`. `axis` is a panel with two vertical bars that start at zero; they are the
# two artists in `axis.patches`, the first is "before", the second "after". Their heights are positive
# and different. An *effect* is the change from before to after, as a share of before. Return, as a
# float, the effect that the eye sees, divided by the effect in the data. The eye sees lengths on
# paper, and only what lies within the limits of the y axis. The axis may be cut off below or above,
# upside down, or have another scale than a linear one (`yscale="log"`, say). Something of both bars
# is always visible.


# %% question="lie_factor" points=3
### BEGIN SOLUTION
def lie_factor(axis):
    bottom, top = sorted(axis.get_ylim())
    heights = np.array([bar.get_height() for bar in axis.patches])
    to_paper = axis.yaxis.get_transform().transform
    lengths = to_paper(np.minimum(heights, top)) - to_paper(max(bottom, 0))
    return float((lengths[1] / lengths[0] - 1) / (heights[1] / heights[0] - 1))


### END SOLUTION

# %% check="lie_factor"
assert np.isclose(lie_factor(two_bars([2.0, 3.0], (0, 4))), 1), (
    "Bars of 2 and 3 on an axis from 0 to 4 tell the truth: the factor is 1, not "
    f"{lie_factor(two_bars([2.0, 3.0], (0, 4))):.3f}."
)
assert np.isclose(lie_factor(two_bars([2.0, 3.0], (1, 4))), 2), (
    "Bars of 2 and 3 from 1 upwards look 1 and 2 long: +100 % instead of +50 %, a factor of 2, not "
    f"{lie_factor(two_bars([2.0, 3.0], (1, 4))):.3f}."
)
assert np.isclose(lie_factor(two_bars([2.0, 3.0], (4, 1))), 2), (
    "Upside down, with the limits (4, 1), the lengths are the same as with (1, 4)."
)
assert np.isclose(lie_factor(two_bars([2.0, 6.0], (0, 4))), 0.5), (
    "The second bar, 6, is cut off at 4, so the eye sees 2 and 4: +100 % instead of +200 %."
)
assert np.isclose(lie_factor(two_bars([2.0, 3.0], (-2, 4))), 1), (
    "On an axis from -2 to 4 the bars still start at zero: nothing is cut off, so the factor is 1."
)
assert np.isclose(lie_factor(two_bars([10.0, 1000.0], (1, 1e4), "log")), 2 / 99), (
    "On a log axis from 1, bars of 10 and 1,000 are one and three decades long: +200 % instead of "
    "+9,900 %. `axis.transData` (or the axis' own transform) tells where a height lands on paper."
)
assert np.isclose(lie_factor(two_bars([2.0, 50.0], (0, 100), "symlog")), 0.0524, atol=1e-4), (
    "A symlog axis is linear near zero and logarithmic beyond. Ask the axis for the place of each "
    "height instead of taking logarithms yourself."
)

# %% probe="lie_factor" rtol=1e-5
[
    lie_factor(two_bars([before, after], limits, scale))
    for limits, scale in [
        ((0, 100), "linear"),
        ((-50, 120), "linear"),
        ((before - 5, 100), "linear"),
        ((65, before / 2), "linear"),
        ((20, before - 1.5), "linear"),
        ((2, 300), "log"),
        ((65, 9), "log"),
        ((0, 200), "symlog"),
        ((5, 60), "symlog"),
    ]
] + [lie_factor(two_bars([after, before / 2], (3, 200), "log"))]

# %% [markdown]
# ## Question 4 · small multiples (3 points)
#
# Write `small_multiples(table, columns)`, which returns a `matplotlib.figure.Figure`. `table` is a
# DataFrame with the columns `group` (text), `x` and `y` (numbers). The figure's grid has `columns`
# columns and as many rows as needed, one panel per group, row by row in order of the groups' mean
# `y`, largest first.
#
# - Each panel draws with `axis.plot`, as markers without a line, so that `axis.lines` holds two
#   artists: first all rows of `table`, then the group's rows, in a darker colour.
# - Its title is the group's name and number of rows, like `Bern (n = 12)`.
# - All panels have the same limits, and every row lies within them.
# - Panels of the grid that no group needs are not visible.
# - Tick labels of x appear on the lowest *used* panel of every column, and on no other. Tick labels
#   of y appear in the first column only.


# %% question="small_multiples" points=3
### BEGIN SOLUTION
def small_multiples(table, columns):
    names = table.groupby("group")["y"].mean().sort_values(ascending=False).index
    rows = -(-len(names) // columns)
    figure = Figure(layout="constrained")
    axes = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).flatten()
    for position, name in enumerate(names):
        group = table[table["group"] == name]
        axes[position].plot(table["x"], table["y"], ".", color="lightgrey")
        axes[position].plot(group["x"], group["y"], ".", color="tab:blue")
        axes[position].set_title(f"{name} (n = {len(group)})")
        axes[position].tick_params(labelbottom=position + columns >= len(names))
    for axis in axes[len(names) :]:
        axis.set_visible(False)
    return figure


### END SOLUTION

# %% check="small_multiples"
_figure = small_multiples(readings, 3)
assert isinstance(_figure, Figure), f"Return a matplotlib Figure, not a {type(_figure).__name__}."
FigureCanvasAgg(_figure).draw()
_used = [_axis for _axis in _figure.axes if _axis.get_visible() and _axis.axison]
_n = readings["group"].nunique()
assert len(_used) == _n, f"{_n} groups should give {_n} visible panels; there are {len(_used)}."
assert all(len(_axis.lines) == 2 for _axis in _used), "Every panel should hold two artists of plot."
assert all(len(_axis.lines[0].get_xdata()) == len(readings) for _axis in _used), (
    "The first artist of each panel should draw all rows of the table."
)
for _axis in _used:
    assert len(_axis.lines[1].get_xdata()) < len(readings), "The second draws one group only."
    _title = "".join(_axis.get_title(_side) for _side in ("left", "center", "right"))
    assert any(str(_name) in _title for _name in clinics), f"The title {_title!r} names no group."
    assert _title.endswith(f" (n = {len(_axis.lines[1].get_xdata())})"), (
        f"The title {_title!r} should end with the group's number of rows, like ' (n = 12)'."
    )
    assert all(_line.get_linestyle() in ("None", "", " ") for _line in _axis.lines), (
        "Rows have no order here: draw markers without a line between them."
    )
    for _column, _limits in (("x", _axis.get_xlim()), ("y", _axis.get_ylim())):
        assert readings[_column].between(min(_limits), max(_limits)).all(), (
            f"Some rows lie outside the limits of {_column}."
        )
_heights = [np.mean(_axis.lines[1].get_ydata()) for _axis in _used]
assert all(_a >= _b for _a, _b in zip(_heights, _heights[1:], strict=False)), (
    "From panel to panel the group's mean y should fall."
)
assert len({_axis.get_xlim() + _axis.get_ylim() for _axis in _used}) == 1, (
    "The panels have different limits: nothing can be compared. What can `subplots` share?"
)
_labelled = [any(_t.get_visible() and _t.get_text() for _t in _a.get_xticklabels()) for _a in _used]
assert _labelled == [False] * 4 + [True] * 3, (
    "Seven panels in three columns: the fifth, sixth and seventh are the lowest used ones of their "
    f"columns and need tick labels of x. Yours have them: {_labelled}."
)
_labelled = [any(_t.get_visible() and _t.get_text() for _t in _a.get_yticklabels()) for _a in _used]
assert _labelled == [True, False, False] * 2 + [True], (
    f"Tick labels of y belong in the first column only. Yours have them: {_labelled}."
)


# %% probe="small_multiples" rtol=1e-6
def darkness(line):
    colour = (
        line.get_color() if line.get_markerfacecolor() == "auto" else line.get_markerfacecolor()
    )
    red, green, blue, alpha = matplotlib.colors.to_rgba(colour, line.get_alpha())
    return alpha * (1 - (0.2126 * red + 0.7152 * green + 0.0722 * blue))


def has_labels(labels):
    return any(label.get_visible() and label.get_text() != "" for label in labels)


def title_of(axis):
    return next(filter(None, map(axis.get_title, ("center", "left", "right"))), "")


def points_of(line):
    return np.array(sorted(zip(line.get_xdata(), line.get_ydata(), strict=True)), dtype=float)


def grid_of(figure):
    FigureCanvasAgg(figure).draw()
    found = {}
    for axis in figure.axes:
        if not (axis.get_visible() and axis.axison):
            continue
        spec = axis.get_subplotspec()
        everything = points_of(axis.lines[0])
        (left, right), (bottom, top) = sorted(axis.get_xlim()), sorted(axis.get_ylim())
        found[spec.rowspan.start, spec.colspan.start] = {
            "grid": list(spec.get_gridspec().get_geometry()),
            "title": title_of(axis),
            "all": everything,
            "group": points_of(axis.lines[1]),
            "artists": len(axis.lines),
            "markers only": all(line.get_linestyle() in ("None", "", " ") for line in axis.lines)
            and all(line.get_marker() not in ("None", "", " ", None) for line in axis.lines),
            "darker": bool(darkness(axis.lines[1]) > darkness(axis.lines[0])),
            "within": bool(
                np.all(everything >= [left, bottom]) and np.all(everything <= [right, top])
            ),
            "limits": [*axis.get_xlim(), *axis.get_ylim()]
            == [*figure.axes[0].get_xlim(), *figure.axes[0].get_ylim()],
            "x labels": has_labels(axis.get_xticklabels()),
            "y labels": has_labels(axis.get_yticklabels()),
        }
    return [[list(place), found[place]] for place in sorted(found)]


[
    grid_of(small_multiples(readings, 3)),
    grid_of(small_multiples(readings, 2)),
    grid_of(small_multiples(readings[readings["group"].isin(clinics[:4])], 2)),
    grid_of(
        small_multiples(readings[readings["group"].isin(clinics[:5])].assign(y=-readings["y"]), 4)
    ),
    grid_of(small_multiples(readings[readings["group"] == clinics[0]], 1)),
]

# %% [markdown]
# ## Question 5 · bars that say how sure (3 points)
#
# Write `interval_bars(table, lowest)`, which returns a `Figure` with one panel. `table` is a
# DataFrame with the columns `group` (text) and `value` (numbers, may be negative; `NaN` where
# missing); `lowest` is at least 2. The panel holds one horizontal bar per group, from zero to the mean of its known values.
#
# - Every bar has a 95 % interval, drawn as an error bar (`xerr`): 1.96 standard errors of the mean to
#   either side, where the standard error is sd / √n with pandas' `std`.
# - Groups with fewer than `lowest` known values are pooled: all their values together form one group
#   named `other`. It has at least two values; if no group is that small there is none.
# - The largest mean is on top, `other`, if there is one, at the bottom, whatever its mean.
# - Each bar's tick label is the group's name and number of known values, like `Bern (n = 12)`.
# - The x axis shows zero and every interval completely.


# %% question="interval_bars" points=3
### BEGIN SOLUTION
def interval_bars(table, lowest):
    table = table.dropna()
    sizes = table.groupby("group")["value"].transform("size")
    names = table["group"].where(sizes >= lowest, "other")
    bars = table.groupby(names)["value"].agg(["mean", "sem", "size"]).sort_values("mean")
    bars = bars.loc[
        sorted(bars.index, key=lambda name: name != "other")
    ]  # barh begins at the bottom
    labels = [f"{name} (n = {size})" for name, size in bars["size"].items()]
    figure = Figure(layout="constrained")
    figure.subplots().barh(labels, bars["mean"], xerr=1.96 * bars["sem"])
    return figure


### END SOLUTION

# %% check="interval_bars"
_figure = interval_bars(changes, 8)
assert isinstance(_figure, Figure), f"Return a matplotlib Figure, not a {type(_figure).__name__}."
assert len(_figure.axes) == 1, f"The figure should have one panel, not {len(_figure.axes)}."
_small = pd.DataFrame(
    {
        "group": list("aaaabbbbccddd"),
        "value": [1.0, 3, 1, 3, 7, 9, 7, 9, 30, -10, 10, np.nan, np.nan],
    }
)
(_axis,) = interval_bars(_small, 3).axes
FigureCanvasAgg(_axis.figure).draw()
assert len(_axis.patches) == 3, (
    "Groups of 4, 4, 2 and 1 known values, fewer than 3 are pooled: three bars, a, b and other, not "
    f"{len(_axis.patches)}."
)
_ends = sorted(_bar.get_x() + _bar.get_width() for _bar in _axis.patches)
assert np.allclose(_ends, [2, 8, 10]), (
    "The bars should end at the means: 2, 8 and, of the pooled values 30, -10 and 10, 10. Yours "
    f"end at {_ends}."
)
_by_height = sorted(
    _axis.patches, key=lambda _bar: -_axis.transData.transform((0, _bar.get_y()))[1]
)
assert np.allclose([_bar.get_x() + _bar.get_width() for _bar in _by_height], [8, 2, 10]), (
    "From top to bottom the means should be 8 (b), 2 (a) and 10 (other, last whatever its mean)."
)
_texts = [_label.get_text() for _label in _axis.get_yticklabels()]
assert "other (n = 3)" in _texts, f"One label should read 'other (n = 3)'; yours are {_texts}."
_segments = [_s for _c in _axis.collections for _s in getattr(_c, "get_segments", list)()]
assert len(_segments) == 3, f"Three bars need three error bars; there are {len(_segments)}."
assert np.allclose(
    sorted(np.ptp(_s[:, 0]) for _s in _segments)[:2], 2 * 1.96 * 1.1547 / 2, rtol=1e-3
), (
    "The values 1, 3, 1, 3 have an sd of 1.155, so a standard error of 0.577: the interval reaches "
    "1.13 to either side of the mean."
)
_left, _right = sorted(_axis.get_xlim())
assert _left <= min(_s[:, 0].min() for _s in _segments), "An interval is cut off on the left."
assert _right >= max(_s[:, 0].max() for _s in _segments), "An interval is cut off on the right."


# %% probe="interval_bars" rtol=1e-6
def bars_of(figure):
    FigureCanvasAgg(figure).draw()
    (axis,) = figure.axes
    left, right = sorted(axis.get_xlim())
    segments = [
        segment
        for collection in axis.collections
        if isinstance(collection, LineCollection)
        for segment in collection.get_segments()
    ]
    ticks = dict(zip(np.round(axis.get_yticks(), 6), axis.get_yticklabels(), strict=True))
    found = []
    for bar in axis.patches:
        middle = bar.get_y() + bar.get_height() / 2
        own = [s for s in segments if np.allclose(s[:, 1], middle) and np.ptp(s[:, 0]) > 0]
        found.append(
            {
                "place": float(axis.transData.transform((0, middle))[1]),
                "bar": [float(bar.get_x()), float(bar.get_x() + bar.get_width())],
                "intervals": [np.sort(segment[:, 0]) for segment in own],
                "label": ticks[np.round(middle, 6)].get_text(),
                "complete": bool(
                    left <= 0 <= right
                    and all(left <= s[:, 0].min() and s[:, 0].max() <= right for s in own)
                ),
            }
        )
    found.sort(key=lambda bar: -bar.pop("place"))
    return found


[
    bars_of(interval_bars(changes, 8)),
    bars_of(interval_bars(changes, 2)),
    bars_of(interval_bars(changes.assign(value=-changes["value"]), 12)),
    bars_of(interval_bars(changes.assign(value=changes["value"] + 200), 10)),
    bars_of(interval_bars(changes[changes["group"].isin(clinics[:3])], 2)),
    [
        bars_of(interval_bars(changes, int(size)))
        for size in changes.dropna().groupby("group").size().sort_values().iloc[[3, 4]]
    ],
]

# %% [markdown]
# ## Question 6 · numbers on a heat map (2 points)
#
# A heat map of `matrix` uses a diverging colour map whose middle must be zero: it runs from $-m$ to
# $m$, where $m > 0$ is the largest absolute value among the known entries. Each cell shows its
# number, in black or in white, whichever contrasts more with the cell's colour. Write
# `label_colours(matrix, colour_map)`, which returns the tuple `(texts, contrasts)` of two arrays of
# the shape of `matrix`: the text's colour, `"black"` or `"white"`, and its contrast. `matrix` has two
# dimensions; where it is `NaN`, the text's colour is `""` and the contrast `NaN`.
#
# `colour_map(z)` turns an array of $z$ from 0 (lowest) to 1 (highest) into an array with one more
# dimension: red, green, blue and opacity, from 0 to 1. The *relative luminance* of a colour is
# $L = 0.2126\,r + 0.7152\,g + 0.0722\,b$, where $r$ is the red share $c$ made linear: $c / 12.92$ if
# $c \le 0.04045$, and $((c + 0.055) / 1.055)^{2.4}$ otherwise; likewise $g$ and $b$, from green and
# blue. The *contrast* of two colours is $(L_1 + 0.05) / (L_2 + 0.05)$, with the larger luminance
# above: 21 for black on white, and at least 1.


# %% question="label_colours" points=2
### BEGIN SOLUTION
def label_colours(matrix, colour_map):
    largest = np.nanmax(np.abs(matrix))
    rgb = colour_map((matrix / largest + 1) / 2)[..., :3]
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    luminance = linear @ [0.2126, 0.7152, 0.0722]
    on_black, on_white = (luminance + 0.05) / 0.05, 1.05 / (luminance + 0.05)
    texts = np.where(on_black > on_white, "black", "white")
    known = ~np.isnan(matrix)
    contrasts = np.where(known, np.maximum(on_black, on_white), np.nan)
    return np.where(known, texts, ""), contrasts


### END SOLUTION

# %% check="label_colours"
_texts, _contrasts = label_colours(np.array([[-2.0, 0.0], [2.0, np.nan]]), red_blue)
assert np.shape(_texts) == (2, 2), f"expected shape (2, 2), got {np.shape(_texts)}"
assert np.shape(_contrasts) == (2, 2), f"expected shape (2, 2), got {np.shape(_contrasts)}"
assert _texts[0][1] == "black", "Zero lies in the middle of the map, nearly white: write in black."
assert _texts[0][0] == _texts[1][0] == "white", "Both ends of this map are dark: write in white."
assert _texts[1][1] == "", "Where a number is missing there is no text."
assert np.isnan(_contrasts[1][1]), "Where a number is missing, its contrast is NaN."
_texts, _contrasts = label_colours(np.array([[0.0, 1.0]]), matplotlib.colormaps["Greys_r"])
assert np.isclose(_contrasts[0][1], 21), (
    "With the map Greys_r the largest value is a white cell. Black on it has a contrast of 21, not "
    f"{_contrasts[0][1]:.2f}."
)
assert 6 < _contrasts[0][0] < 8, (
    "The middle of Greys_r is a grey with a share of about 0.59 red, green and blue, a luminance of "
    f"0.31. Black on it has a contrast of about 7; yours is {_contrasts[0][0]:.2f}."
)
assert _texts[0][0] == "black", (
    "On that grey, black has a contrast of about 7 and white of about 3: write in black."
)
_contrasts = label_colours(np.array([[-4.0, 1.0]]), matplotlib.colormaps["Greys_r"])[1]
assert _contrasts[0][1] < 20, (
    "The map runs from -4 to 4, as 4 is the largest absolute value. There 1 is grey, not white."
)
for _colour, _expected in (((0, 1, 0), 15.30), ((0, 0, 1), 8.59), ((0.04, 0.04, 0.04), 19.78)):
    _contrast = label_colours(
        np.array([[1.0]]), lambda z: np.full((*np.shape(z), 4), (*_colour, 1))
    )
    assert np.isclose(_contrast[1][0][0], _expected, atol=0.01), (
        f"On a cell with the red, green and blue shares {_colour} the better text has a contrast of "
        f"{_expected}, not {_contrast[1][0][0]:.2f}. Are all steps of the luminance there?"
    )
_known = label_colours(matrix, red_blue)[1][~np.isnan(matrix)]
assert np.all(_known >= 4.58), "One of black and white always has a contrast of at least 4.58."

# %% probe="label_colours" rtol=1e-6
known = np.nan_to_num(matrix, nan=0.1)
[
    [np.asarray(texts).astype(str).tolist(), np.asarray(contrasts, dtype=float)]
    for texts, contrasts in (
        label_colours(matrix, red_blue),
        label_colours(matrix, drawn_map),
        label_colours(np.abs(known), drawn_map),
        label_colours(-np.abs(known)[:2], matplotlib.colormaps["PuOr"]),
        label_colours(np.array([[-1.0, 3.0, np.nan]]), matplotlib.colormaps["viridis"]),
        label_colours(np.linspace(-1, 1, 200).reshape(10, 20), drawn_map),
        label_colours(np.linspace(-1, 1, 200).reshape(20, 10), matplotlib.colormaps["Greys"]),
    )
]
