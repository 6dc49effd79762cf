# %%
1 / 0

# %%
print("goes on")

# %%
x = = 1

# %%
raise ValueError("second")

# %%
"last"
