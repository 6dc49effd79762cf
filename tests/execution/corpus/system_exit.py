# %% tags=["raises-exception"]
import sys


def leave(code):
    print("leaving")
    sys.exit(code)


leave("a message")

# %% tags=["raises-exception"]
leave(3)

# %% tags=["raises-exception"]
raise SystemExit

# %%
try:
    leave(1)
except SystemExit as error:
    print("caught", error.code)

# %%
leave(2)

# %%
print("never runs")
