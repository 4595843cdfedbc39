"""The codebook data/README.md, generated from the contract."""

from typing import Any

from aispend.data import contract

_HEAD = """# Codebook

Generated from `datapackage.json` by `make data`; edit that file, not this one.

{description}

Text is UTF-8 with LF line ends, sorted by key. Amounts are in major units of their currency (won, yuan, euros,
dollars), never in thousands or millions. Currency codes are ISO 4217, countries ISO 3166-1 alpha-3, dates ISO 8601.
An empty cell means: unknown, unstated or not applicable.

Licence of the tables: {licence}. Sources of the series: {sources}.
"""


def codebook() -> str:
    """The whole codebook as Markdown: a section a table, a line a field.

    >>> codebook().splitlines()[0]
    '# Codebook'
    """
    package = contract.package()
    licences = ", ".join(f"[{item['title']}]({item['path']})" for item in package["licenses"])
    sources = "; ".join(f"[{item['title']}]({item['path']})" for item in package["sources"])
    head = _HEAD.format(description=package["description"], licence=licences, sources=sources)
    return "\n".join([head, *(_section(resource) for resource in package["resources"])])


def _section(resource: dict[str, Any]) -> str:
    lines = [f"## {resource['title']} (`{resource['path']}`)", "", resource["description"], ""]
    if "schema" not in resource:
        return "\n".join([*lines, f"Vintage {resource['vintage']}, {resource['hash']}.", ""])
    key = ", ".join(f"`{column}`" for column in contract.key(resource["name"]))
    lines += [f"Key: {key}.", "", "| field | type | meaning |", "|---|---|---|"]
    links = {link["fields"][0]: link["reference"]["resource"] for link in resource["schema"].get("foreignKeys", [])}
    return "\n".join([*lines, *(_line(field, links) for field in resource["schema"]["fields"]), ""])


def _line(field: dict[str, Any], links: dict[str, str]) -> str:
    constraints = field.get("constraints", {})
    meaning = field["description"]
    if field["name"] in links:
        target = links[field["name"]]
        meaning += f" Key of `{target}`." if target else " Key of this table."
    if "families" in field:
        families = (f"*{family}*: {', '.join(names)}" for family, names in field["families"].items())
        meaning += f" {'; '.join(families)}."
    elif "enum" in constraints:
        meaning += f" One of: {', '.join(constraints['enum'])}."
    required = ", required" if constraints.get("required") else ""
    return f"| `{field['name']}` | {field['type']}{required} | {meaning} |"


def write_codebook() -> bool:
    """Write data/README.md and return whether it changed."""
    path = contract.FOLDER / "README.md"
    text = codebook()
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return False
    path.write_text(text, encoding="utf-8")
    return True
