"""IPython profile under which outputs are stored by `certlab build` and compared by nbval.

Six significant digits are enough to notice a wrong number, and they are the same on every machine,
where the last digits of a sum depend on the processor and on the linear algebra library.
"""

c = get_config()  # type: ignore[name-defined]  # noqa: F821  (IPython defines it)
c.PlainTextFormatter.float_precision = "%.6g"
