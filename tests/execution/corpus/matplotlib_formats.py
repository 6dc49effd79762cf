# %%
# %matplotlib inline
# %config InlineBackend.figure_format = "svg"
# %config InlineBackend.print_figure_kwargs = {"metadata": {"Date": None}}
import matplotlib.pyplot as plt

plt.rcParams["svg.hashsalt"] = "corpus"

# %%
plt.figure(figsize=(1, 1))
plt.plot([1, 2])

# %%
figure, axes = plt.subplots(figsize=(1, 1))
axes.plot([2, 1])
figure

# %%
# %config InlineBackend.figure_formats = {"png", "jpeg"}
# %config InlineBackend.print_figure_kwargs = {"bbox_inches": None}
plt.figure(figsize=(1, 1))
plt.plot([1, 2, 3])
plt.show()

# %%
# %config InlineBackend.figure_format = "retina"
plt.figure(figsize=(1, 1))
plt.plot([1, 2, 1]);

# %%
# %config InlineBackend.close_figures = False
# %config InlineBackend.figure_format = "png"
plt.figure(figsize=(1, 1))
plt.plot([1, 2, 1]);

# %%
plt.plot([2, 1, 2])
plt.close("all")

# %%
from matplotlib_inline.backend_inline import set_matplotlib_formats

set_matplotlib_formats("png", quality=90)
plt.figure(figsize=(1, 1))
plt.plot([3, 1])
