# %%
from IPython.display import clear_output, display, update_display

print("gone")
clear_output()
print("kept")

# %%
print("gone at the next output")
clear_output(wait=True)
print("kept")

# %%
print("kept: no output follows")
clear_output(wait=True)

# %%
print("the next cell does not clear the last one")

# %%
for step in range(3):
    display({"step": step}, display_id=f"step-{step}")
    clear_output(wait=True)
display("only this")

# %%
update_display("this id was cleared", display_id="step-2")

# %%
display("gone")
clear_output()

# %%
import sys

print("out")
print("err", file=sys.stderr)
clear_output()
print("err stays", file=sys.stderr)

# %%
display("first", display_id="d")
clear_output(wait=True)
update_display("an update does not clear", display_id="d")

# %%
1
clear_output()
2

# %% tags=["raises-exception"]
print("gone when the error comes")
clear_output(wait=True)
raise ValueError("after a clear")
