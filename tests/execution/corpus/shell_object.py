# %%
shell = get_ipython()
print(type(shell).__module__, type(shell).__name__, shell is get_ipython())

# %%
print(hasattr(shell, "kernel"), type(shell.kernel).__name__, shell.has_trait("kernel"), "IPKernelApp" in shell.config)

# %%
from IPython import get_ipython as imported

print(imported() is shell, shell.user_ns is globals(), shell.user_module.__name__, shell.user_global_ns is globals())

# %%
print(shell.colors, shell.autoindent, shell.banner1[:7], shell.loop_runner.__class__.__name__, shell.autoawait)

# %%
print(sorted(shell.magics_manager.magics["cell"]))

# %%
print(sorted(shell.magics_manager.magics["line"]))

# %%
shell.run_cell("print('run by the shell'); 4")

# %%
shell.ex("made = 3")
print(shell.ev("made + 1"), shell.user_ns["made"])

# %%
shell.push({"pushed": 5})
pushed

# %%
events = []
shell.events.register("pre_execute", lambda: events.append("pre_execute"))
shell.events.register("post_execute", lambda: events.append("post_execute"))
shell.events.register("pre_run_cell", lambda info: events.append(("pre_run_cell", info.raw_cell[:20], info.store_history)))


def post(result):
    events.append(("post_run_cell", result.success, result.execution_count, repr(result.result)))
    print("after the cell")


shell.events.register("post_run_cell", post)

# %%
"watched"

# %% tags=["raises-exception"]
raise ValueError("watched")

# %%
events

# %%
shell.events.unregister("post_run_cell", post)


def failing(result):
    raise ValueError("a hook that fails")


shell.events.register("post_run_cell", failing)

# %%
print("the hook fails after this")

# %%
shell.events.unregister("post_run_cell", failing)


def replaced(lines):
    return [line.replace("PLEASE", "print") for line in lines]


shell.input_transformers_cleanup.append(replaced)

# %%
PLEASE("transformed")

# %%
import ast


class Doubled(ast.NodeTransformer):
    def visit_Constant(self, node):
        if isinstance(node.value, int):
            return ast.copy_location(ast.Constant(node.value * 2), node)
        return node


doubled = Doubled()
shell.ast_transformers.append(doubled)

# %%
21

# %%
shell.ast_transformers.remove(doubled)
print(shell.parent_header["msg_type"] if "msg_type" in shell.parent_header else shell.parent_header["header"]["msg_type"])

# %%
shell.set_custom_exc((ZeroDivisionError,), lambda self, kind, value, tb, tb_offset=None: print("handled", value))

# %%
1 / 0

# %%
print("does the notebook go on?")
