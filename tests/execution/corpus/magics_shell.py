# %%
# !echo from the shell

# %%
# !printf 'a\nb\n'; echo to stderr >&2; exit 3

# %%
_exit_code

# %%
# lines = !printf 'one\ntwo\n'
lines

# %%
print(lines.n, lines.s, lines.grep("two"))

# %%
name = "variable"
# !echo {name} $name ${name} $$HOME | sed s,/.*,,

# %%
# %%bash
# echo from bash
# echo to stderr >&2
# for i in 1 2; do echo $i; done

# %%
# %%bash --out captured --err errors
# echo kept
# echo kept too >&2

# %%
print(repr(captured), repr(errors))

# %%
# %%sh
# echo $((1 + 2))

# %% tags=["raises-exception"]
# %%bash
# echo before
# exit 7

# %% tags=["raises-exception"]
# %%bash
# no_such_command_anywhere

# %%
# %%script python3 --no-raise-error
# print("from another python")

# %%
# %sx echo by sx

# %%
# %system echo by system

# %% tags=["raises-exception"]
# !sleep 0 &

# %%
# !!echo doubled

# %%
import os

# !pwd
print(os.path.basename(os.getcwd()) == lines[0] or "elsewhere")

# %%
# %env CORPUS_VARIABLE=value
# !echo $CORPUS_VARIABLE

# %%
# !python3 -c "import sys; print(sys.stdout.isatty())"
