"""The contract of the tables: data/datapackage.json, a Frictionless data package."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from aispend.errors import BrokenTable

FOLDER = Path(__file__).resolve().parents[3] / "data"


@cache
def package() -> dict[str, Any]:
    """The whole contract, as parsed JSON.

    >>> package()["name"]
    'aispend'
    """
    path = FOLDER / "datapackage.json"
    if not path.is_file():
        raise BrokenTable(
            f"{path} is missing: the package reads its tables from the repository it is installed from; "
            "clone the repository and run make there"
        )
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise BrokenTable(f"data/datapackage.json, line {error.lineno}: {error.msg}; mend the JSON or restore the file with git") from error


def tables() -> list[str]:
    """Names of the tables, in the order of the contract.

    >>> tables()[:3]
    ['actors', 'programmes', 'participants']
    """
    return [resource["name"] for resource in package()["resources"] if "schema" in resource]


def resource(name: str) -> dict[str, Any]:
    """One resource of the contract: path, title, description, and for a table its schema.

    >>> resource("facts")["schema"]["primaryKey"]
    'fact_id'
    """
    for candidate in package()["resources"]:
        if candidate["name"] == name:
            return candidate
    raise BrokenTable(f"no table {name!r} in data/datapackage.json; tables: {', '.join(tables())}")


def fields(table: str) -> list[dict[str, Any]]:
    """The fields of a table: name, type, description, constraints.

    >>> [field["name"] for field in fields("macro")]
    ['country', 'indicator', 'year', 'value', 'unit', 'source', 'vintage']
    """
    return resource(table)["schema"]["fields"]


def key(table: str) -> list[str]:
    """The columns of a table's primary key, in order.

    >>> key("macro")
    ['country', 'indicator', 'year']
    """
    primary = resource(table)["schema"]["primaryKey"]
    return [primary] if isinstance(primary, str) else list(primary)


@cache
def families() -> dict[str, str]:
    """The family of each measure: only measures of one family share an axis.

    >>> families()["capital-expenditure"], families()["fund"]
    ('outlay', 'financing')
    """
    (measure,) = (field for field in fields("facts") if field["name"] == "measure")
    return {name: family for family, names in measure["families"].items() for name in names}
