"""Laws of reading and writing money, on texts nobody thought of."""

from __future__ import annotations

from decimal import Context, Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from aispend.errors import AiSpendError
from aispend.money import Money, find_money, format_money, read_money

LANGUAGES = ["en", "fr", "ko", "zh", "ja", "de", "es", "it", "pt", "ru"]
CURRENCIES = ["KRW", "EUR", "CNY", "USD", "JPY", "GBP"]
PIECES = ["$", "€", "₩", "¥", "USD", "won", "wons", "원", "달러", "元", "美元", "1", "34", "1,234", "5.5", "000", "-", "~", "(", ")", " ", ". ", ",", "and", "et", "et demi",
          "billion", "milliards", "de", "조", "억", "만", "천", "이상", "약", "亿", "万", "三", "五", "百", "约", "a", "half", "at least", "to", "between", "cents", "角", "½", "1/2",
          "\n", "\u202f", "５", "９", "ﷺ", "İ", "\u0301", "🙂", "M", "k", "bn", "un", "cent", "pour", "几", "数", "十", "零", "수", "몇", "several", "tens of", "or", "plus", "(", "=", ">", "$(", "..", "^", "e9"]

texts = st.text(max_size=60) | st.lists(st.sampled_from(PIECES), max_size=25).map("".join) | st.lists(st.sampled_from(PIECES), max_size=20).map(" ".join)
amounts = st.decimals(min_value=Decimal("1"), max_value=Decimal("9e15"), allow_nan=False, allow_infinity=False, places=2)


@settings(max_examples=300, deadline=None)
@given(texts, st.sampled_from(LANGUAGES), st.none() | st.sampled_from(CURRENCIES))
def test_any_text_is_read_or_refused_by_our_own_error(text: str, language: str, currency: str | None) -> None:
    try:
        money = read_money(text, language, currency=currency)
    except AiSpendError:
        return
    assert text[slice(*money.span)] == money.text


@settings(max_examples=300, deadline=None)
@given(texts, st.sampled_from(LANGUAGES), st.none() | st.sampled_from(CURRENCIES))
def test_spans_lie_in_the_text_in_order_and_do_not_overlap(text: str, language: str, currency: str | None) -> None:
    end = 0
    for money in find_money(text, language, currency=currency):
        assert end <= money.span[0] < money.span[1] <= len(text)
        assert text[slice(*money.span)] == money.text
        end = money.span[1]


@settings(max_examples=150, deadline=None)
@given(amounts, st.sampled_from(CURRENCIES), st.sampled_from(LANGUAGES), st.sampled_from(["short", "long"]), st.integers(1, 12))
def test_written_money_reads_back_at_the_printed_precision(amount: Decimal, currency: str, language: str, style: str, digits: int) -> None:
    text = format_money(Money(amount, currency), language, digits=digits, style=style)
    back = read_money(text, language)
    assert (back.amount, back.currency) == (Context(prec=digits).plus(amount), currency)


@settings(max_examples=100, deadline=None)
@given(amounts, amounts, st.sampled_from(LANGUAGES), st.sampled_from(["short", "long"]))
def test_two_figures_joined_by_a_full_stop_are_both_found(first: Decimal, second: Decimal, language: str, style: str) -> None:
    printed = [format_money(Money(value, currency), language, style=style) for value, currency in ((first, "KRW"), (second, "EUR"))]
    found = find_money(". ".join(printed), language)
    assert [(m.amount, m.currency) for m in found] == [
        (Context(prec=3).plus(first), "KRW"), (Context(prec=3).plus(second), "EUR")]


@settings(max_examples=100, deadline=None)
@given(amounts, st.sampled_from(CURRENCIES), st.sampled_from(["en", "fr", "ko", "zh"]))
def test_typography_changes_nothing(amount: Decimal, currency: str, language: str) -> None:
    text = format_money(Money(amount, currency), language, style="long")
    fancy = text.replace(" ", "\u202f").replace("'", "’").translate({ord("0") + i: 0xFF10 + i for i in range(10)})
    assert read_money(fancy, language).amount == read_money(text, language).amount
