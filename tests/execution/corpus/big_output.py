# %%
for n in range(20_000):
    print("line", n)

# %%
print("x" * 2_000_000)

# %%
import sys

for n in range(200):
    print("out", n)
    sys.stdout.flush()

# %%
"y" * 300_000

# %%
for n in range(150):
    display({"n": n})

# %%
list(range(5000))

# %%
from IPython.display import HTML

HTML("<td>cell</td>" * 100_000)

# %%
{"a" * 10: {"b" * 100: list("c" * 200)}}
