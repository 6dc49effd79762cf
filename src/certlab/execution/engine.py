"""The papermill engine `warm`: kernels forked from a worker that has imported the libraries.

    papermill --engine warm input.ipynb output.ipynb

Any Python notebook gives what papermill's own engine gives, without the second that a kernel takes
to start and the seconds that its imports take. Further options of `execute_notebook`:

    warm_imports   modules that the worker imports; by default those that the notebook imports
    isolation      "none" (the caller's rights, as with any kernel) or "namespaces" (see cage.py)

What a library does when it is imported (warning filters, registrations) has happened before the
first cell; `warm_imports=()` imports nothing ahead, for a notebook that looks at that. Notebooks
for other kernels, and machines without fork, are left to papermill's own engine.
"""

from __future__ import annotations

import atexit
import os
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine
from papermill.log import logger
from papermill.utils import merge_kwargs, remove_args

from .imports import installed_modules
from .warm import Worker, why_not
from .warm_kernel import WarmKernelManager

_BACKEND = "module://matplotlib_inline.backend_inline"
_MOST_WORKERS = 3  # each holds its libraries in memory
_VOLATILE = ("PYTEST_CURRENT_TEST",)  # changes from test to test and concerns no library


class WarmEngine(NBClientEngine):
    """papermill's engine with kernels from a warm worker."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,
        log_output: bool = False,
        stdout_file: Any = None,
        stderr_file: Any = None,
        start_timeout: int = 60,
        execution_timeout: int | None = None,
        warm_imports: Iterable[str] | None = None,
        isolation: str = "none",
        **kwargs: Any,
    ) -> Any:
        """Run the notebook as papermill's own engine does. Raises what that one raises.

        Raises ValueError where `isolation` asks for what this machine does not offer.
        """
        caged = _caged(isolation)
        options = {
            "log_output": log_output,
            "stdout_file": stdout_file,
            "stderr_file": stderr_file,
        }
        ours = _is_ours(kernel_name) and not kwargs.keys() & {"km", "kernel_manager_class"}
        if not ours and not caged:
            logger.info(f"kernel {kernel_name} is not this Python's: papermill starts it")
            return super().execute_managed_notebook(
                nb_man,
                kernel_name,
                start_timeout=start_timeout,
                execution_timeout=execution_timeout,
                **options,
                **kwargs,
            )
        if not ours:
            raise ValueError(f"kernel {kernel_name} is not this Python's and cannot be caged")
        names = installed_modules(nb_man.nb) if warm_imports is None else set(warm_imports)
        # As papermill's own engine does with the arguments that nbclient calls differently.
        final = merge_kwargs(
            remove_args(["input_path", "timeout", "startup_timeout"], **kwargs),
            timeout=execution_timeout if execution_timeout else kwargs.get("timeout"),
            startup_timeout=start_timeout,
            kernel_name=kernel_name,
            log=logger,
            **options,
        )
        return _Client(nb_man, _workers.get(names, caged), caged, **final).execute()


class _Client(PapermillNotebookClient):
    """papermill's client on kernels of a warm worker."""

    def __init__(self, nb_man: Any, worker: Worker, caged: bool, **options: Any) -> None:
        super().__init__(nb_man, **options)
        self._worker = worker
        self._caged = caged

    def create_kernel_manager(self) -> WarmKernelManager:
        self.km = WarmKernelManager(kernel_name=self.kernel_name, config=self.config)
        self.km.worker, self.km.caged = self._worker, self._caged
        return self.km


class _Workers:
    """The workers of this process, the one used last at the end.

    One for each set of imports and environment: what a library does when it is imported (warning
    filters, say) concerns only notebooks that import it, and it reads the environment then.
    """

    def __init__(self) -> None:
        self._workers: dict[tuple[object, ...], Worker] = {}
        self._lock = threading.Lock()
        self._process = os.getpid()

    def get(self, names: set[str], caged: bool) -> Worker:
        """A worker that has imported `names` under the environment of this moment."""
        environment = {k: v for k, v in os.environ.items() if k not in _VOLATILE}
        key = (caged, frozenset(names), frozenset(environment.items()))
        with self._lock:
            if self._process != os.getpid():  # a fork of the process that started them
                self._workers, self._process = {}, os.getpid()
            worker = self._workers.pop(key, None)
            if worker is not None and not worker.runs:
                worker.close()
                worker = None
            if worker is None:
                tier = "namespaces" if caged else "none"
                for_imports = {"MPLBACKEND": _BACKEND} | ({} if caged else environment)
                worker = Worker(names, tier, "notebook", for_imports)
            self._workers[key] = worker
            if len(self._workers) > _MOST_WORKERS:
                self._workers.pop(next(iter(self._workers))).close()
            return worker

    def close(self) -> None:
        """End the workers that this process started."""
        if self._process == os.getpid():
            for worker in self._workers.values():
                worker.close()
            self._workers = {}


_workers = _Workers()
atexit.register(_workers.close)


def _caged(isolation: str) -> bool:
    if isolation not in ("none", "namespaces"):
        raise ValueError(f"isolation is {isolation!r}; use 'none' or 'namespaces'")
    if isolation == "namespaces" and (reason := why_not("namespaces")) is not None:
        raise ValueError(f"this machine offers no namespaces: {reason}")
    return isolation == "namespaces"


def _is_ours(kernel_name: str) -> bool:
    """Whether a kernel is this Python's own, and can be forked."""
    if sys.platform != "linux":
        return False
    try:
        spec = KernelSpecManager().get_kernel_spec(kernel_name)
    except NoSuchKernel:
        return False
    program = spec.argv[0]
    mine = program in ("python", "python3") or Path(program).parent == Path(sys.executable).parent
    return mine and "ipykernel_launcher" in spec.argv and not spec.env
