# %% [markdown]
# Before.

# %%
print("runs")

# %%
print("partial output")
raise ValueError("stops here")

# %% [markdown]
# Between.

# %%
print("never runs")

# %%
raise KeyError("nor this")
