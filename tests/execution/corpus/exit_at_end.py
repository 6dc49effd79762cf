# %%
print("runs")

# %%
print("so does this")
exit()
