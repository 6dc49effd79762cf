# %%
import numpy as np
import pandas as pd

frame = pd.DataFrame(
    {"a": [1, 2, 3], "b": [0.5, np.nan, 2.25], "c": ["x", "<&>", "ü"]},
    index=pd.date_range("2024-01-01", periods=3),
)
frame

# %%
frame["a"]

# %%
print(frame)
frame.describe()

# %%
frame.info(memory_usage=False)

# %%
with pd.option_context("display.max_rows", 5, "display.max_columns", 3):
    display(pd.DataFrame(np.arange(400).reshape(40, 10)))

# %%
frame.groupby("a").size().to_frame("n")

# %%
pd.options.display.float_format = "{:.1f}".format
frame

# %%
pd.Categorical(["a", "b", "a"]), pd.Index([1, 2]), pd.Timestamp("2024-05-01")

# %%
np.arange(12.0).reshape(3, 4) / 7

# %%
np.set_printoptions(precision=2)
np.array([1 / 3, 1e-9, np.inf])
