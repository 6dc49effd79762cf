# %%
# %%capture output
# import sys
# print("captured")
# print("captured too", file=sys.stderr)
# display("and this")
# 3

# %%
print(repr(output.stdout), repr(output.stderr), len(output.outputs))

# %%
output()

# %%
# %%capture --no-stderr only
# print("hidden")
# print("visible", file=sys.stderr)

# %%
x, y, _hidden = 1, "two", 3
# %who

# %%
# %whos str

# %%
# %who_ls int

# %%
# %env CORPUS_NAME=value
# %env CORPUS_NAME

# %%
# %set_env CORPUS_NAME=other

# %%
import os

os.environ["CORPUS_NAME"]

# %%
# %precision 3

# %%
3.14159265, [2.718281828]

# %%
# %precision

# %%
# %pprint

# %%
list(range(30))

# %%
# %pprint

# %%
# %xmode Minimal

# %% tags=["raises-exception"]
1 / 0

# %%
# %xmode Context

# %%
# %alias say echo said %s
# %say something

# %%
# %macro repeated 1
# %config InlineBackend

# %%
# %config Application.verbose_crash = False
# %colors

# %% tags=["raises-exception"]
# %colors Linux

# %%
# %automagic

# %%
# %reset -f
print("x" in globals())

# %%
# %lsmagic

# %%
# %magic

# %%
# %pdb

# %%
# %dhist

# %%
# %xdel undefined

# %%
# %matplotlib --list
