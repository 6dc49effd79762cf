# %%
import logging
import sys
import warnings

print(logging.getLogger().handlers, logging.getLogger().level)
logging.warning("the first call makes the handler")

# %%
logging.getLogger("corpus").error("to stderr")
logging.info("not shown")
logging.getLogger().setLevel(logging.INFO)
logging.info("shown")

# %%
try:
    1 / 0
except ZeroDivisionError:
    logging.exception("with a traceback")

# %%
handler = logging.StreamHandler(sys.stdout)
handler.setFormatter(logging.Formatter("%(levelname)s|%(name)s|%(funcName)s|%(message)s"))
own = logging.getLogger("own")
own.propagate = False
own.addHandler(handler)
own.warning("to stdout")

# %%
def warn(n):
    warnings.warn(f"warning {n}", stacklevel=2)


for n in range(3):
    warn(1)
warn(2)

# %%
for n in range(2):
    warnings.warn("deprecated here", DeprecationWarning, stacklevel=1)

# %%
warn(1)

# %%
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    warn("not shown")
warnings.warn_explicit("explicit", UserWarning, "file.py", 7)

# %%
import numpy as np

np.array([1.0]) / np.array([0.0])

# %%
np.array([1.0]) / np.array([0.0])

# %% tags=["raises-exception"]
with warnings.catch_warnings():
    warnings.simplefilter("error")
    warn("an error now")

# %%
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    eval("'a' is 'b'")
print([str(w.category.__name__) for w in caught])

# %%
invalid = "\d"
