# ---
# title: "Exercise: pandas"
# minutes: 90
# ---

# %% [markdown]
# # Exercise: pandas
#
# Five jobs between raw tables and a model: what was known when, visits, features from the past, two
# books that disagree, and who comes back. No question needs the answer of another. Change `seed` to
# practise again on other data.
#
# For every question:
#
# - the function works on any tables that its question describes, with rows in any order and with
#   any index, and leaves them as they are;
# - a table that you return has the columns that are named, in that order, and the index 0, 1, 2, …
#
# Whole numbers may be returned as floats. pandas and NumPy are all you need.

# %% tags=["parameters"]
seed = 5  # which data you get

# %%
import numpy as np
import pandas as pd

rng = np.random.default_rng(seed)


def times(n, hours):
    """n times on the hour, in any order, within so many hours from the same Monday on."""
    return pd.Timestamp("2025-11-03") + pd.to_timedelta(rng.integers(0, hours, n), unit="h")


# question 1: price changes of four products, a few of them entered without a price; and orders
products = ["bolt", "hinge", "nut", "screw"]
prices = pd.DataFrame({"product": rng.choice(products, 70), "time": times(70, 300)})
prices["price"] = np.where(rng.random(70) < 0.15, np.nan, rng.integers(10, 100, 70) / 10)
events = pd.DataFrame({"event": rng.permutation(40), "product": rng.choice(products, 40)})
events["time"] = times(40, 320)
events.index = rng.permutation(40)

# question 2: clicks of six users; some were logged twice, some without a user
users = np.array(["ada", "bo", "cy", "di", "eve", None], dtype=object)
clicks = pd.DataFrame({"user": rng.choice(users, 80), "page": rng.choice(["a", "b", "c"], 80)})
clicks["time"] = times(80, 90) + pd.to_timedelta(rng.choice([0, 0, 20], 80), unit="min")
clicks = pd.concat([clicks, clicks[:12]]).sample(frac=1, random_state=seed)

# question 3: orders of five customers, some of them at the same time
orders = pd.DataFrame({"customer": rng.choice(list("ABCDE"), 60), "time": times(60, 1_200)})
orders["amount"] = rng.integers(5, 200, 60)
orders = pd.concat([orders, orders[:10].assign(amount=rng.integers(5, 200, 10))])
orders.index = rng.permutation(70)
orders = orders.sample(frac=1, random_state=seed)

# question 4: two books; the same invoices, typed differently, some missing, some in parts
numbers = rng.choice(np.arange(1, 130), 30, replace=False)
letters = rng.choice(["A", "B"], 30)
ours = pd.DataFrame({"invoice": [f"{a}-{i}" for a, i in zip(letters, numbers, strict=True)]})
ours["cents"] = rng.integers(1_000, 90_000, 30)
theirs = ours.assign(cents=ours["cents"] + rng.choice([0, 0, 0, 1, 2, 3, -2, -40], 30))
theirs["invoice"] = [f" {a.lower()}-{i:04}" for a, i in zip(letters, numbers, strict=True)]
ours, theirs = ours[4:], theirs[:25]
ours = pd.concat([ours, ours[9:12].assign(cents=100), ours[:2].assign(invoice=None)])
theirs = pd.concat([theirs, theirs[14:16].assign(cents=99), theirs[:3].assign(invoice=None)])

# question 5: two years of a shop, a few orders without a customer
visits = pd.DataFrame({"customer": rng.choice([*range(25), None], 90, p=[0.038] * 25 + [0.05])})
visits["time"] = times(90, 24 * 500)
visits.loc[rng.random(90) < 0.3, "time"] += pd.Timedelta(days=200)

# %% [markdown]
# ## Question 1 · the price that was known (3 points)
#
# A model predicts demand at the moment of an order, so it may use only the price that was known by
# then. `prices` has the columns `product`, `time`, `price`, a row for each price change. `events`
# has the columns `event`, `product`, `time`. Write `price_at(events, prices, max_age)`. It returns
# the rows of `events`, in the order of `events`, with a fourth column `price`: the product's last
# price *before* the time of the event.
#
# - A price that is set at the very time of the event was not known yet.
# - A row whose `price` is missing is a slip and counts for nothing: the earlier price still holds.
# - If a product has several prices at one time, the one that stands last in `prices` counts.
# - A price that is older than `max_age`, a `pd.Timedelta`, does not count; one exactly as old does.
# - Where no price is left, `price` is missing (`NaN`).
#
# Both tables have at least one row, and apart from `price` nothing is missing. A product may occur
# in only one of them.


# %% question="price_at" points=3
### BEGIN SOLUTION
def price_at(events, prices, max_age):
    known = prices.dropna(subset="price").sort_values("time", kind="stable")
    ordered = events.assign(row=np.arange(len(events))).sort_values("time")
    strictly_before = {"allow_exact_matches": False, "tolerance": max_age}
    found = pd.merge_asof(ordered, known, on="time", by="product", **strictly_before)
    return found.sort_values("row").drop(columns="row").reset_index(drop=True)


### END SOLUTION

# %% check="price_at"
_day = [pd.Timestamp("2026-01-01") + pd.Timedelta(days=_i) for _i in range(10)]
_prices = pd.DataFrame(
    [
        ["x", 5, 9.0],
        ["x", 2, 4.0],
        ["x", 2, 5.0],
        ["x", 7, np.nan],
        ["y", 2, 7.0],
        ["x", 5, np.nan],
    ],
    columns=["product", "time", "price"],
)
_events = pd.DataFrame(
    [[30, "x", 8], [10, "x", 3], [20, "x", 5], [40, "y", 9], [50, "z", 9], [60, "x", 2]],
    columns=["event", "product", "time"],
    index=[7, 7, 2, 1, 9, 0],
)
for _table in (_prices, _events):
    _table["time"] = [_day[_i] for _i in _table["time"]]
_kept = _prices.copy(), _events.copy()
_got = price_at(_events, _prices, pd.Timedelta(days=6))
assert list(_got.columns) == ["event", "product", "time", "price"], (
    f"expected the columns event, product, time, price, got {list(_got.columns)}"
)
assert _got["event"].tolist() == [30, 10, 20, 40, 50, 60], (
    f"The events should stay as 30, 10, 20, 40, 50, 60, yours are {_got['event'].tolist()}."
)
assert _got.index.tolist() == list(range(6)), "The index should be 0, 1, 2, …"
_price = dict(zip(_got["event"], _got["price"], strict=True))
assert _price[20] != 9, "Event 20 happens at the time of the new price 9, which is not known yet."
assert _price[10] != 4, "On day 2, product x has two rows, 4 and then 5: the last one counts."
assert _price[10] == 5, (
    f"Event 10 on day 3 should have the price 5 of day 2; yours is {_price[10]}."
)
assert _price[20] == 5, f"Event 20 on day 5 should still have the price 5; yours is {_price[20]}."
assert _price[30] == 9, (
    "A missing price, on day 7 and once on day 5, is a slip. Event 30 on day 8 has the price 9 of "
    f"day 5, later than those of day 2; yours is {_price[30]}."
)
assert pd.isna(_price[40]), "The price of y is seven days old at event 40, and max_age is six days."
assert pd.isna(_price[50]), "Product z has no price at all, so event 50 should have NaN."
assert pd.isna(_price[60]), "Before event 60 on day 2, x has no price yet: NaN."
_exact = price_at(_events, _prices, pd.Timedelta(days=3))["price"].tolist()
assert _exact[0] == 9, "With max_age 3 days, a price that is exactly three days old still counts."
_many = pd.DataFrame({"product": "x", "time": _day[:8] * 12, "price": range(96)})
_one = _events[:1].assign(time=_day[7])
_last = price_at(_one, _many, pd.Timedelta(days=9))["price"].iloc[0]
assert _last == 94, (
    "With the prices 0 to 95, set on the days 0, 1 … 7, 0, 1 … 7 in turn, the last one for day 6 is "
    f"94, so it counts at an event on day 7; yours is {_last}. Does your sort keep rows with equal "
    "times in their order?"
)
assert _prices.equals(_kept[0]), "Your function changed `prices`."
assert _events.equals(_kept[1]), "Your function changed `events`."

# %% probe="price_at"
given = events.copy(), prices.copy()
values = [price_at(*given, pd.Timedelta(hours=hours)) for hours in (6, 48, 20_000)]
values.append(price_at(given[0][::-1], given[1][::-1], pd.Timedelta(hours=30)))
few = given[1][given[1]["product"] != "nut"]
few = few.assign(time=few["time"].dt.floor("2D"), price=few["price"] // 4)
values.append(price_at(given[0][:20], few, pd.Timedelta(days=3)))
same_time = (
    given[1].assign(event=range(70))[["event", "product", "time"]].sample(20, random_state=1)
)
values.append(price_at(same_time, given[1], pd.Timedelta(hours=40)))
[*values, given[0].equals(events), given[1].equals(prices)]

# %% [markdown]
# ## Question 2 · from clicks to sessions (3 points)
#
# `clicks` has the columns `user`, `page`, `time`. A *session* is a visit: a click that comes more
# than `gap` (a `pd.Timedelta`) after the same user's previous click starts a new one. Write
# `sessions(clicks, gap)`. It returns a table with a row for each session, sorted by `user`, then by
# `start`, with the columns
#
# - `user`, and `session`: 1 for this user's first session, 2 for the second, and so on,
# - `start`: the time of its first click,
# - `clicks`: how many clicks it has,
# - `pages`: how many different pages,
# - `minutes`: from its first click to its last, with decimals; 0 if it has one.
#
# Clicks without a user are ignored. Rows that are equal in all three columns are one click that was
# logged twice. At least one click has a user; pages and times are never missing.


# %% question="sessions" points=3
### BEGIN SOLUTION
def sessions(clicks, gap):
    log = clicks.dropna(subset="user").drop_duplicates().sort_values(["user", "time"])
    starts = ~(log.groupby("user")["time"].diff() <= gap)  # the first click has no difference
    log = log.assign(session=starts.groupby(log["user"]).cumsum())
    found = log.groupby(["user", "session"], as_index=False).agg(
        start=("time", "min"),
        clicks=("time", "size"),
        pages=("page", "nunique"),
        end=("time", "max"),
    )
    length = found.pop("end") - found["start"]
    return found.assign(minutes=length / pd.Timedelta(minutes=1))


### END SOLUTION

# %% check="sessions"
_minute = pd.Timestamp("2026-01-01 08:00")
_rows = [("bo", "a", 0), ("al", "a", 10.5), ("al", "b", 90), ("al", "a", 40), ("bo", "a", 61)]
_rows += [("al", "b", 90), (None, "c", 35), ("bo", "b", 61), ("al", "c", 150)]
_clicks = pd.DataFrame(_rows, columns=["user", "page", "time"], index=[3] * 9)
_clicks["time"] = [_minute + pd.Timedelta(minutes=_i) for _i in _clicks["time"]]
_kept = _clicks.copy()
_got = sessions(_clicks, pd.Timedelta(minutes=50))
_names = ["user", "session", "start", "clicks", "pages", "minutes"]
assert list(_got.columns) == _names, f"expected the columns {_names}, got {list(_got.columns)}"
assert _got["user"].tolist() == ["al", "al", "bo", "bo"], (
    "al clicks at minutes 10.5, 40, 90 and 150, bo at 0 and 61. With a gap of 50 minutes each has "
    f"two sessions; yours are of {_got['user'].tolist()}. The previous click is the one before it "
    "in time, a gap of exactly 50 starts no new session, and the click without a user belongs to "
    "nobody."
)
assert _got.index.tolist() == [0, 1, 2, 3], "The index should be 0, 1, 2, …"
assert _got["session"].tolist() == [1, 2, 1, 2], "Sessions are counted from 1, for each user anew."
assert _got["clicks"].tolist() == [3, 1, 1, 2], (
    "al's first session has three clicks (one of them was logged twice), bo's second has two, at "
    f"the same minute on two pages. You count {_got['clicks'].tolist()}."
)
assert _got["pages"].tolist() == [2, 1, 1, 2], (
    f"al's first session saw the pages a and b. You count {_got['pages'].tolist()}."
)
assert np.allclose(_got["minutes"].astype(float), [79.5, 0, 0, 0]), (
    f"al's first session lasts from minute 10.5 to 90. Your minutes are {_got['minutes'].tolist()}."
)
assert _got["start"].tolist() == [
    _minute + pd.Timedelta(minutes=_i) for _i in (10.5, 150, 0, 61)
], (
    f"The sessions start at minutes 10.5, 150, 0, 61 after {_minute}; yours at "
    f"{_got['start'].tolist()}."
)
_slow = _clicks.assign(time=_minute + 60 * (_clicks["time"] - _minute))
_long = sessions(_slow, pd.Timedelta(days=9))["minutes"].astype(float).tolist()
assert np.allclose(_long, [8_370, 3_660]), (
    "With hours in place of minutes and a gap of nine days, al has one session of 8,370 minutes, bo "
    f"one of 3,660. Yours have {_long}. Does your conversion of a length drop whole days?"
)
assert _clicks.equals(_kept), "Your function changed `clicks`."

# %% probe="sessions"
given = clicks.copy()
values = [sessions(given, pd.Timedelta(minutes=minutes)) for minutes in (20, 120, 300, 100_000)]
values.append(sessions(given[given["user"].isin(["bo", "eve"])], pd.Timedelta(hours=5)))
second = given["time"] + pd.to_timedelta(given["time"].dt.hour * 7 % 60, unit="s")
values.append(sessions(given.assign(time=second), pd.Timedelta(hours=6)))
values.append(
    sessions(given.assign(user=given["user"].map({"ada": "z", "bo": "y"})), pd.Timedelta("3h"))
)
[*values, given.equals(clicks)]

# %% [markdown]
# ## Question 3 · features from the past only (3 points)
#
# `orders` has the columns `customer`, `time`, `amount`, nothing missing. Write
# `past_features(orders, days)`. It returns the rows of `orders`, in their order, with three more
# columns, which look at *this customer's earlier orders* alone:
#
# - `count`: how many there are in the window: strictly before this order, and at most `days` days
#   (a whole number) before it,
# - `spent`: the sum of their amounts; 0 if there is none,
# - `since`: days, with decimals, since the latest earlier order, however long ago; `NaN` if there
#   is none.
#
# Two orders of a customer at the very same time do not see each other.


# %% question="past_features" points=3
### BEGIN SOLUTION
def past_features(orders, days):
    keys = ["customer", "time"]
    moments = orders.groupby(keys)["amount"].agg(["size", "sum"]).reset_index()
    customers = moments.set_index("time").groupby("customer")[["size", "sum"]]
    window = customers.rolling(pd.Timedelta(days=days), closed="left").sum().fillna(0)
    moments[["count", "spent"]] = window.to_numpy()
    moments["since"] = moments.groupby("customer")["time"].diff() / pd.Timedelta(days=1)
    return orders.merge(moments.drop(columns=["size", "sum"]), on=keys, how="left")


### END SOLUTION

# %% check="past_features"
_rows = [
    ("b", 9, 50),
    ("a", 10.25, 7),
    ("a", 2, 20),
    ("a", 2, 30),
    ("a", 5, 40),
    ("b", 1, 1),
    ("a", 0, 10),
]
_orders = pd.DataFrame(_rows, columns=["customer", "time", "amount"], index=[4, 4, 2, 0, 1, 9, 6])
_orders["time"] = [
    pd.Timestamp("2026-01-01 12:00") + pd.Timedelta(days=_i) for _i in _orders["time"]
]
_kept = _orders.copy()
_got = past_features(_orders, 5)
_names = ["customer", "time", "amount", "count", "spent", "since"]
assert list(_got.columns) == _names, f"expected the columns {_names}, got {list(_got.columns)}"
assert _got["amount"].tolist() == [50, 7, 20, 30, 40, 1, 10], (
    f"The orders should stay in their order; your amounts are {_got['amount'].tolist()}."
)
assert _got.index.tolist() == list(range(7)), "The index should be 0, 1, 2, …"
_count, _spent, _since = (_got[_name].tolist() for _name in ("count", "spent", "since"))
assert (_count[6], _spent[6]) == (0, 0), "a's first order sees nothing: count 0 and spent 0."
assert _count[0] == 0, (
    "b's order on day 9 has one order before it, on day 1, which is more than 5 days ago. You "
    f"count {_count[0]}. Do other customers' orders take part?"
)
assert (_count[2:4], _spent[2:4]) == ([1, 1], [10, 10]), (
    "a has two orders at the same time on day 2. Each sees the order of day 0 alone, not the "
    f"other; you count {_count[2:4]} and sum {_spent[2:4]}."
)
assert (_count[4], _spent[4]) == (3, 60), (
    "a's order on day 5 sees three: 10 on day 0, exactly 5 days before, and 20 and 30 on day 2. "
    f"You count {_count[4]} and sum {_spent[4]}."
)
assert _count[1] == 0, (
    "a's latest earlier order is 5.25 days before the one on day 10.25, which is more than 5. You "
    f"count {_count[1]}."
)
assert np.allclose(_since[:5], [8, 5.25, 2, 2, 3]), (
    "Days since the latest earlier order are 8, 5.25, 2, 2, 3 for b on day 9 and a on days 10.25, "
    f"2, 2, 5, also where that order is outside the window; yours are {_since[:5]}."
)
assert pd.isna([_since[5], _since[6]]).all(), "A first order has no earlier one: NaN."
assert _orders.equals(_kept), "Your function changed `orders`."

# %% probe="past_features"
given = orders.copy()
values = [past_features(given, days) for days in (1, 7, 30, 5_000)]
values.append(past_features(given[given["customer"] == given["customer"].iloc[0]][::-1], 10))
hour = given["time"].dt.floor("D") + pd.Timedelta(hours=6)
values.append(past_features(given.assign(time=hour), 4))
[*values, given.equals(orders)]

# %% [markdown]
# ## Question 4 · two books (3 points)
#
# We and a supplier keep books of the same invoices, `ours` and `theirs`, both with the columns
# `invoice` (text: one letter, a hyphen, a whole number from 1 on) and `cents` (whole, never
# missing). Write `reconcile(ours, theirs, tolerance)`.
#
# - The books type differently: spaces around the text, small or capital letters, and zeros in front
#   of the number do not matter. `" a-0042"` and `"A-42"` are one invoice; `"A-40"` and `"A-4"` are
#   two.
# - An invoice may be paid in parts: if it stands several times in one book, its parts are added up.
# - A row without an invoice (missing) is never matched. Such rows are counted, and otherwise left
#   out.
#
# Return the tuple `(table, unmatched)`. `table` has a row for each invoice, sorted by `invoice` as
# text, with the columns `invoice` (like `"A-42"`), `ours` and `theirs` (cents; `NaN` where the book
# lacks it), and `status`, which is `"only ours"`, `"only theirs"`, `"equal"` if the two differ by
# at most `tolerance` cents, or else `"conflict"`. `unmatched` is a dict with the keys `"ours"` and
# `"theirs"`: how many rows of each book have no invoice. Each book has at least one invoice.


# %% question="reconcile" points=3
### BEGIN SOLUTION
def reconcile(ours, theirs, tolerance):
    books, unmatched = {"ours": ours, "theirs": theirs}, {}
    for name, book in list(books.items()):
        text = book["invoice"].str.strip().str.upper().str.replace("-0+", "-", regex=True)
        books[name] = book.groupby(text)["cents"].sum()
        unmatched[name] = int(text.isna().sum())
    table = pd.concat(books, axis=1).sort_index().rename_axis("invoice").reset_index()
    only_ours, only_theirs = table["theirs"].isna(), table["ours"].isna()
    equal = (table["ours"] - table["theirs"]).abs() <= tolerance
    names = ["only ours", "only theirs", "equal"]
    status = np.select([only_ours, only_theirs, equal], names, "conflict")
    return table.assign(status=status), unmatched


### END SOLUTION

# %% check="reconcile"
_ours = pd.DataFrame(
    {"invoice": ["B-7", "A-40", None, "A-4", "A-12"], "cents": [500, 300, 5, 70, 80]},
    index=[0, 0, 1, 5, 3],
)
_theirs = pd.DataFrame(
    {"invoice": ["a-0012 ", None, " a-40", "b-007", "C-1", None, "A-040", "C-01"]}
    | {"cents": [83, 6, 100, 502, 10, 7, 200, 20]}
)
_kept = _ours.copy(), _theirs.copy()
_answer = reconcile(_ours, _theirs, 2)
assert isinstance(_answer, tuple), f"expected a tuple of a table and a dict, got {_answer!r}"
_got, _unmatched = _answer
_names = ["invoice", "ours", "theirs", "status"]
assert list(_got.columns) == _names, f"expected the columns {_names}, got {list(_got.columns)}"
assert "A-40" in set(_got["invoice"]), (
    f"A-40 is missing among {_got['invoice'].tolist()}. Zeros at the end of a number do matter."
)
assert not _got["invoice"].isna().any(), "Rows without an invoice do not belong into the table."
assert _got["invoice"].tolist() == ["A-12", "A-4", "A-40", "B-7", "C-1"], (
    "Each of the five invoices should have one row, sorted as text: A-12, A-4, A-40, B-7, C-1. "
    f"Yours are {_got['invoice'].tolist()}."
)
assert _got.index.tolist() == list(range(5)), "The index should be 0, 1, 2, …"
_status = dict(zip(_got["invoice"], _got["status"], strict=True))
assert _got["theirs"].fillna(-1).tolist() == [83, -1, 300, 502, 30], (
    "Parts are added up: for A-40 they have 100 + 200, for C-1 10 + 20. Your sums are "
    f"{_got['theirs'].tolist()}."
)
assert _status["B-7"] == "equal", "B-7: 500 and 502 differ by 2 cents, which the tolerance allows."
assert _status["A-12"] == "conflict", "A-12: 80 and 83 differ by 3 cents, more than the tolerance."
assert (_status["A-4"], _status["C-1"]) == ("only ours", "only theirs"), (
    f"A-4 stands only in our book, C-1 only in theirs; you say {_status['A-4']}, {_status['C-1']}."
)
assert _unmatched == {"ours": 1, "theirs": 2}, f"1 and 2 rows have no invoice, not {_unmatched}."
_turned = reconcile(_theirs, _ours, 2)[0]["status"].tolist()
assert _turned == ["conflict", "only theirs", "equal", "equal", "only ours"], (
    f"With the books exchanged, the status should be turned around; yours is {_turned}."
)
assert _ours.equals(_kept[0]), "Your function changed `ours`."
assert _theirs.equals(_kept[1]), "Your function changed `theirs`."


# %% probe="reconcile"
def plain(answer):
    table, unmatched = answer
    return [table, int(unmatched["ours"]), int(unmatched["theirs"])]


given = ours.copy(), theirs.copy()
values = [plain(reconcile(*given, tolerance)) for tolerance in (0, 2, 50)]
values.append(plain(reconcile(*given[::-1], 1)))
complete = [book.dropna().sample(frac=1, random_state=1) for book in given]
values.append(plain(reconcile(complete[0], complete[1][:12], 3)))
values.append(plain(reconcile(given[0], given[0].assign(cents=-given[0]["cents"]), 500)))
[*values, given[0].equals(ours), given[1].equals(theirs)]

# %% [markdown]
# ## Question 5 · who comes back? (3 points)
#
# `visits` has the columns `customer` (any labels) and `time`, a row for each order. A customer's
# *cohort* is the calendar month of the first order. Write `retention(visits)`. It returns a table
# with a row for each cohort that has customers, the earliest first, with the columns
#
# - `cohort`: the month as text, `"2025-03"`,
# - `customers`: how many customers the cohort has,
# - `month 0`, `month 1`, …: the *share* of them who ordered in that month after the cohort's own,
#   as a number from 0 to 1. In `month 0` it is 1. The last such column is as many months after the
#   earliest cohort as the latest order in `visits`.
#
# A share is 0 where nobody came back, but `NaN` where the month is after that of the latest order
# in `visits`: nobody can know yet. Rows without a customer are left out from the start: they set
# neither the latest month nor anything else. At least one row has a customer, times are never
# missing, and several years may be covered.


# %% question="retention" points=3
### BEGIN SOLUTION
def retention(visits):
    month = visits["time"].dt.year * 12 + visits["time"].dt.month - 1
    table = visits.assign(month=month).dropna(subset="customer")
    table["cohort"] = table.groupby("customer")["month"].transform("min")
    ages = pd.RangeIndex(table["month"].max() - table["cohort"].min() + 1)
    active = table.groupby(["cohort", table["month"] - table["cohort"]])["customer"].nunique()
    active = active.unstack(fill_value=0).reindex(columns=ages, fill_value=0)
    known = active.index.to_numpy()[:, None] + ages.to_numpy() <= table["month"].max()
    shares = active.div(active[0], axis=0).where(known).add_prefix("month ").reset_index()
    cohort = [f"{number // 12}-{number % 12 + 1:02}" for number in shares["cohort"]]
    shares.insert(1, "customers", active[0].to_numpy())
    return shares.assign(cohort=cohort).rename_axis(columns=None)


### END SOLUTION

# %% check="retention"
_rows = [
    (7, "2024-12-30"),
    (8, "2025-03-01"),
    (7, "2025-01-02"),
    (9, "2024-12-01"),
    (7, "2025-01-20"),
]
_rows += [(8, "2025-03-09"), (9, "2025-03-31"), (None, "2025-06-05"), (5, "2024-12-05")]
_visits = pd.DataFrame(_rows, columns=["customer", "time"], index=[2] * 9)
_visits["time"] = pd.to_datetime(_visits["time"])
_kept = _visits.copy()
_got = retention(_visits)
_names = ["cohort", "customers", "month 0", "month 1", "month 2", "month 3"]
assert list(_got.columns) == _names, (
    f"From December 2024 to the latest order of a customer, in March 2025, are three months, so "
    f"the columns should be {_names}; yours are {list(_got.columns)}."
)
assert _got["cohort"].tolist() == ["2024-12", "2025-03"], (
    f"Two cohorts have customers, 2024-12 and 2025-03; yours are {_got['cohort'].tolist()}."
)
assert _got.index.tolist() == [0, 1], "The index should be 0, 1, 2, …"
assert _got["customers"].tolist() == [3, 1], (
    "Customers 7, 9 and 5 ordered first in December, 8 in March. You count "
    f"{_got['customers'].tolist()}."
)
_shares = _got.loc[0, _names[2:]].astype(float).tolist()
assert np.allclose(_shares, [1, 1 / 3, 0, 1 / 3]), (
    "Of three December customers, 7 came back in January (twice, but it is one customer), nobody "
    f"in February, 9 in March: 1, 0.333, 0, 0.333. Yours are {np.round(_shares, 3).tolist()}."
)
_shares = _got.loc[1, _names[2:]].astype(float)
assert _shares.notna().tolist() == [True, False, False, False], (
    "For the cohort of March 2025 nothing after March is known, so only month 0 has a share. Yours "
    f"are {_shares.tolist()}. Zero would say that customer 8 did not come back."
)
_early = list(retention(_visits[_visits["customer"] != 8]).columns)
assert _early == _names, (
    "Without customer 8, the December cohort is the only one. Customer 9 still ordered in March, so "
    f"the months go up to 3; your columns are {_early}."
)
assert _visits.equals(_kept), "Your function changed `visits`."


# %% probe="retention" rtol=1e-6
def plain(table):
    numbers = table.drop(columns="cohort").to_numpy(dtype=float)
    return [list(table.columns), list(table.index), table["cohort"].tolist(), numbers]


given = visits.copy()
later = given["time"] + pd.Timedelta(days=300)
third = given["customer"].map(lambda customer: f"c{customer % 3}", na_action="ignore")
one = given["customer"] == given["customer"].dropna().iloc[0]
cases = [
    given,
    given[given["time"] < "2026-12-20"],
    given.assign(time=given["time"] - pd.Timedelta(days=25))[::-1],
    given.assign(time=given["time"].where(given["customer"].notna(), later)),
    given.assign(customer=third),
    given[one],
]
[[plain(retention(case)) for case in cases], given.equals(visits)]
