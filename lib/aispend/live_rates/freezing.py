"""Freezing a newer file of the ECB's in data/raw/, with its size, hash and last day in the contract."""

import json
import os
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from pathlib import Path

from aispend.data import contract

RESOURCE = "ecb-reference-rates"


def freeze(raw: bytes, last_day: date) -> str:
    """Replace the frozen file and the three fields of the contract that describe it; returns what was done, in a line.

    Raises OSError (full disk, read-only folder); both files then stay as they were.
    """
    path = contract.FOLDER / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    (entry,) = (entry for entry in package["resources"] if entry["name"] == RESOURCE)
    entry |= {"bytes": len(raw), "hash": f"sha256:{sha256(raw).hexdigest()}", "vintage": last_day.isoformat()}
    text = json.dumps(package, ensure_ascii=False, indent=2) + "\n"
    _replace_together({contract.FOLDER / entry["path"]: raw, path: text.encode("utf-8")})
    return f"frozen: data/{entry['path']}, {len(raw):,} bytes, {entry['hash']}, rates to {last_day}; now run make data and make notebooks"


def _replace_together(contents: Mapping[Path, bytes]) -> None:
    before = {path: path.read_bytes() for path in contents}
    unfinished = {path: path.with_name(f".{path.name}.unfinished") for path in contents}
    try:
        for path, content in contents.items():
            unfinished[path].write_bytes(content)
        try:
            for path in contents:
                os.replace(unfinished[path], path)
        except BaseException:
            # A file and a contract that do not fit each other would stop every report.
            for path, content in before.items():
                path.write_bytes(content)
            raise
    finally:
        for left in unfinished.values():
            left.unlink(missing_ok=True)
