# %%
import signal

print("a signal, as from a user")

# %%
signal.raise_signal(signal.SIGINT)
print("not reached")

# %%
print("never runs")
