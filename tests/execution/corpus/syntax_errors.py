# %% tags=["raises-exception"]
def broken(:
    pass

# %% tags=["raises-exception"]
x = (1,
     2

# %% tags=["raises-exception"]
if True:
print("not indented")

# %% tags=["raises-exception"]
  x = 1
 y = 2

# %% tags=["raises-exception"]
text = "no end

# %% tags=["raises-exception"]
return 3

# %% tags=["raises-exception"]
print("not run")
x = 1 +

# %% tags=["raises-exception"]
eval("1 +")

# %% tags=["raises-exception"]
yield 1

# %% tags=["raises-exception"]
f(**{"a": 1}, *[2])
nonlocal z

# %% tags=["raises-exception"]
int("x") = 3

# %% tags=["raises-exception"]
# %no_such_magic 1

# %% tags=["raises-exception"]
# %%no_such_cell_magic
# print(1)

# %% tags=["raises-exception"]
# %time 1 +

# %%
print("counted on")
