"""Kernels forked from one warm process that has the heavy imports behind it.

A kernel provisioner of jupyter_client (entry point `aispend-warm`) on multiprocessing's forkserver:
real kernels, so papermill, nbclient, nbval and JupyterLab use it unchanged. Where forking is not
possible, an ordinary kernel starts instead and one line says why.

The warm process lives as long as the process that wants the kernels, and its library with it: this is
for builds and tests, not for a JupyterLab beside which somebody edits the library.
"""

import atexit
import logging
import multiprocessing
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from multiprocessing import forkserver, resource_tracker, util
from multiprocessing.process import BaseProcess
from types import ModuleType
from typing import Any, cast

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner

NAME = "aispend-warm"
# Read by Python and the system's libraries when a process starts; a fork cannot take them on later.
_FIXED_AT_START = ("PYTHON", "LC_", "LANG", "LD_", "DYLD_")
_log = logging.getLogger(__name__)
# One start, poll or close at a time: multiprocessing polls all children whenever one starts, and of
# two threads that poll the same child only one can read its exit code.
_lock = threading.RLock()


@contextmanager
def warm_kernels() -> Iterator[None]:
    """Make kernels warm ones inside, unless the environment names another provisioner."""
    factory = KernelProvisionerFactory.instance()
    before = factory.default_provisioner_name
    if NAME in factory.provisioners and factory.default_provisioner_name_env not in os.environ:
        factory.default_provisioner_name = NAME
        with suppress(_CannotFork):
            # Early, so that it imports while this process imports papermill and nbconvert.
            _warm_process.start()
    try:
        yield
    finally:
        factory.default_provisioner_name = before


class WarmProvisioner(LocalProvisioner):
    """Starts ipykernel as a fork of the warm process; does everything else as LocalProvisioner does."""

    _said: set[str] = set()  # noqa: RUF012 (shared on purpose: each reason is said once)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start the kernel that `cmd` and `kwargs` would start as arguments of subprocess.Popen."""
        try:
            self.process = _warm_process.fork(_kernel_arguments(cmd), **self._scrub_kwargs(kwargs))
        except _CannotFork as reason:
            if str(reason) not in self._said:
                self._said.add(str(reason))
                _log.warning("kernels start the ordinary way, which takes longer: %s", reason)
            return await super().launch_kernel(cmd, **kwargs)
        # Not asked of the system: until the kernel has called setsid it is in this process's own group.
        self.pid = self.pgid = self.process.pid
        self.cwd = kwargs.get("cwd") or os.getcwd()
        return self.connection_info


class _CannotFork(Exception):
    """Why a kernel has to start the ordinary way."""


class _Kernel:
    """What LocalProvisioner uses of subprocess.Popen, over a process of multiprocessing."""

    stdin = stdout = stderr = None

    def __init__(self, process: BaseProcess) -> None:
        self._process, self.pid = process, process.pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        with _lock:
            if self.returncode is None and self._process.exitcode is not None:
                self.returncode = self._process.exitcode
                self._process.close()
        return self.returncode

    # LocalProvisioner waits only for what poll() has found to be over.
    wait = poll

    def send_signal(self, signum: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, signum)


class _WarmProcess:
    """multiprocessing's fork server, of which a process has one; it ends with that process."""

    def __init__(self) -> None:
        self._fixed: dict[str, str] | None = None
        self._obstacle: str | None = None

    def start(self) -> None:
        """Start it unless it runs; it then imports while this process goes on."""
        if "forkserver" not in multiprocessing.get_all_start_methods():
            raise _CannotFork("this system has no fork server")
        if multiprocessing.current_process().daemon:
            raise _CannotFork("a daemonic process may have no children")
        with _lock, _starting():
            if self._fixed is None:
                self._fixed = _fixed(os.environ)
                # OpenBLAS would start threads when numpy is imported, and a process with threads cannot fork.
                os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
                forkserver.set_forkserver_preload(["aispend.report.warm", "aispend.report.rehearsal"])
                _keep_socket_path_short()
            forkserver.ensure_running()

    def fork(
        self, arguments: list[str], *, env: Mapping[str, str], cwd: str | None = None, stderr: Any = None, **others: Any
    ) -> _Kernel:
        """A kernel with these arguments of ipykernel, in this environment and folder."""
        self.start()
        silent = getattr(stderr, "name", None) == os.devnull
        others["stderr"] = None if silent else stderr
        if unknown := [name for name, value in others.items() if value]:
            raise _CannotFork(f"the kernel is to be started with {unknown[0]}")
        if changed := sorted(name for name, _ in _fixed(env).items() ^ (self._fixed or {}).items()):
            raise _CannotFork(f"{changed[0]} is not what it was when the first kernel started")
        self._check()
        return _Kernel(self._started(_run_kernel, arguments, dict(env), str(cwd or os.getcwd()), silent))

    def _check(self) -> None:
        """Fork once to see that it can be done; what is in the way then stays in the way."""
        with _lock:
            if self._obstacle is None:
                try:
                    check = self._started(_count_threads)
                    check.join()
                    self._obstacle = "a library that is imported beforehand runs a thread" if check.exitcode else ""
                    check.close()
                except _CannotFork as reason:
                    self._obstacle = str(reason)
        if self._obstacle:
            raise _CannotFork(self._obstacle)

    def _started(self, function: Callable[..., None], *arguments: Any) -> BaseProcess:
        process = multiprocessing.get_context("forkserver").Process(target=function, args=arguments, name=NAME)
        with _lock, _starting():
            process.start()
        return process


_warm_process = _WarmProcess()


@contextmanager
def _starting() -> Iterator[None]:
    """What a server or a fork that starts inside must not inherit from this process."""
    main = sys.modules["__main__"]
    # It clears the mask set below when it starts.
    resource_tracker.ensure_running()
    # multiprocessing would import the main module of this process again in every child.
    sys.modules["__main__"] = ModuleType("__main__")
    # Ctrl-C in a terminal reaches the server too, which ignores it only once it has imported.
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    except (OSError, EOFError) as error:
        raise _CannotFork(f"the warm process does not answer ({error})") from None
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        sys.modules["__main__"] = main


def _keep_socket_path_short() -> None:
    # A socket's path may have 107 characters, and the folder for temporary files of a build has many.
    before, tempfile.tempdir = tempfile.tempdir, "/tmp"  # noqa: S108 (a new folder in it, for this user only)
    try:
        util.get_temp_dir()
    finally:
        tempfile.tempdir = before


def _kernel_arguments(command: list[str]) -> list[str]:
    """What follows `python -m ipykernel_launcher`."""
    python, *flags = command[: command.index("-m")] if "-m" in command else [""]
    module, *arguments = command[len(flags) + 2 :] or [""]
    if python != sys.executable or module != "ipykernel_launcher" or {*flags} - {"-Xfrozen_modules=off"}:
        raise _CannotFork("the kernel is not the ipykernel of this Python")
    return arguments


def _fixed(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name.startswith(_FIXED_AT_START)}


@atexit.register
def _end_kernels() -> None:
    # Registered after multiprocessing's own, so called before it, which would wait for them for ever.
    for process in multiprocessing.active_children():
        if process.name == NAME:
            with suppress(OSError):
                os.killpg(cast(int, process.pid), signal.SIGKILL)


def _count_threads() -> None:
    """Runs in a fork: its exit code says how many threads the server has beside the one that forks."""
    import psutil

    sys.exit(psutil.Process(os.getppid()).num_threads() - 1)


def _run_kernel(*arguments: Any) -> None:
    """Runs in a fork, where the server has long imported what would slow the driver down."""
    from aispend.report import warm

    warm.run_kernel(*arguments)
