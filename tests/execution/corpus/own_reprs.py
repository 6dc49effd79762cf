# %%
class Rich:
    def _repr_html_(self):
        return "<p>html</p>"

    def _repr_markdown_(self):
        return "*markdown*"

    def _repr_latex_(self):
        return "$x$"

    def _repr_json_(self):
        return {"x": 1}, {"expanded": True}

    def _repr_svg_(self):
        return "<svg></svg>"

    def _repr_javascript_(self):
        return "1"

    def __repr__(self):
        return "Rich()"


Rich()

# %%
class Bundle:
    def _repr_mimebundle_(self, include=None, exclude=None):
        return (
            {"text/plain": "bundle", "text/html": "<b>bundle</b>", "application/json": [1]},
            {"text/html": {"isolated": True}},
        )


Bundle()

# %%
display(Bundle(), Rich())

# %%
class Bytes:
    def _repr_png_(self):
        return b"\x89PNG not really", {"width": 3}

    def _repr_jpeg_(self):
        return b"\xff\xd8jpeg"

    def _repr_pdf_(self):
        return b"%PDF-1.4"


Bytes()

# %%
class Shown:
    def _ipython_display_(self):
        print("shown by itself")
        display("and displayed")


Shown()

# %%
class Pretty:
    def _repr_pretty_(self, printer, cycle):
        with printer.group(2, "Pretty(", ")"):
            printer.text("cycle" if cycle else "one")
            printer.breakable()
            printer.text("two")


[Pretty(), {"p": Pretty()}]

# %%
class Nothing:
    def _repr_html_(self):
        return None

    def __repr__(self):
        return ""


Nothing()

# %%
list(range(1200))

# %%
{f"key {n}": "x" * n for n in range(30)}

# %%
cycle = [1]
cycle.append(cycle)
cycle

# %%
import datetime
import decimal
import fractions
import pathlib

display(datetime.date(2024, 2, 29), decimal.Decimal("1.10"), fractions.Fraction(1, 3), pathlib.PurePosixPath("/a"))

# %%
from types import SimpleNamespace

SimpleNamespace(a=1, b="x")
