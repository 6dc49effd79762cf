# %%
import sys
import time

print("one", flush=True)
print("two", flush=True)

# %%
print("err one", file=sys.stderr, flush=True)
print("out", flush=True)
print("err two", file=sys.stderr, flush=True)

# %%
print("not flushed")
print("together with the line above")

# %%
print("before a display")
display("display")
print("after it")
display("another")

# %%
print("before the pause", end=" ")
time.sleep(0.6)
print("after the pause")

# %%
print("before the result")
"result"

# %% tags=["raises-exception"]
print("before the error")
raise RuntimeError("error")
