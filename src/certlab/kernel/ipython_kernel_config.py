"""Settings of every Jupyter kernel in an environment where CertLab is installed.

The wheel puts this file into ``<environment>/etc/ipython/``, where IPython's kernel looks for it,
so JupyterLab, nbval, papermill and `certlab` all start the same quiet kernel.

TensorFlow's C++ libraries write notices about CUDA and oneDNN to file descriptor 2 while they are
imported, before any logging setting of theirs takes effect (seen with 2.21: TF_CPP_MIN_LOG_LEVEL
removes one line of four). A kernel normally copies what arrives on its descriptors into the
notebook. Here it leaves them where they are, in the terminal that runs the server, which is what
Colab's kernel does. Python's own stdout and stderr are not descriptors: `print`, warnings and
tracebacks reach the notebook as always, and so does `!command`.
"""

c = get_config()  # type: ignore[name-defined]  # noqa: F821  (IPython defines it)
c.IPKernelApp.capture_fd_output = False
