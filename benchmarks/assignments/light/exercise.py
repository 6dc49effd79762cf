# ---
# title: "Benchmark: NumPy and pandas"
# minutes: 30
# ---

# %% [markdown]
# # NumPy and pandas
#
# Six short questions on synthetic sales, for measuring how fast submissions are graded.

# %% tags=["parameters"]
seed = 7

# %%
import numpy as np
import pandas as pd

rng = np.random.default_rng(seed)
matrix = rng.normal(size=(40, 5)) * rng.uniform(1, 10, size=5)
sales = pd.DataFrame(
    {
        "shop": rng.choice(["north", "south", "east", "west"], size=300),
        "product": rng.choice(["tea", "coffee", "cocoa"], size=300),
        "day": pd.date_range("2024-01-01", periods=300),
        "units": rng.integers(1, 20, size=300),
        "price": rng.uniform(2, 9, size=300).round(2),
    }
)

# %% [markdown]
# ## Question 1 · standardise (2 points)
#
# `standardise(values)` returns the columns of a 2-D array with mean 0 and standard deviation 1.


# %% question="standardise" points=2
### BEGIN SOLUTION
def standardise(values):
    return (values - values.mean(axis=0)) / values.std(axis=0)


### END SOLUTION

# %% check="standardise"
_scaled = standardise(matrix)
assert _scaled.shape == matrix.shape, f"expected shape {matrix.shape}, got {_scaled.shape}"
assert np.allclose(_scaled.mean(axis=0), 0), "The mean of every column should be 0."

# %% probe="standardise"
[standardise(matrix), standardise(matrix[:7, 1:3])]

# %% [markdown]
# ## Question 2 · distances (2 points)
#
# `distances(points)` returns the matrix of Euclidean distances between the rows.


# %% question="distances" points=2
### BEGIN SOLUTION
def distances(points):
    return np.sqrt(((points[:, None] - points[None]) ** 2).sum(axis=2))


### END SOLUTION

# %% check="distances"
assert np.allclose(np.diag(distances(matrix)), 0), "A point is at distance 0 from itself."

# %% probe="distances" rtol=1e-6 atol=1e-9
[distances(matrix[:10]), distances(matrix[5:9, :2])]

# %% [markdown]
# ## Question 3 · running mean (1 point)
#
# `running_mean(series, width)` returns the means of all windows of `width` neighbours.


# %% question="running_mean" points=1
### BEGIN SOLUTION
def running_mean(series, width):
    return np.convolve(series, np.ones(width) / width, mode="valid")


### END SOLUTION

# %% check="running_mean"
assert np.allclose(running_mean(np.arange(4.0), 2), [0.5, 1.5, 2.5]), "Windows of 2 in 0, 1, 2, 3."

# %% probe="running_mean"
[running_mean(matrix[:, 0], 3), running_mean(matrix[:, 1], 1), running_mean(matrix[:, 2], 40)]

# %% [markdown]
# ## Question 4 · revenue (2 points)
#
# `revenue(table)` returns a dictionary: the revenue (units times price) of every shop.


# %% question="revenue" points=2
### BEGIN SOLUTION
def revenue(table):
    return (table["units"] * table["price"]).groupby(table["shop"]).sum().to_dict()


### END SOLUTION

# %% check="revenue"
assert set(revenue(sales)) == set(sales["shop"]), "One entry per shop."

# %% probe="revenue"
[revenue(sales), revenue(sales[sales["product"] == "tea"])]

# %% [markdown]
# ## Question 5 · best seller (2 points)
#
# `best_seller(table)` returns, for every shop in alphabetical order, the product with most units.


# %% question="best_seller" points=2
### BEGIN SOLUTION
def best_seller(table):
    units = table.pivot_table(index="shop", columns="product", values="units", aggfunc="sum")
    return units.idxmax(axis=1).sort_index().tolist()


### END SOLUTION

# %% check="best_seller"
assert len(best_seller(sales)) == 4, "One product per shop."

# %% probe="best_seller" exact=true
[best_seller(sales), best_seller(sales[:60]), best_seller(sales[100:170])]

# %% [markdown]
# ## Question 6 · by month (2 points)
#
# `monthly(table)` returns the units sold per calendar month, in order, as a list.


# %% question="monthly" points=2
### BEGIN SOLUTION
def monthly(table):
    return table.groupby(table["day"].dt.to_period("M"))["units"].sum().tolist()


### END SOLUTION

# %% check="monthly"
assert sum(monthly(sales)) == sales["units"].sum(), "Every unit is sold in some month."

# %% probe="monthly" exact=true
[[int(units) for units in monthly(table)] for table in (sales, sales[40:200])]
