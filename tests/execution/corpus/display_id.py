# %%
from IPython.display import HTML, DisplayHandle, display, update_display

handle = display("first", display_id="one")
handle

# %%
display("another", display_id="two")
display("the same id again", display_id="one")

# %%
update_display("updated", display_id="one")
print("the update shows above")

# %%
update_display("nobody has this id", display_id="missing")

# %%
handle.update(HTML("<b>by its handle</b>"), metadata={"text/html": {"isolated": True}})

# %%
own = display(display_id="three")
own.display("mine")
own.update("mine, twice")

# %%
made = DisplayHandle("four")
made.display([1, 2])

# %%
for step in range(3):
    made.update({"step": step})
made.display("in a second place")
made.update("both places")

# %%
display("last", display_id="two", metadata={"text/plain": {"m": 1}})

# %%
named = display("an id of its own", display_id=True)
named.update("changed")
