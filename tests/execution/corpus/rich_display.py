# %%
import base64

from IPython.display import (
    HTML,
    JSON,
    SVG,
    Audio,
    Code,
    FileLink,
    GeoJSON,
    IFrame,
    Image,
    Javascript,
    Latex,
    Markdown,
    Math,
    Pretty,
    ProgressBar,
    YouTubeVideo,
    display,
    publish_display_data,
)

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)

# %%
HTML("<b>bold</b> & <i>more</i>")

# %%
display(Markdown("# Title\n\n*text*"), Latex(r"$\alpha$"), Math(r"\frac{1}{2}"))

# %%
SVG('<svg xmlns="http://www.w3.org/2000/svg"><circle r="3"/></svg>')

# %%
JSON({"a": [1, 2, {"b": None}], "ü": 1.5}, expanded=True, root="top")

# %%
Image(PIXEL)

# %%
display(Image(PIXEL, width=10, height=20, metadata={"alt": "a pixel"}))

# %%
display(Javascript("alert(1)"), GeoJSON({"type": "Point", "coordinates": [1, 2]}))

# %%
display(IFrame("https://example.org", 10, 20), YouTubeVideo("abc", width=1, height=2))

# %%
display(Pretty("plain"), Code("x = 1", language="python"), FileLink("missing.txt"))

# %%
Audio(data=[0.0, 0.5, -0.5, 0.0], rate=8000, normalize=False)

# %%
display(ProgressBar(3))

# %%
publish_display_data(
    {"text/plain": "several", "text/html": "<p>several</p>", "application/x-own+json": {"a": 1}},
    metadata={"text/html": {"isolated": True}, "own": 3},
)

# %%
display({"text/plain": "raw", "application/vnd.own": "yes"}, raw=True, metadata={"application/vnd.own": {"k": 1}})

# %%
display(HTML("<i>x</i>"), exclude=["text/plain"])
display(HTML("<i>y</i>"), include=["text/plain"])

# %%
display()
display(None, 1, "two", [3.0], {"four": 4})
display("with metadata", metadata={"text/plain": {"note": True}})
