# ---
# title: "Exercise: framing and baselines"
# minutes: 60
# ---

# %% [markdown]
# # Exercise: framing and baselines
#
# A target, a feature, three baselines, a hunt for doubles, and a choice that spends the test rows
# once. No question needs the answer of another. Your data are drawn for you: change `seed` to
# practise again on others. Every function must work on any input that its question describes, not
# only on the data below, and must leave its arguments unchanged.

# %% tags=["parameters"]
seed = 1  # which data you get

# %%
import numpy as np
import pandas as pd
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.datasets import load_wine
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

rng = np.random.default_rng(seed)

# question 1: one row per customer and month (0 to 23), and the month in which some of them left
joined, left = rng.integers(0, 9, size=24), rng.integers(9, 36, size=24)
snapshots = pd.DataFrame(
    [
        (f"c{customer}", month)
        for customer in range(24)
        for month in range(joined[customer], min(left[customer], 24))
    ],
    columns=["customer", "month"],
).sample(frac=1, random_state=rng.integers(2**31))
departures = {f"c{customer}": int(left[customer]) for customer in range(24) if left[customer] < 24}

# question 2: payments with their corrections, and days on which customers are scored
happened = rng.integers(0, 60, size=160)
first = pd.DataFrame(
    {
        "number": rng.permutation(160) + 500,
        "customer": rng.integers(0, 20, size=160),
        "happened": happened,
        "recorded": happened + rng.integers(0, 6, size=160),
        "amount": rng.integers(5, 90, size=160),
    }
)
second = first.sample(60, random_state=rng.integers(2**31))
second = second.assign(
    recorded=second["recorded"] + rng.integers(1, 20, size=60),
    amount=rng.permutation(np.append(np.zeros(15, dtype=int), rng.integers(5, 90, size=45))),
)
payments = pd.concat([first, second]).sample(frac=1, random_state=rng.integers(2**31))
scored = pd.DataFrame(
    {"customer": rng.integers(0, 23, size=80), "day": rng.integers(10, 75, size=80)},
    index=rng.permutation(80) + 7,
)

# question 3: sales of seven shops (day 0 is a Monday), and a model's answers for the last days
sales = pd.DataFrame(
    [(f"shop {shop}", day) for shop in range(7) for day in range(49)], columns=["shop", "day"]
)
usual = rng.uniform(60, 300, size=7)[sales.index // 49]
week = rng.uniform(0.6, 1.5, size=7)[sales["day"] % 7]
drift = 1 + 0.01 * rng.uniform(-1, 1, size=7)[sales.index // 49] * sales["day"]
sales["sales"] = (usual * week * drift * rng.uniform(0.85, 1.15, size=len(sales))).round()
answers = usual * week * rng.uniform(0.8, 1.2, size=len(sales))
there = (sales["day"] >= 35) | (rng.random(len(sales)) < 0.8)
there &= (sales["day"] >= 35) | ~sales["shop"].isin(["shop 5", "shop 6"])
there |= (sales["shop"] == "shop 5") & sales["day"].isin(rng.choice(35, 3, replace=False))
order = rng.permutation(np.flatnonzero(there))
sales, answers = sales.iloc[order], answers[order]
is_late = (sales["day"] >= 35).to_numpy()

# question 4: accounts and what they were opened with; some of it is missing
people = rng.permutation(np.repeat(np.arange(22), 3))
accounts = pd.DataFrame(
    {
        column: [f"{column}{2 * person + rng.integers(2)}" for person in people]
        for column in ("mail", "phone", "card")
    }
)
accounts = accounts.mask(rng.random(accounts.shape) < 0.4)
accounts.index = rng.permutation(len(accounts))

# question 5: wines of three growers, and what it costs to take one for another
wine = load_wine()
columns = rng.permutation(13)[:3]
bottles = rng.permutation(178)
X, y = wine.data[bottles][:, columns], np.array(["Ada", "Bo", "Cy"])[wine.target[bottles]]
prices = rng.integers(1, 12, size=(3, 3)) * (1 - np.eye(3))
train, valid, test = ((X[rows], y[rows]) for rows in np.split(np.arange(178), [80, 130]))
watched = []  # what a Watched model was asked to do: name, method, number of rows


def wine_cost(truth, answer):
    growers = ["Ada", "Bo", "Cy"]
    pairs = zip(truth, answer, strict=True)
    return float(np.mean([prices[growers.index(t), growers.index(a)] for t, a in pairs]))


class Watched(ClassifierMixin, BaseEstimator):
    """Nearest neighbours that note in `watched` what they are asked to do."""

    def __init__(self, name, n_neighbors=5):
        self.name, self.n_neighbors = name, n_neighbors

    def fit(self, X, y):
        watched.append((self.name, "fit", len(X)))
        self.model_ = make_pipeline(StandardScaler(), KNeighborsClassifier(self.n_neighbors))
        self.model_.fit(X, y)
        self.classes_ = self.model_.classes_
        return self

    def predict(self, X):
        watched.append((self.name, "predict", len(X)))
        return self.model_.predict(X)


# %% [markdown]
# ## Question 1 · a target with a gap (3 points)
#
# At the end of each month we predict who leaves. A letter needs `gap` months to take effect, so
# those who leave earlier cannot be helped. The target of a row of month $t$ is whether the customer
# leaves in one of the `horizon` months $t + \text{gap} + 1, \dots, t + \text{gap} +
# \text{horizon}$.
#
# Write `label(rows, departures, last_month, gap, horizon)`, which returns an array of floats, one
# for each of `rows`, in their order:
#
# - `nan`, if the last month of the horizon comes after `last_month`, the last month that was
#   observed completely. That holds even for customers already seen leaving; otherwise, of the
#   newest rows, only the positive ones would be left.
# - `nan`, if the customer leaves in month $t + \text{gap}$ or before.
# - Otherwise 1.0, if the customer leaves within the horizon, and 0.0, if not.
#
# `rows` is a table with the columns `customer` and `month` and any index. `departures` maps a
# customer to the month in which he or she left; others are not in it. `gap` is 0 or more, `horizon`
# 1 or more.


# %% question="label" points=3
### BEGIN SOLUTION
def label(rows, departures, last_month, gap, horizon):
    leaves = rows["customer"].map(departures).to_numpy(dtype=float)
    begin = rows["month"].to_numpy() + gap
    target = (leaves <= begin + horizon).astype(float)
    target[(leaves <= begin) | (begin + horizon > last_month)] = np.nan
    return target


### END SOLUTION

# %% check="label"
_rows = pd.DataFrame({"customer": ["a"] * 8 + ["b"], "month": [*range(8), 5]}, index=[3] * 9)
_target = np.asarray(label(_rows, {"a": 8}, 12, 1, 2))
assert _target.shape == (9,), f"expected shape (9,), got {_target.shape}"
assert list(_target[:5]) == [0, 0, 0, 0, 0], (
    "Customer a leaves in month 8. With a gap of 1 and a horizon of 2, the row of month 4 looks at "
    f"months 6 and 7, and earlier rows at earlier months: five times 0, not {_target[:5]}."
)
assert list(_target[5:7]) == [1, 1], (
    f"The rows of months 5 and 6 look at months 7, 8 and 8, 9: both 1, not {_target[5:7]}."
)
assert np.isnan(_target[7]), "From month 7, leaving in month 8 falls into the gap: nan."
assert _target[8] == 0, "b never leaves, and months 7 and 8 were observed: 0."
_short = np.asarray(label(_rows, {"a": 8}, 8, 1, 2))
assert np.isnan(_short[6]), (
    "If month 8 is the last one observed, the horizon of the row of month 6 (8 and 9) is not over: nan, "
    "although a was seen leaving."
)
assert _short[5] == 1, "Months 7 and 8 are over when month 8 is the last one observed."
_ours = np.asarray(label(snapshots, departures, 23, 0, 24))
assert np.isnan(_ours).all(), "24 months ahead of any month are not over by month 23."
assert list(_rows) == ["customer", "month"], "`rows` has other columns now. Work on a copy."

# %% probe="label" rtol=1e-9
asked = snapshots[["customer", "month"]].copy()
kept = asked.copy()
targets = [
    label(asked, departures, last_month, gap, horizon)
    for last_month, gap, horizon in [(23, 0, 1), (23, 1, 3), (23, 2, 6), (19, 3, 2), (15, 0, 5)]
]
[*targets, label(snapshots[:40], {}, 23, 1, 4), asked.equals(kept)]

# %% [markdown]
# ## Question 2 · what was known that morning (3 points)
#
# A payment happens on one day and is recorded on the same or a later day. Some are corrected: then
# `payments` has another line with the same `number`, recorded later, whose amount replaces the one
# before (0 cancels the payment).
#
# Write `known_spend(rows, payments, window)`. For each of `rows`, with the columns `customer` and
# `day`, it returns the sum of the customer's payments *as known on the morning of that day*, an
# array of numbers in the order of `rows`:
#
# - Only lines recorded *before* `day` are known. Of each payment the line recorded last among these
#   counts.
# - Only payments that happened within the `window` days before `day` count, from `day - window` to
#   `day - 1`.
# - Without such payments the sum is 0.
#
# `payments` has the columns `number`, `customer`, `happened`, `recorded` and `amount`; days are
# integers. The lines of a payment agree in all columns but `recorded` and `amount`, and are
# recorded on different days. Both tables can have any index and any order.


# %% question="known_spend" points=3
### BEGIN SOLUTION
def known_spend(rows, payments, window):
    totals = []
    for row in rows.itertuples():
        mine = payments[(payments["customer"] == row.customer) & (payments["recorded"] < row.day)]
        latest = mine.sort_values("recorded").drop_duplicates("number", keep="last")
        recent = latest["happened"] >= row.day - window  # what is recorded has happened
        totals.append(latest.loc[recent, "amount"].sum())
    return np.array(totals)


### END SOLUTION

# %% check="known_spend"
_paid = pd.DataFrame(
    {
        "number": [1, 1, 2, 3],
        "customer": ["a", "a", "a", "b"],
        "happened": [10, 10, 12, 12],
        "recorded": [15, 11, 12, 13],
        "amount": [7, 50, 200, 4000],
    },
    index=[0, 0, 0, 0],
)


def _known(customer, day, window=5):
    return known_spend(pd.DataFrame({"customer": [customer], "day": [day]}), _paid, window)[0]


assert _known("a", 12) == 50, (
    "On the morning of day 12, payment 1 is known with 50: its correction comes on day 15."
)
assert _known("a", 11) == 0, "What is recorded on day 11 is not known on the morning of day 11."
assert _known("a", 13) == 250, "On day 13 payments 1 (50) and 2 (200) are known."
assert _known("a", 15) == 250, "The line recorded on day 15 is not known on that morning."
assert _known("a", 16, 6) == 207, (
    "On day 16 payment 1 is known to be 7, not 50. Which line counts, and does the order of lines matter?"
)
_day_16 = pd.DataFrame({"customer": ["a"], "day": [16]})
assert known_spend(_day_16, _paid[::-1], 6)[0] == 207, (
    "The same lines in another order should give the same sum, 207. What makes a line the latest?"
)
assert _known("a", 16, 5) == 200, "A window of 5 days before day 16 begins on day 11."
assert _known("a", 17, 5) == 200, "A window of 5 days before day 17 begins on day 12, included."
assert (_known("b", 14), _known("c", 14)) == (4000, 0), "Customers have only their own payments."
_sums = known_spend(scored, payments, 30)
assert np.shape(_sums) == (80,), f"expected shape (80,), got {np.shape(_sums)}"
_later = known_spend(scored, payments[payments["recorded"] < scored["day"].min()], 30)
assert np.all(
    _later[scored["day"] == scored["day"].min()] == _sums[scored["day"] == scored["day"].min()]
), "Lines recorded on the day of a row or later should not change its sum."
assert (list(_paid["recorded"]), len(_paid.columns)) == ([15, 11, 12, 13], 5), (
    "The table of payments looks different after your function. Work on a copy."
)

# %% probe="known_spend" rtol=1e-9
asked, lines = scored[["customer", "day"]][::-1].copy(), payments.iloc[::-1, :5].copy()
kept = asked.copy(), lines.copy()
[
    known_spend(asked, lines, 30),
    known_spend(scored, payments, 7),
    known_spend(scored[::-1], payments.sort_values("amount"), 14),
    known_spend(scored[:30].assign(day=100), payments.sort_values("number"), 80),
    known_spend(scored.assign(day=scored["day"] // 2), payments, 3),
    [asked.equals(kept[0]), lines.equals(kept[1])],
]

# %% [markdown]
# ## Question 3 · three free answers (3 points)
#
# Write `skill(train, test, answers)`. `train` and `test` are tables with the columns `shop`, `day`
# and `sales` in any order of rows and with any index; all days of `test` come after those of
# `train`, and a shop has at most one row per day. `answers` is an array of a model's answers for
# the rows of `test`. The function returns a dictionary with three floats, the model's skill
#
# $$ 1 - \frac{\text{mean absolute error of the model on } \texttt{test}}{\text{mean absolute error of the
# baseline on } \texttt{test}} $$
#
# against these baselines:
#
# - `"median"`: for every row the median of all sales in `train`,
# - `"last"`: the sales of the same shop on its latest day in `train`; for a shop that is not in
#   `train`, the answer of `"median"`,
# - `"week"`: the sales of the same shop on its latest day in `train` that falls on the same day of
#   the week (the same remainder of `day` divided by 7); if it has no such day, the answer of
#   `"last"`.
#
# No baseline is without error.


# %% question="skill" points=3
### BEGIN SOLUTION
def skill(train, test, answers):
    def latest(keys):
        table = train.sort_values("day").assign(weekday=train["day"] % 7)
        table = table.drop_duplicates(keys, keep="last")[[*keys, "sales"]]
        wanted = test[["shop"]].assign(weekday=test["day"] % 7)
        return wanted.merge(table, on=keys, how="left")["sales"].to_numpy()

    truth = test["sales"].to_numpy()
    median = np.full(len(test), train["sales"].median())
    last = latest(["shop"])
    last = np.where(np.isnan(last), median, last)
    week = latest(["shop", "weekday"])
    week = np.where(np.isnan(week), last, week)
    error = np.abs(answers - truth).mean()
    baselines = {"median": median, "last": last, "week": week}
    return {name: float(1 - error / np.abs(b - truth).mean()) for name, b in baselines.items()}


### END SOLUTION

# %% check="skill"
_train = pd.DataFrame({"shop": list("aaab"), "day": [9, 8, 3, 8], "sales": [10.0, 20, 50, 90]})
_test = pd.DataFrame({"shop": ["a"], "day": [15], "sales": [40.0]}, index=[5])


def _skill(answer, **changes):
    return skill(_train, _test.assign(**changes), np.array([answer]))


assert set(_skill(39.0)) == {"median", "last", "week"}, "The dictionary needs these three names."
assert all(np.isclose(value, 1) for value in _skill(44.0, sales=44.0).values()), (
    "A perfect model has skill 1."
)
assert np.isclose(_skill(39.0)["last"], 1 - 1 / 30), (
    "Shop a's latest training day is 9, with 10 sold: an error of 30 against the truth 40."
)
assert np.isclose(_skill(39.0)["week"], 1 - 1 / 20), (
    "Day 15 falls on the day of the week of day 8, on which shop a sold 20."
)
assert np.isclose(_skill(41.0, sales=45.5)["median"], 1 - 4.5 / 10.5), (
    "The median of 10, 20, 50 and 90 is 35, an error of 10.5 against 45.5; the model is off by 4.5."
)
assert np.isclose(_skill(35.0, day=16)["week"], 1 - 5 / 30), "Day 16 has the weekday of day 9."
assert np.isclose(_skill(35.0, day=14)["week"], 1 - 5 / 30), (
    "No training day of shop a has the weekday of day 14: use its last sales, 10."
)
assert np.isclose(_skill(39.0, day=22)["week"], 1 - 1 / 20), (
    "Day 22 has the weekday of days 15 and 8. Day 15 is not in train, so day 8 is the latest one."
)
_new = _skill(40.0, shop="z", sales=45.0)
assert np.allclose([_new["last"], _new["week"]], 0.5), (
    "A shop without training rows gets the median, 35, from both: error 10; the model is off by 5."
)
assert _skill(0.0)["week"] < 0, "A model worse than its baseline has a negative skill."
_two = pd.DataFrame({"shop": ["b", "a"], "day": [16, 15], "sales": [80.0, 40.0]})
assert np.isclose(skill(_train, _two, np.array([79.0, 41.0]))["median"], 1 - 1 / 25), (
    "The answers 79 and 41 belong to the sales 80 and 40, so the model is off by 1 on average; the median "
    "35 is off by 45 and 5, so by 25 on average. Skill compares the two averages."
)
assert list(_train) == list(_two) == ["shop", "day", "sales"], (
    "Your function changed the columns of its arguments. Work on a copy."
)

# %% probe="skill" rtol=1e-6 atol=1e-9
early, late = (sales.loc[rows, ["shop", "day", "sales"]] for rows in (~is_late, is_late))
kept = early.copy(), late.copy()
[
    skill(early, late, answers[is_late]),
    skill(
        sales[~is_late], late[late["shop"] == "shop 5"], answers[is_late][late["shop"] == "shop 5"]
    ),
    skill(sales[~is_late], late[late["day"] < 39], 1.2 * answers[is_late][late["day"] < 39]),
    skill(sales[sales["day"] < 9], sales[sales["day"] >= 9], answers[sales["day"] >= 9] - 20),
    skill(sales[~is_late & (sales["shop"] != "shop 2")], late, answers[is_late].round()),
    [early.equals(kept[0]), late.equals(kept[1])],
]

# %% [markdown]
# ## Question 4 · one person, several accounts (3 points)
#
# Splitting by account is not enough: somebody may have several. Two accounts belong to the same
# person if they share the value of some column. This goes on in chains: if A and B share a phone,
# and B and C a card, all three belong to one person.
#
# Write `persons(accounts)`, which returns an array of integers, one for each row of the table
# `accounts`: equal for accounts of the same person, and different for accounts of different
# persons. Persons are numbered 0, 1, 2, … in the order of their first account.
#
# - Every column, whatever its name, holds text. Missing values (`None` or `NaN`) connect nothing.
# - Equal text in *different* columns connects nothing.
# - The table has any index, at least one row and at least one column.
#
# (Accounts and values are the nodes of a graph; `connected_components` of SciPy, imported above,
# finds what is connected. Other ways are as good.)


# %% question="persons" points=3
### BEGIN SOLUTION
def persons(accounts):
    n, row, node, nodes = len(accounts), [], [], len(accounts)
    for column in accounts:
        codes, values = pd.factorize(accounts[column])  # missing becomes -1
        known = np.flatnonzero(codes >= 0)
        row.extend(known)
        node.extend(nodes + codes[known])
        nodes += len(values)
    graph = coo_matrix((np.ones(len(row)), (row, node)), shape=(nodes, nodes))
    return pd.factorize(connected_components(graph, directed=False)[1][:n])[0]


### END SOLUTION


# %% check="persons"
def _table(*rows):
    return pd.DataFrame(rows, columns=["first", "second"], index=[4] * len(rows), dtype=object)


_found = np.asarray(persons(_table(("x", "1"), ("y", "2"), ("z", "1"))))
assert _found.shape == (3,), f"expected shape (3,), got {_found.shape}"
assert list(_found) == [0, 1, 0], (
    f"Rows 0 and 2 share '1'; persons are numbered by their first account: 0, 1, 0, not {_found}."
)
assert list(persons(_table(("x", None), ("y", None), (None, "1"), (None, "2")))) == [0, 1, 2, 3], (
    "Nothing is shared here except gaps, and gaps connect nothing."
)
assert list(persons(_table(("x", "1"), ("1", "2")))) == [0, 1], (
    "'1' stands in two different columns: that connects nothing."
)
_chain = _table(("a", "1"), ("b", "9"), ("c", "2"), ("d", "2"), ("d", "3"), ("a", "3"))
assert list(persons(_chain)) == [0, 1, 0, 0, 0, 0], (
    "Row 0 and row 5 share 'a', 5 and 4 share '3', 4 and 3 share 'd', 3 and 2 share '2': a chain, so one "
    f"person, and row 1 another. You say {list(persons(_chain))}."
)
assert (list(_chain), set(_chain.index)) == (["first", "second"], {4}), (
    "The table looks different after your function. Work on a copy."
)
_found = np.asarray(persons(accounts))
assert list(pd.unique(_found)) == list(range(_found.max() + 1)), (
    "Going down the table, new persons should get the numbers 0, 1, 2, …"
)
for _column in accounts:
    _shared = pd.Series(_found).groupby(accounts[_column].to_numpy()).nunique()
    assert (_shared == 1).all(), f"Two of your persons share the same {_column}."

# %% probe="persons" exact=true
asked = accounts[["mail", "phone", "card"]].set_index(np.arange(len(accounts)) + 3)
kept = asked.copy()
[
    persons(asked).tolist(),
    persons(accounts[["mail", "card"]][::-1]).tolist(),
    persons(accounts[["phone"]]).tolist(),
    persons(
        accounts.iloc[:40, :2].assign(
            more=accounts["phone"].str[5:], again=accounts["mail"].str[4:], last=accounts["card"]
        )
    ).tolist(),
    persons(accounts.iloc[:25].mask(accounts.notna())).tolist(),
    asked.equals(kept),
]

# %% [markdown]
# ## Question 5 · choose, then spend the test rows once (3 points)
#
# Write `choose(candidates, cost, train, valid, test)`. `candidates` is a dictionary from names to
# classifiers. `cost(truth, answer)` takes two arrays of labels and returns a number, the lower the
# better. `train`, `valid` and `test` are tuples `(X, y)` of arrays.
#
# - Each candidate is trained on `train` and judged by the cost of its predictions for `valid`. The
#   cheapest wins; among equally cheap ones, the first in the dictionary.
# - The winner is trained anew on the rows of `train` followed by those of `valid`. Only this model
#   predicts for the test rows. No other model sees them.
# - The baseline gives the same label to every row: of the labels that occur in `train` or `valid`,
#   the one that is cheapest on all rows of `train` and `valid` together; if several are, the first
#   in sorted order.
# - The estimators in `candidates` stay as they are: train clones.
#
# Return the tuple `(name, validation_cost, test_cost, baseline_cost)`: the winner's name, its cost
# in validation, the cost of the model trained anew on `test`, and that of the baseline on `test`.


# %% question="choose" points=3
### BEGIN SOLUTION
def choose(candidates, cost, train, valid, test):
    costs = {}
    for name, estimator in candidates.items():
        costs[name] = cost(valid[1], clone(estimator).fit(*train).predict(valid[0]))
    name = min(costs, key=costs.get)
    X, y = np.concatenate([train[0], valid[0]]), np.concatenate([train[1], valid[1]])
    final = clone(candidates[name]).fit(X, y)
    constant = min(np.unique(y), key=lambda label: cost(y, np.full(len(y), label)))
    baseline = np.full(len(test[1]), constant)
    return name, costs[name], cost(test[1], final.predict(test[0])), cost(test[1], baseline)


### END SOLUTION

# %% check="choose"
_models = {"bayes": GaussianNB(), "one": Watched("one", 1), "many": Watched("many", 60)}
watched.clear()
_result = choose(_models, wine_cost, train, valid, test)
assert len(_result) == 4, f"expected (name, validation, test, baseline), got {_result}"
assert _result[0] in _models, f"The first entry should be a name of a candidate, not {_result[0]!r}"
assert not any(hasattr(model, "classes_") for model in _models.values()), (
    "The candidates themselves were trained. What does clone do?"
)
_on_test = {name for name, what, rows in watched if what == "predict" and rows == len(test[0])}
assert _on_test <= {_result[0]}, f"Test rows were shown to {_on_test}, but {_result[0]!r} won."
assert all(rows in (80, 130) for _, what, rows in watched if what == "fit"), (
    "Candidates should be trained on the 80 rows of train, the winner then on 130, and nothing on others."
)
_alone = choose({"one": Watched("one", 1)}, wine_cost, train, valid, test)
_one = Watched("one", 1).fit(*train)
assert np.isclose(_alone[1], wine_cost(valid[1], _one.predict(valid[0]))), (
    "With one candidate, the validation cost is that of this candidate, trained on train alone."
)
_tie = {"second": Watched("second", 3), "first": Watched("first", 3)}
watched.clear()
assert choose(_tie, wine_cost, train, valid, test)[0] == "second", (
    "Two candidates that cost the same: the one that stands first in the dictionary wins."
)
assert ("second", "fit", 130) in watched, (
    "The winner should be trained anew on the 80 rows of train and the 50 of valid together."
)
_X, _truth = np.arange(20.0)[:, None], np.array(list("AAAAABAAAAAA" + "AABB" + "AAAA"))
_toy = choose(
    {"bayes": GaussianNB()},
    lambda t, a: float(np.mean((t != a) * np.where(t == "B", 10, 1))),
    *((_X[rows], _truth[rows]) for rows in np.split(np.arange(20), [12, 16])),
)
assert np.isclose(_toy[3], 1), (
    "Here missing a B costs 10, missing an A 1. Train has 11 A and 1 B, valid 2 of each: on both together "
    "'A' for all costs 30 and 'B' for all 13, so the baseline is 'B'. It costs 1 for each test row, as all "
    f"are A. You say {_toy[3]}. Which rows choose the label, and by what?"
)
_mirror = choose(_models, lambda t, a: -wine_cost(t, a), train, valid, test)
assert _mirror[1] <= -_alone[1] + 1e-9, "Lower is better: another candidate is cheaper than yours."

# %% probe="choose" rtol=1e-9 atol=1e-12
models = {
    "many": Watched("many", 45),
    "few": Watched("few", 4),
    "one": Watched("one", 1),
    "bayes": GaussianNB(),
}
twins = {"b": Watched("b", 7), "a": Watched("a", 7), "c": Watched("c", 70)}


def mistakes(truth, answer):
    return float(np.mean(truth != answer))


outcomes = []
for chosen_from, cost, parts in [
    (models, wine_cost, (train, valid, test)),
    (models, wine_cost, (valid, test, train)),
    (models, mistakes, (test, train, valid)),
    (twins, mistakes, (train, valid, test)),
    (twins, wine_cost, (train, test, (valid[0], np.roll(valid[1], 5)))),
    (models, lambda t, a: -wine_cost(t, a), (train, valid, test)),
]:
    watched.clear()
    name, *costs = choose(chosen_from, cost, *parts)
    fits = sorted({entry for entry in watched if entry[:2] == (name, "fit")})
    on_test = sorted({entry for entry in watched if entry[1:] == ("predict", len(parts[2][0]))})
    outcomes.append([name, [float(c) for c in costs], fits, on_test])
is_cy = y == "Cy"
few, all_cy = (X[~is_cy][:8], y[~is_cy][:8]), (X[is_cy], y[is_cy])
outcomes.append(choose({"b": twins["b"], "one": models["one"]}, mistakes, few, all_cy, test)[3])
for only in ("Ada", "Bo", "Cy"):
    kept = test[1] == only
    outcomes.append(choose(twins, wine_cost, train, valid, (test[0][kept], test[1][kept]))[3])
[outcomes, [hasattr(model, "classes_") for model in (*models.values(), *twins.values())]]
