# %%
import os
import subprocess
import sys

os.write(1, b"straight to 1\n")
os.write(2, b"straight to 2\n")

# %%
os.system("echo from a shell; echo errors >&2")

# %%
subprocess.run(["echo", "from a subprocess"], check=True).returncode

# %%
subprocess.run([sys.executable, "-c", "print('from python')"], capture_output=True, text=True).stdout

# %%
print("through Python")
sys.__stdout__.write("around Jupyter\n")
sys.__stdout__.flush()

# %%
import ctypes

ctypes.CDLL(None).puts(b"from C")

# %%
process = subprocess.Popen(["sh", "-c", "echo piped"], stdout=subprocess.PIPE, text=True)
print(process.communicate())
