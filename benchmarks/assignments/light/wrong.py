# Wrong answers to draw from, as students give them.

# %% question="standardise"
def standardise(values):
    return (values - values.mean()) / values.std()


# %% question="standardise"
def standardise(values):
    return (values - values.mean(axis=0)) / values.std(axis=0, ddof=1)


# %% question="distances"
def distances(points):
    return ((points[:, None] - points[None]) ** 2).sum(axis=2)


# %% question="distances"
def distances(points):
    return np.abs(points[:, None] - points[None]).sum(axis=2)


# %% question="running_mean"
def running_mean(series, width):
    return np.convolve(series, np.ones(width) / width, mode="same")


# %% question="revenue"
def revenue(table):
    return table.groupby("shop")["price"].sum().to_dict()


# %% question="revenue"
def revenue(table):
    return table.groupby("shop")["revenue"].sum().to_dict()  # KeyError


# %% question="best_seller"
def best_seller(table):
    return table.groupby("shop")["product"].agg(lambda column: column.mode()[0]).tolist()[::-1]


# %% question="monthly"
def monthly(table):
    return table.groupby(table["day"].dt.day)["units"].sum().tolist()


# %% question="monthly"
monthly = undefined_name
