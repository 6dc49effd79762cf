# %% [markdown]
# Parameters come below.

# %% tags=["parameters"]
whole = 1
real = 1.0
text = "default"
flag = False
nothing = "something"
items = []
mapping = {}
untouched = "kept"

# %%
for value in (whole, real, text, flag, nothing, items, mapping, untouched):
    print(type(value).__name__, repr(value))

# %%
print(infinite, not_a_number, nested, unknown)
