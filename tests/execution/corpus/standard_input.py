# %% tags=["raises-exception"]
input()

# %% tags=["raises-exception"]
print("asking")
name = input("Your name? ")

# %% tags=["raises-exception"]
import getpass

getpass.getpass()

# %%
import sys

sys.stdin.read(), sys.stdin.isatty()

# %%
from IPython.core.error import StdinNotImplementedError

try:
    input()
except StdinNotImplementedError as error:
    print(type(error).__mro__[1].__name__, error)

# %%
input("not caught")
