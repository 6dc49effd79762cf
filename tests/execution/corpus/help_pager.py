# %%
# len?

# %%
# ?len

# %%
def documented(a, b=2):
    """What it does."""
    return a + b


# documented??

# %%
# %pinfo documented

# %%
# %psource documented

# %%
# %pdoc documented
# %pdef documented

# %%
# *len*?

# %%
# no_such_name?

# %%
help(documented)

# %%
# %page documented

# %%
from IPython.core.page import page

page("paged text")

# %%
# %quickref

# %%
get_ipython().set_next_input("never shown")
print("payloads are not outputs")
