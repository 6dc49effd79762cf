# %%
1

# %%
x = = 2

# %%
print("never runs")
