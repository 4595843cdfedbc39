"""Where the inputs and the results of reports live, and how a file is replaced whole."""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
STYLESHEETS = ("page.css", "exhibit.css")


@dataclass(frozen=True)
class Project:
    """The folders of one project; `root` holds notebooks/, data/ and reports/.

    >>> Project(Path("here")).page("10_overview.krw").as_posix()
    'here/reports/html/10_overview.krw.html'
    """

    root: Path
    library: Path = PACKAGE

    @property
    def notebooks(self) -> Path:
        return self.root / "notebooks"

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def lock_file(self) -> Path:
        return self.root / "uv.lock"

    @property
    def specs(self) -> Path:
        return self.root / "reports" / "specs"

    @property
    def template(self) -> Path:
        return self.root / "reports" / "template"

    @property
    def headlines(self) -> Path:
        return self.root / "reports" / "headlines.json"

    @property
    def html(self) -> Path:
        return self.root / "reports" / "html"

    def page(self, name: str) -> Path:
        return self.html / f"{name}.html"

    def result(self, name: str) -> Path:
        return self.html / ".keys" / f"{name}.json"

    def thumbnail(self, name: str) -> Path:
        return self.html / "thumbnails" / f"{name}.svg"

    def failure(self, name: str) -> Path:
        return self.html / ".failed" / f"{name}.json"

    def failed_notebook(self, name: str) -> Path:
        return self.html / ".failed" / f"{name}.ipynb"

    @property
    def scratch(self) -> Path:
        return self.html / ".kernels"

    @property
    def sockets(self) -> Path:
        return self.html / ".sockets"

    def shown(self, path: Path) -> str:
        """A path as messages name it: from the root, with forward slashes."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)


def this_project() -> Project:
    """The project this package was installed from (an editable installation in lib/)."""
    return Project(PACKAGE.parents[1])


def stylesheet(project: Project) -> str:
    """The style sheets of a page in one; exhibit.css is the part exhibits bring along."""
    paths = [project.template / name for name in STYLESHEETS]
    return "\n".join(path.read_text(encoding="utf-8") for path in paths if path.exists())


def write_whole(path: Path, content: bytes) -> None:
    """Replace a file in one step, so that no reader and no kill ever meets half of it.

    Raises OSError (full disk, read-only folder); the old file then stays as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        unfinished.write_bytes(content)
        os.replace(unfinished, path)
    except BaseException as error:
        unfinished.unlink(missing_ok=True)
        if isinstance(error, OSError):
            # A write that meets a full disk names no file.
            raise OSError(error.errno, error.strerror, str(path)) from None
        raise


def remove_leftovers(project: Project) -> None:
    """Remove what a killed build left; only to be called by the holder of the lock."""
    for left in (*project.html.glob("**/.*.unfinished"), *project.headlines.parent.glob(".*.unfinished")):
        left.unlink(missing_ok=True)
    shutil.rmtree(project.scratch, ignore_errors=True)
    for left in project.sockets.glob("*"):
        import multiprocessing

        # A second build of one process goes on with the first one's.
        if str(left) != multiprocessing.current_process()._config.get("tempdir"):  # type: ignore[attr-defined]
            shutil.rmtree(left, ignore_errors=True)


@contextmanager
def only_one_build(project: Project, say: Callable[[str], None]) -> Iterator[None]:
    """Wait until no other build of this project runs, and keep others waiting.

    The operating system drops the lock when its holder dies, so a killed build blocks nobody.
    """
    project.html.mkdir(parents=True, exist_ok=True)
    with open(project.html / ".lock", "w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another build is running; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
