"""format_money, and reading it back."""

from __future__ import annotations

from decimal import Context, Decimal

import pytest

from aispend.errors import AiSpendError
from aispend.money import Money, format_money, read_money

LANGUAGES = ["en", "fr", "ko", "zh", "ja", "de", "es", "it", "pt", "ru"]
CURRENCIES = ["KRW", "EUR", "CNY", "USD", "JPY", "GBP"]
AMOUNTS = ["0", "0.05", "1", "2", "5.5", "999", "1000", "12345", "1e6", "2e6", "12345678", "1e9", "3.45e9", "123e9", "1e12", "34e12", "999e12", "1e15", "-3.4e9"]


@pytest.mark.parametrize("style", ["short", "long"])
@pytest.mark.parametrize("currency", CURRENCIES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_reading_what_was_written_gives_the_amount_at_the_printed_precision(language: str, currency: str, style: str) -> None:
    for amount in map(Decimal, AMOUNTS):
        for digits in (1, 3, 6):
            text = format_money(Money(amount, currency), language, digits=digits, style=style)
            back = read_money(text, language)
            assert (back.amount, back.currency) == (Context(prec=digits).plus(amount), currency), text


WRITTEN = [  # by CLDR's tables, read by eye
    ("34e12", "KRW", "en", "short", "₩34T"),
    ("34e12", "KRW", "en", "long", "34 trillion South Korean won"),
    ("34e12", "KRW", "ko", "short", "₩34조"),
    ("34e12", "KRW", "zh", "long", "34万亿韩元"),
    ("34e12", "KRW", "fr", "long", "34 billions de wons sud-coréens"),
    ("3.4e9", "EUR", "fr", "long", "3,4 milliards d’euros"),
    ("3.4e9", "EUR", "de", "long", "3,4 Milliarden Euro"),
    ("1e6", "USD", "en", "long", "1 million US dollars"),
    ("1", "USD", "en", "long", "1 US dollar"),
    ("5e9", "JPY", "en", "short", "JPY\xa05B"),
    ("5e9", "CNY", "zh", "short", "¥50亿"),
]


@pytest.mark.parametrize(("amount", "currency", "language", "style", "expected"), WRITTEN)
def test_money_is_written_as_the_language_prints_it(amount: str, currency: str, language: str, style: str, expected: str) -> None:
    assert format_money(Money(Decimal(amount), currency), language, style=style) == expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_bounds_ranges_and_approximations_survive(language: str) -> None:
    for money in (
        Money(None, "EUR", low=Decimal("5e9")),
        Money(None, "EUR", high=Decimal("5e9")),
        Money(None, "EUR", low=Decimal("2e9"), high=Decimal("5e9")),
        Money(Decimal("5e9"), "EUR", approximate=True),
    ):
        for style in ("short", "long"):
            text = format_money(money, language, style=style)
            back = read_money(text, language)
            assert (back.amount, back.low, back.high, back.approximate) == (money.amount, money.low, money.high, money.approximate), text


def test_bad_arguments_are_named() -> None:
    money = Money(Decimal(1), "USD")
    with pytest.raises(AiSpendError, match="'wide'"):
        format_money(money, "en", style="wide")
    with pytest.raises(AiSpendError, match="digits 0"):
        format_money(money, "en", digits=0)
    with pytest.raises(AiSpendError, match="'xx'"):
        format_money(money, "xx")
