# %% tags=["raises-exception"]
class BadRepr:
    def __repr__(self):
        raise ValueError("no repr")


BadRepr()

# %%
class BadHtml:
    def _repr_html_(self):
        raise TypeError("no html")

    def __repr__(self):
        return "BadHtml()"


display(BadHtml())
print("goes on")

# %% tags=["raises-exception"]
display(BadRepr())

# %% tags=["raises-exception"]
BadHtml()

# %%
class WrongType:
    def _repr_html_(self):
        return 3

    def _repr_json_(self):
        return {"ok": True}

    def __repr__(self):
        return "WrongType()"


WrongType()

# %% tags=["raises-exception"]
class NotText:
    def __repr__(self):
        return 3


NotText()

# %%
class Own:
    pass


get_ipython().display_formatter.formatters["text/html"].for_type(Own, lambda own: "<b>own</b>")
get_ipython().display_formatter.formatters["text/plain"].for_type(Own, lambda own, p, cycle: p.text("own"))
Own()

# %% tags=["raises-exception"]
get_ipython().display_formatter.formatters["text/plain"].for_type(Own, lambda own, p, cycle: 1 / 0)
Own()

# %%
def traced(kind, value, tb, tb_offset=None):
    return f"not shown: {value}"


class BadDisplay:
    def _ipython_display_(self):
        print("partial")
        raise KeyError("in _ipython_display_")


try:
    display(BadDisplay())
except KeyError as error:
    print("raised", error)

# %% tags=["raises-exception"]
BadDisplay()

# %%
class BadBundle:
    def _repr_mimebundle_(self, **options):
        raise RuntimeError("no bundle")

    def __repr__(self):
        return "BadBundle()"


BadBundle()

# %%
class Getattr:
    def __getattr__(self, name):
        return lambda *given, **options: None

    def __repr__(self):
        return "Getattr()"


Getattr()

# %% tags=["raises-exception"]
display({"text/plain": object()}, raw=True)

# %%
class Rest:
    def __repr__(self):
        raise LookupError("stops the notebook")


Rest()

# %%
print("never runs")
