# %%
import ipywidgets

slider = ipywidgets.IntSlider(value=3, description="n")
slider

# %%
slider.value = 5
display(slider)

# %%
output = ipywidgets.Output()
with output:
    print("goes into the widget")
    display("so does this")
print("beside it")

# %%
output

# %%
ipywidgets.interact(lambda n=2: print("called with", n), n=(0, 4));

# %%
button = ipywidgets.Button(description="press")
button.on_click(lambda b: print("pressed"))
button.click()
ipywidgets.VBox([button, ipywidgets.HTML("<b>text</b>")])
