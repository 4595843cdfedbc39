"""Claims: each is printed with what was measured, and the run ends with an error where one does not hold."""

FAILED: list[str] = []


def claim(name: str, holds: bool, measured: str) -> None:
    """Prints whether a claim holds, and what was measured."""
    print(f"  {'holds' if holds else 'FAILS'}  {name}: {measured}")
    if not holds:
        FAILED.append(name)


def verdict() -> int:
    """Prints the claims that failed; 1 if any did, as the script's exit status."""
    print(f"\n{len(FAILED)} claims fail" + "".join(f"\n  {name}" for name in FAILED))
    return int(bool(FAILED))
