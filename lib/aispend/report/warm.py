"""What every forked kernel has from the start, and what it does instead of starting.

The fork server imports this module before it forks; the process that wants the kernels never does.
It holds modules only; what is done with them beforehand is in `rehearsal`, which the server imports next.
"""

import atexit
import gc
import multiprocessing
import os
import signal
import sys
import threading
import time
from contextlib import suppress
from multiprocessing import forkserver
from multiprocessing.connection import wait

# The debugger, which ipykernel brings, else prints that it may miss break points.
os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
_environment = dict(os.environ)

import babel.dates  # noqa: F401
import IPython.core.completerlib  # noqa: F401
import IPython.core.debugger  # noqa: F401
import IPython.core.logger  # noqa: F401
import IPython.core.oinspect  # noqa: F401
import IPython.extensions.storemagic  # noqa: F401
import ipykernel.debugger  # noqa: F401 (a fifth of a kernel's start)
import ipykernel_launcher
import matplotlib.backends.backend_svg
import matplotlib.pyplot
import numpy
import pandas.core.reshape.reshape
import pandas.io.formats.csvs
import pandas.io.formats.style  # noqa: F401
import psutil  # noqa: F401
import sqlite3  # noqa: F401 (for IPython's history)
import tornado.platform.asyncio
import tornado.queues  # noqa: F401
import zmq.utils.garbage  # noqa: F401
from ipykernel.kernelapp import IPKernelApp

import aispend
from aispend.report import kernel  # noqa: F401 (where multiprocessing looks for what a fork is to run)

_INLINE = "module://matplotlib_inline.backend_inline"
_server = os.getpid()
# It looks through all installed packages for backends, once.
matplotlib.rcsetup.validate_backend(_INLINE)
_path = [entry for entry in sys.path if entry not in ("", os.getcwd())]

for _name in aispend.__all__:
    # The package imports its modules only when they are used.
    getattr(aispend, _name)


@atexit.register
def _remove_socket() -> None:
    # multiprocessing leaves this to the driver, which may have been killed. A kernel has the handler too,
    # and a driver that imports this module, as doctests do; it alone knows a server's number.
    known = forkserver._forkserver
    if os.getpid() == _server and known._forkserver_pid is None and (address := known._forkserver_address):
        with suppress(OSError):
            os.unlink(address)
            os.rmdir(os.path.dirname(address))


def run_kernel(arguments: list[str], environment: dict[str, str], folder: str, silent: bool) -> None:
    """Be what `python -m ipykernel_launcher` with these arguments would be, started there."""
    # What the collector leaves alone is memory that need not be copied.
    gc.freeze()
    os.setsid()
    threading.Thread(target=_end_with_driver, daemon=True).start()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    _keep_descriptors()
    if silent:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    # Some libraries set variables when they are imported.
    by_imports = {name: value for name, value in os.environ.items() if name not in _environment}
    os.environ.clear()
    os.environ.update(by_imports | environment)
    time.tzset()
    os.chdir(folder)
    # multiprocessing puts those of the driver there.
    sys.argv, sys.path = [ipykernel_launcher.__file__, *arguments], _path
    # Else pools in a cell are forked by the server as well, and it knows no function of the notebook.
    multiprocessing.set_start_method(None, force=True)
    from aispend.report.rehearsal import forget_old_data

    forget_old_data()
    # matplotlib reads the variable only when it is imported.
    matplotlib.rcParams["backend"] = environment.get("MPLBACKEND") or _INLINE
    # Else every kernel draws the same numbers; Python's own generator sees to this by itself.
    numpy.random.seed()
    # ipykernel reads JPY_PARENT_PID only when it is imported, and the parent is the server here.
    application = IPKernelApp.instance(parent_handle=os.getppid())
    application.initialize(arguments)
    application.start()
    # ipykernel closes its files and sockets there; multiprocessing leaves it out before Python 3.14.
    atexit._run_exitfuncs()


def _keep_descriptors() -> None:
    """Keep from programs that a cell starts what would keep the server alive with them."""
    for descriptor in map(int, os.listdir("/dev/fd")):
        if descriptor > 2:
            # The one that listed the folder is closed by now.
            with suppress(OSError):
                os.set_inheritable(descriptor, False)


def _end_with_driver() -> None:
    driver = multiprocessing.parent_process()
    if driver:
        wait([driver.sentinel])
        os.killpg(0, signal.SIGKILL)
