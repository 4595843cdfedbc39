"""The Python of the suite's own environment, in which the reports are built."""

import sys
from pathlib import Path

# The peers bring pyarrow, whose import starts a thread; a kernel cannot be forked from such a parent.
PYTHON = str(next(path for path in (Path(__file__).resolve().parents[2] / ".venv/bin/python", Path(sys.executable)) if path.exists()))
