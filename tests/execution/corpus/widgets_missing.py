# %%
import sys

sys.modules["ipywidgets"] = None

# %% tags=["raises-exception"]
import ipywidgets

# %%
import io

from tqdm.auto import tqdm

bar = tqdm(range(3), file=io.StringIO())
sum(bar)

# %%
print(type(bar).__name__)
