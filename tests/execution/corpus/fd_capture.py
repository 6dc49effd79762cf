# Runs with IPKernelApp.capture_fd_output on: what reaches descriptors 1 and 2 belongs to the cell.

# %%
import os
import subprocess
import time


def settle():
    """The kernel reads its descriptors in a thread: leave it the time."""
    time.sleep(0.7)


os.write(1, b"straight to 1\n")
settle()

# %%
os.write(2, b"straight to 2\n")
settle()

# %%
code = os.system("echo from a shell")
settle()

# %%
subprocess.run(["sh", "-c", "echo from a subprocess"], check=True)
settle()

# %%
print("from Python", flush=True)
settle()
