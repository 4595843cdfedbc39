"""What kernels find around them: the same for every build, whoever starts it, from wherever."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aispend.report.kernel import warm_kernels


@contextmanager
def same_surroundings(root: Path, scratch: Path) -> Iterator[None]:
    """Give kernels started inside the same surroundings whoever starts the build, from wherever.

    `scratch` holds what kernels write for themselves; it is emptied before and removed after.
    Changes the environment and the working directory of this process: enter it before threads start.
    """
    settings = {
        # Order of sets, sorting and number formats, clock: all of them reach a page otherwise.
        "PYTHONHASHSEED": "0",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        # The reader's own start-up files and kernels named python3 stay out.
        "IPYTHONDIR": str(scratch / "ipython"),
        "JUPYTER_PREFER_ENV_PATH": "1",
        # Connection files too, which a killed build would leave in the system's folder.
        "TMPDIR": str(scratch),
        # One build runs as many kernels as there are cores; each gets one thread for sums.
        "OPENBLAS_NUM_THREADS": "1",
    }
    before, folder = dict(os.environ), os.getcwd()
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    os.environ.update(settings)
    # A backend set for a desktop would draw nothing into the notebook.
    os.environ.pop("MPLBACKEND", None)
    os.chdir(root)
    # tempfile remembers the folder it found first.
    tempfile.tempdir = None
    try:
        with warm_kernels():
            yield
    finally:
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(before)
        tempfile.tempdir = None
        shutil.rmtree(scratch, ignore_errors=True)
