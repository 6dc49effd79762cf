# %%
import sys

print("one")
sys.stdout.write("two\n")
sys.stdout.writelines(["three\n", "four"])
print("", "five", sep="-", end="!\n")

# %%
print("out")
print("err", file=sys.stderr)
print("out again")

# %%
for n in range(3):
    print("out", n)
    sys.stdout.flush()
    print("err", n, file=sys.stderr)
    sys.stderr.flush()

# %%
print("progress 1\rprogress 2\rdone")
print("abc\b\bX")
print("no line end", end="")

# %%
print("\x1b[31mred\x1b[0m", "tab\tbell\a null\0 formfeed\f")

# %%
print()
print("", end="")
sys.stdout.write("")

# %%
sys.stdout.write("its length is the value")

# %%
display("a display flushes") or print("after the display")
print("err", file=sys.stderr)
display("in between")
print("out")

# %%
import contextlib
import io

buffer = io.StringIO()
with contextlib.redirect_stdout(buffer):
    print("captured")
print(repr(buffer.getvalue()))

# %%
print(sys.stdout.isatty(), sys.stdout.encoding, sys.stdout.writable(), hasattr(sys.stdout, "buffer"))
print(sys.stdout.name, sys.stderr.name, sys.stdout.closed, sys.stdout.errors)

# %% tags=["raises-exception"]
sys.stdout.write(b"bytes")

# %% tags=["raises-exception"]
sys.stdout.fileno()

# %%
saved, sys.stdout = sys.stdout, sys.stderr
print("to stderr by assignment")
sys.stdout = saved
print("and back")

# %%
print("last stdout")
1 + 1
