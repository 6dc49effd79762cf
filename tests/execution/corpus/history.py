# %%
10

# %%
_ + 1

# %%
_, __, _1, Out[2]

# %%
30;

# %%
_

# %%
None

# %%
_i

# %%
In[1:3], _ih[1], _i2

# %%
sorted(Out)

# %%
_ = "shadowed"
5

# %%
_

# %%
del _
6

# %%
_

# %%
# %history 1-3

# %%
# %history -n -o 1-2

# %%
# %recall 1

# %%
# %rerun 1

# %%
x = 1; x

# %%
x;

# %%
"trailing";  # a comment

# %%
"""several
lines"""

# %%
(yes := 3)

# %%
print(len(In), get_ipython().execution_count)
In[-1] == _ih[len(In) - 1]

# %%
if True:
    7

# %%
for n in range(2):
    n

# %%
get_ipython().ast_node_interactivity = "all"

# %%
1
2
"three"

# %%
_oh is Out, _ii, _iii
