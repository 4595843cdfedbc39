"""Reading money: accuracy and speed beside price-parser and quantulum3, and the round trip in CLDR's other locales.

Run by `make bench` from an environment of its own. Every claim is printed with what was measured; the
script ends with an error where one does not hold.
"""

from __future__ import annotations

import csv
import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path

from apparatus.claims import claim, verdict
from babel import localedata
from price_parser import Price

warnings.filterwarnings("ignore")  # quantulum3 speaks of its optional classifier on import
from quantulum3 import parser as quantulum

from aispend.errors import AiSpendError
from aispend.money import Money, find_money, format_money, read_money
from aispend.money.typography import fold
from aispend.money.vocabulary import vocabulary

EXAMPLES = Path(__file__).parents[1] / "tests/data/money_examples.csv"
CURRENCIES = ["KRW", "EUR", "CNY", "USD", "JPY", "GBP"]
AMOUNTS = [Decimal(text) for text in ("1", "5.5", "999", "12345", "1e6", "12345678", "3.45e9", "34e12")]
Reading = tuple[Decimal | None, Decimal | None, Decimal | None, str | None]


def code_of(printed: str | None, language: str) -> str | None:
    """The ISO code of what a peer returns as currency: a sign, a code or an English name."""
    for words in (vocabulary(language), vocabulary("en")):
        entry = words.entries.get(fold(printed or ""))
        if entry is not None and entry.unit is not None:
            return entry.unit.code
    return None


def read_ours(text: str, language: str) -> Reading:
    money = read_money.__wrapped__(text, language)  # past the cache
    return money.amount, money.low, money.high, money.currency


def read_price_parser(text: str, language: str) -> Reading:
    price = Price.fromstring(text)
    return price.amount, None, None, code_of(price.currency, language)


def read_quantulum(text: str, language: str) -> Reading:
    quantity = next(quantity for quantity in quantulum.parse(text) if quantity.unit.entity.name == "currency")
    value, spread = Decimal(str(quantity.value)), quantity.uncertainty
    currency = code_of(quantity.unit.name, language)
    if spread:
        return None, value - Decimal(str(spread)), value + Decimal(str(spread)), currency
    return value, None, None, currency


READERS: dict[str, Callable[[str, str], Reading]] = {
    "aispend": read_ours, "price-parser": read_price_parser, "quantulum3": read_quantulum}


def expected(row: dict[str, str]) -> Reading:
    amount, low, high = (Decimal(row[name]) if row[name] else None for name in ("amount", "low", "high"))
    return amount, low, high, row["currency"]


def right(reader: Callable[[str, str], Reading], row: dict[str, str], *, parts: int = 4) -> bool:
    """Whether a reader gets the first parts of amount, low, high and currency; a peer's errors count as wrong."""
    try:
        return reader(row["text"], row["language"])[:parts] == expected(row)[:parts]
    except Exception:  # peers raise many kinds
        return False


def microseconds(reader: Callable[[str, str], Reading], row: dict[str, str]) -> float:
    best = float("inf")
    for _ in range(7):
        start = time.perf_counter()
        try:
            reader(row["text"], row["language"])
        except Exception:  # a peer's failure takes time too
            pass
        best = min(best, time.perf_counter() - start)
    return best * 1e6


def compare_with_peers(rows: list[dict[str, str]]) -> None:
    languages = ["en", "fr", "ko", "zh"]
    print(f"\nAccuracy (amount, bounds and currency) and time a text, {len(rows)} examples")
    print(f"  {'':14}{'all':>8}" + "".join(f"{language:>8}" for language in languages) + f"{'no currency':>13}{'median µs':>12}{'slowest µs':>12}")
    medians = {}
    for name, reader in READERS.items():
        for row in rows[:3]:
            right(reader, row)
        marks = [(row["language"], right(reader, row)) for row in rows]
        times = [microseconds(reader, row) for row in rows]
        medians[name] = statistics.median(times)
        shares = [statistics.mean(mark for of, mark in marks if language in ("all", of)) for language in ["all", *languages]]
        bare = statistics.mean(right(reader, row, parts=3) for row in rows)
        print(f"  {name:14}" + "".join(f"{share:8.1%}" for share in shares) + f"{bare:13.1%}{medians[name]:12.1f}{max(times):12.0f}")
    ours = medians["aispend"]
    claim("at most 20 µs a text", ours <= 20, f"{ours:.1f} µs")
    claim("within 3 times of price-parser", ours <= 3 * medians["price-parser"], f"{ours / medians['price-parser']:.1f} times")
    claim("at least 15 times faster than quantulum3", 15 * ours <= medians["quantulum3"], f"{medians['quantulum3'] / ours:.0f} times")


def seconds(work: Callable[[], object]) -> float:
    """Processor time, which on a quiet machine is the time one waits."""
    start = time.process_time()
    work()
    return time.process_time() - start


def read_a_column() -> None:
    print("\nA column of 1,000,000 texts with 10,000 different ones")
    column = [f"약 {n:,}억 원" for n in range(1, 10_001)] * 100
    read_money.cache_clear()
    taken = seconds(lambda: [read_money(text, "ko") for text in column])
    claim("under one second", taken < 1, f"{taken:.2f} s")


HOSTILE = {
    "$1 1 1 1...": lambda size: "$1" + " 1" * (size // 2),
    "nested brackets": lambda size: "(" * (size // 2) + "$5" + ")" * (size // 2),
    "digits": lambda size: "$" + "9" * size,
    "groups of digits": lambda size: "$1" + ",000" * (size // 4),
    "number words": lambda size: "five hundred million " * (size // 21),
    "조 억 만": lambda size: "3조 6000억 " * (size // 9),
    "words around no figure": lambda size: "not up to a total of another annual " * (size // 36),
    "prose with money": lambda size: "The company said it would spend $5 billion on chips over the next three years. " * (size // 79),
}


def read_hostile_text() -> None:
    print("\nSeconds by length (1 KB, 10 KB, 100 KB, 1 MB)")
    for name, text in HOSTILE.items():
        for language in ("en", "ko"):
            taken = [seconds(lambda t=text(size), of=language: find_money(t, of)) for size in (10**3, 10**4, 10**5, 10**6)]
            claim(f"{name} ({language}) under one second a megabyte", taken[-1] < 1, " ".join(f"{value:.4f}" for value in taken))


def read_dense_text() -> None:
    """Half a million figures a megabyte: here the time goes into the figures themselves."""
    print("\nNothing but figures (seconds a megabyte, figures found)")
    find_money("$1 " * 1000, "zh")  # the first long text compiles the word list
    for text in ("$1", "$1 ", "¥1"):
        repeated = text * (200_000 // len(text))
        found: list[Money] = []
        taken = seconds(lambda t=repeated, into=found: into.extend(find_money(t, "zh")))
        print(f"  {text!r:6} {taken * 1e6 / len(repeated):.2f} s, {len(found)} figures in {len(repeated):,} characters")


def import_time() -> None:
    code = "import babel.numbers, time\nstart = time.process_time()\nimport aispend.money\nprint(time.process_time() - start)"
    taken = min(float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout) for _ in range(5))
    print("\nImport")
    claim("under 60 ms beyond Babel's own", taken < 0.06, f"{taken * 1000:.0f} ms")


def round_trip(language: str) -> float:
    """The share of amounts, currencies and styles that read back as written."""
    back = []
    for currency in CURRENCIES:
        for amount in AMOUNTS:
            for style in ("short", "long"):
                try:
                    read = read_money(format_money(Money(amount, currency), language, style=style), language)
                    back.append((read.amount, read.currency) == (three_digits(amount), currency))
                except (AiSpendError, ArithmeticError):
                    back.append(False)
    return statistics.mean(back)


def three_digits(amount: Decimal) -> Decimal:
    return Decimal(f"{amount:.2e}")


def other_locales(named: Iterable[str]) -> None:
    print("\nRound trip of written money in Babel's locales (share that reads back exactly)")
    shares = {}
    for language in sorted({identifier.split("_")[0] for identifier in localedata.locale_identifiers()} - {"root"}):
        try:
            shares[language] = round_trip(language)
        except Exception as error:  # a locale without the data Babel itself needs
            print(f"  {language}: Babel cannot write it ({type(error).__name__})")
    for language in named:
        claim(f"{language} reads back all", shares[language] == 1, f"{shares[language]:.0%}")
    whole = [language for language, share in shares.items() if share == 1]
    print(f"  all of it: {len(whole)} of {len(shares)}: {' '.join(whole)}")
    print("  less: " + "  ".join(f"{language} {share:.0%}" for language, share in sorted(shares.items(), key=lambda item: -item[1]) if share < 1))


def main() -> int:
    rows = list(csv.DictReader(EXAMPLES.read_text(encoding="utf-8").splitlines()))
    compare_with_peers(rows)
    read_a_column()
    read_hostile_text()
    read_dense_text()
    import_time()
    other_locales(["en", "fr", "ko", "zh", "ja", "de", "es", "it", "pt", "ru"])
    return verdict()


if __name__ == "__main__":
    sys.exit(main())
