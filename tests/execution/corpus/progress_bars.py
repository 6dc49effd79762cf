# %%
import sys
import time

for n in range(5):
    sys.stdout.write(f"\rstep {n}")
    sys.stdout.flush()
print("\rfinished")

# %%
for n in range(3):
    print(f"{n}/3", end="\r", file=sys.stderr)

# %%
from tqdm import tqdm

for n in tqdm(range(3), mininterval=1000):
    pass

# %%
for n in tqdm(range(2), desc="named", file=sys.stdout, mininterval=1000, leave=False):
    pass
print("after")

# %%
from tqdm.notebook import tqdm as notebook_tqdm

for n in notebook_tqdm(range(2), desc="widget", mininterval=1000):
    pass

# %%
with tqdm(total=10, ncols=40, bar_format="{l_bar}{bar}|", mininterval=1000) as bar:
    bar.update(10)
    tqdm.write("a line", file=sys.stderr)
