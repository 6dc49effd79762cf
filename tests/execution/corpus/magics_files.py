# %%
# %%writefile script.py
# import sys
#
# print("a script named", __name__, "with", sys.argv[1:])
# made_by_script = 42

# %%
# %run script.py one two

# %%
made_by_script

# %%
# %run -i script.py

# %%
# %%writefile -a script.py
# raise ValueError("from the script")

# %% tags=["raises-exception"]
# %run script.py

# %%
# %cat script.py

# %%
# %pycat script.py

# %%
# %%file second.py
# value = 1

# %%
import second

second.value

# %%
# %mkdir folder
# %cd folder

# %%
# %pwd

# %%
# %cd -q ..
# %ls *.py

# %%
# %cd no-such-folder

# %%
# %load script.py

# %%
# %save -f saved.py 1

# %%
print(open("saved.py").read())

# %%
# %bookmark -l

# %%
with open("data.txt", "w") as stream:
    stream.write("written")
open("data.txt").read()
