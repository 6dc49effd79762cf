# %%
import os
import sys

names = ["TERM", "CLICOLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "PAGER", "GIT_PAGER", "MPLBACKEND", "PYDEVD_USE_FRAME_EVAL", "CORPUS_OUTER", "JPY_SESSION_NAME", "PYTHONPATH", "HOME", "PATH", "LANG", "USER"]
for name in names:
    print(name, os.environ.get(name))

# %%
print([os.path.basename(sys.argv[0]), *sys.argv[1:2], *sys.argv[3:]])

# %%
print(sys.path)

# %%
print(sys.flags, sys.executable, sys.prefix, sys.orig_argv[1:3])

# %%
os.path.basename(os.getcwd()), os.listdir()

# %%
import signal

print(signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGPIPE), signal.getsignal(signal.SIGCHLD))
print(callable(signal.getsignal(signal.SIGINT)))

# %%
import threading
import time

print(threading.excepthook is threading.__excepthook__, sys.getrecursionlimit(), sys.getswitchinterval())
print(type(sys.stdout).__name__, type(sys.stderr).__name__, type(sys.displayhook).__name__, sys.excepthook.__qualname__)
print(time.tzname, sys.getdefaultencoding(), sys.getfilesystemencoding())

# %%
import locale
import resource

print(locale.getlocale(), resource.getrlimit(resource.RLIMIT_NOFILE)[0] > 100, os.umask(0o022))

# %%
import warnings

print([(action, category.__name__, module) for action, _, category, module, _ in warnings.filters])

# %%
for name in ("numpy", "pandas", "matplotlib.pyplot", "sklearn", "tensorflow", "keras", "certlab"):
    module = sys.modules.get(name)
    print(name, "in globals" if name in globals() else "not in globals")

# %%
import numpy as np

np.get_printoptions()["precision"], np.geterr()

# %%
import random

random.seed(1)
np.random.seed(2)
random.random(), np.random.rand(2)
