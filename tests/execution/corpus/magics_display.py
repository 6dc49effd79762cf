# %%
# %%javascript
# console.log(1)

# %%
# %%js
# console.log(2)

# %%
# %%html
# <b>bold</b>

# %%
# %%html --isolated
# <b>isolated</b>

# %%
# %%svg
# <svg xmlns="http://www.w3.org/2000/svg"><circle r="1"/></svg>

# %%
# %%latex
# $x^2$

# %%
# %%markdown
# *words*

# %%
from IPython.display import display_html, display_latex, display_markdown

display_markdown("**raw**", raw=True)
display_html("<i>raw</i>", raw=True)
display_latex("$raw$", raw=True)
