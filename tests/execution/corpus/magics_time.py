# %%
# %time sum(range(10))

# %%
# %%time
# print("timed")
# total = sum(range(1000))
# total

# %%
total

# %%
# %timeit -n1 -r1 sum(range(10))

# %%
# %%timeit -n1 -r1 x = 3
# x + 1

# %%
# result = %timeit -n1 -r2 -o -q pass
print(type(result).__name__, result.loops, result.repeat)

# %% tags=["raises-exception"]
# %%time
# raise ValueError("while timed")

# %%
# %prun -q -T prun.txt sum(range(10))
import pathlib

print(pathlib.Path("prun.txt").read_text().strip().splitlines()[0].split()[1:3])
