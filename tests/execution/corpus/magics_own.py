# %%
from IPython.core.magic import (
    Magics,
    cell_magic,
    line_magic,
    magics_class,
    register_cell_magic,
    register_line_cell_magic,
    register_line_magic,
)


@register_line_magic
def shout(line):
    return line.upper()


@register_cell_magic
def count(line, cell):
    print(line, len(cell.splitlines()))


@register_line_cell_magic
def either(line, cell=None):
    return (line, cell)


# %%
# %shout quiet words

# %%
# %%count lines:
# one
# two

# %%
# %either line

# %%
# %%either first
# second

# %%
# %%writefile corpus_extension.py
# from IPython.core.magic import register_line_magic
#
#
# def load_ipython_extension(shell):
#     print("loaded")
#     shell.push({"from_extension": 5})
#     shell.register_magic_function(lambda line: f"got {line}", "line", "gotten")
#
#
# def unload_ipython_extension(shell):
#     print("unloaded")

# %%
# %load_ext corpus_extension

# %%
# %load_ext corpus_extension

# %%
from_extension

# %%
# %gotten it

# %%
# %unload_ext corpus_extension

# %% tags=["raises-exception"]
# %load_ext no_such_extension

# %%
# %load_ext autoreload
# %autoreload 2

# %%
@magics_class
class Kept(Magics):
    @line_magic
    def keep(self, line):
        self.kept = line
        return f"kept {line}"

    @cell_magic
    def run_twice(self, line, cell):
        for _ in range(2):
            self.shell.run_cell(cell)


get_ipython().register_magics(Kept)

# %%
# %keep this

# %%
# %%run_twice
# print("twice")
# 5

# %%
# %alias_magic t time
# _ = %t 1

# %%
get_ipython().run_line_magic("shout", "by its function")
