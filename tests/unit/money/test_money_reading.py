"""What read_money and find_money make of printed figures."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from aispend.errors import AiSpendError, UnreadableAmount
from aispend.money import Money, find_money, read_money

TESTS = Path(__file__).parents[2]
EXAMPLES = list(csv.DictReader((TESTS / "data/money_examples.csv").read_text(encoding="utf-8").splitlines()))


def decimal(text: str) -> Decimal | None:
    return Decimal(text) if text else None


@pytest.mark.parametrize("row", EXAMPLES, ids=lambda row: f"{row['language']} {row['text']}")
def test_example_reads_as_its_words_say(row: dict[str, str]) -> None:
    hint = "KRW" if "currency=KRW" in row["seen_in"] else None
    money = read_money(row["text"], row["language"], currency=hint)
    assert (money.amount, money.currency) == (decimal(row["amount"]), row["currency"])
    assert (money.low, money.high) == (decimal(row["low"]), decimal(row["high"]))
    assert money.approximate == (row["approximate"] == "true")
    assert row["text"][slice(*money.span)] == money.text


def test_the_table_has_four_hundred_rows_that_differ_and_say_where_seen() -> None:
    assert len(EXAMPLES) >= 400
    assert len({(row["text"], row["language"]) for row in EXAMPLES}) == len(EXAMPLES)
    assert all(row["seen_in"] for row in EXAMPLES)


SEVERAL = [
    ("30兆韓元（約204億美元）", "zh", [("30e12", "KRW"), ("20.4e9", "USD")]),
    ("10.1 trillion won ($7.26 billion)", "en", [("10.1e12", "KRW"), ("7.26e9", "USD")]),
    ("The annual revenue is -15€ ($-99.99).", "en", [("-15", "EUR"), ("-99.99", "USD")]),
    ("$ 20,000.00 $ 37,305.97 february expenses", "en", [("20000", "USD"), ("37305.97", "USD")]),
    ("10 rmb 20 usd", "en", [("10", "CNY"), ("20", "USD")]),
    ("rmb 10 usd 20", "en", [("10", "CNY"), ("20", "USD")]),
    ("Banknotes: 5 €, 10 €, 20 €.", "en", [("5", "EUR"), ("10", "EUR"), ("20", "EUR")]),
    ("In 2024 $5 billion, in 2025 USD 6 billion", "en", [("5e9", "USD"), ("6e9", "USD")]),
    ("rose from $10bn to $20bn", "en", [("10e9", "USD"), ("20e9", "USD")]),
    ("rose from 1.9 to 3.4 billion dollars", "en", [("1.9e9", "USD"), ("3.4e9", "USD")]),
    ("a fait passer entre 2020 et 2023 l'enveloppe de 400 à 650 millions de dollars canadiens", "fr", [("400e6", "CAD"), ("650e6", "CAD")]),
    ("cash of $5.8 billion, plus access to $2 billion of credit", "en", [("5.8e9", "USD"), ("2e9", "USD")]),
    ("Napier, 25, won £2,450", "en", [("2450", "GBP")]),
    ("a loss of R25 billion, and R28.7 billion spent on diesel", "en", [("25e9", "ZAR"), ("28.7e9", "ZAR")]),
    ("50 milliards de wons, soit 33 millions d’euros", "fr", [("50e9", "KRW"), ("33e6", "EUR")]),
    ("4人民币5美元", "zh", [("4", "CNY"), ("5", "USD")]),
    ("在下面的价格中选一个，$20，300美圆, ￥300, ok?", "zh", [("20", "USD"), ("300", "USD"), ("300", "CNY")]),
    ("$5 billion plus around $3 billion", "en", [("5e9", "USD"), ("3e9", "USD")]),
    ("£12,000 – £360", "en", [("12000", "GBP"), ("360", "GBP")]),
    ("On 1 Feb P -6,363,217 -$ 55,678", "en", [("-55678", "USD")]),
    ("In 2001, 250 million dollars were blocked", "en", [("250e6", "USD")]),
    ("En avril 2001, 250 millions de francs suisses (1 milliard de francs)", "fr", [("250e6", "CHF")]),
    ("현행 300만원에서 330만원으로 늘어난다", "ko", [("3e6", "KRW"), ("3.3e6", "KRW")]),
    ("1970 년의 252 달러에서 1990 년에는 5,569 달러로 증가", "ko", [("252", "USD"), ("5569", "USD")]),
    ("美元兑人民币23日中间价为6.8368元", "zh", [("6.8368", "CNY")]),
    ("一百塊、二百塊甚至三百塊", "zh", [("100", "CNY"), ("200", "CNY"), ("300", "CNY")]),
    ("£3,000時付￥199年費", "zh", [("3000", "GBP"), ("199", "CNY")]),
    ("四萬多塊一個人的", "zh", [("4e4", "CNY")]),
    ("美国众议院通过3.6万亿美元联邦预算案", "zh", [("3.6e12", "USD")]),
    ("1달러=1400원", "ko", [("1", "USD"), ("1400", "KRW")]),
    ("1조5000억달러(약 2220조3000억 원)", "ko", [("1.5e12", "USD"), ("2220.3e12", "KRW")]),
    ("fined 29 firms $US9.22 ($NZ13.04) million", "en", [("9.22e6", "USD"), ("13.04e6", "NZD")]),
    ("The spread narrowed by 3.2 cents to 13.7 cents.", "en", [("0.032", "USD"), ("0.137", "USD")]),
    ("brought it up to $42.9 million against $28 million in costs", "en", [("42.9e6", "USD"), ("28e6", "USD")]),
    ("cinq cent mille et trois cent mille francs CFA", "fr", [("500000", "XOF"), ("300000", "XOF")]),
    ("643억 달러에서 960억 달러까지 늘어나고", "ko", [("643e8", "USD"), ("960e8", "USD")]),
    ("지난 21일 원 소속팀과 연봉 2억원에", "ko", [("2e8", "KRW")]),
    ("二季度增长1.25亿元至3.89亿元", "zh", [("1.25e8", "CNY"), ("3.89e8", "CNY")]),
    ("美元27款、英镑5款，人民币200.50亿元", "zh", [("200.50e8", "CNY")]),
    ("每股股息預測各為2.1、2.3及2.5港元", "zh", [("2.1", "HKD"), ("2.3", "HKD"), ("2.5", "HKD")]),
    ("分别为3、4、5亿元", "zh", [("3e8", "CNY"), ("4e8", "CNY"), ("5e8", "CNY")]),
    ("1、100万元", "zh", [("1e6", "CNY")]),
    ("總預算案歲入新台幣3兆1534億元、歲出3兆1325億元", "zh", [("3.1534e12", "TWD"), ("3.1325e12", "TWD")]),
    ("純利7.92億元(人民幣,下同)(約9.7億港元),收入780.63億元", "zh", [("7.92e8", "CNY"), ("9.7e8", "HKD"), ("780.63e8", "CNY")]),
    ("港商投资3亿港元，当地出资2亿元", "zh", [("3e8", "HKD"), ("2e8", "CNY")]),
    ("investissements de 2 milliards et 1,4 milliards de livres sterling", "fr", [("2e9", "GBP"), ("1.4e9", "GBP")]),
    ("reçu 2,6 milliards, 1,9 milliard et 1 milliard de dollars", "fr", [("2.6e9", "USD"), ("1.9e9", "USD"), ("1e9", "USD")]),
    ("a population of 2.6 million, 1.9 million dollars", "en", [("1.9e6", "USD")]),
    ("a reculé de 1,48 à 1,25 MdsSEK et le bénéfice net de 383 à 287 MSEK", "fr", [("1.48e9", "SEK"), ("1.25e9", "SEK"), ("383e6", "SEK"), ("287e6", "SEK")]),
    ("le dinar tunisien glisse: il est passé de 1,8 à 3,3 dinars", "fr", [("1.8", "TND"), ("3.3", "TND")]),
    ("bumped up to $67.4M from $66.4M", "en", [("67.4e6", "USD"), ("66.4e6", "USD")]),
    ("rocketed up by 33p - from 52p to 85p - up from £3.58 to £4.21", "en", [("0.33", "GBP"), ("0.52", "GBP"), ("0.85", "GBP"), ("3.58", "GBP"), ("4.21", "GBP")]),
    ("425.2 million Swiss francs\n($432.51 million) against", "en", [("425.2e6", "CHF"), ("432.51e6", "USD")]),
    ("this cap is set to rise by 10 per cent, from £1,568 to £1,717", "en", [("1568", "GBP"), ("1717", "GBP")]),
    ("des moyennes respectives de 5 100 et 4 800 euros/m²", "fr", [("5100", "EUR"), ("4800", "EUR")]),
    ("8,9 milliards d'euros, 9,43 milliards, 9,5 milliards ou encore 12,3 milliards d'euros", "fr", [("8.9e9", "EUR"), ("9.43e9", "EUR"), ("9.5e9", "EUR"), ("12.3e9", "EUR")]),
    ("리니지 283억원, 리니지2 142억원, 길드워2 236억원", "ko", [("283e8", "KRW"), ("142e8", "KRW"), ("236e8", "KRW")]),
    ("was 15 million euros ($17.74 million) plus eight million euros in add-ons", "en", [("15e6", "EUR"), ("17.74e6", "USD"), ("8e6", "EUR")]),
    ("spending was up to $2.97 trillion in July from $2.96 trillion", "en", [("2.97e12", "USD"), ("2.96e12", "USD")]),
    ("income increased by $2 million from $5 million to $7 million", "en", [("2e6", "USD"), ("5e6", "USD"), ("7e6", "USD")]),
    ("435 pence - 7.5 pct above", "en", [("4.35", "GBP")]),
    ("$5 billion plus A$3m", "en", [("5e9", "USD"), ("3e6", "AUD")]),
    ("worth A\\$378m", "en", [("378e6", "AUD")]),
    ("EUR157 .5 m, from USD4 .0 m", "en", [("157.5e6", "EUR"), ("4e6", "USD")]),
    ("R700 000 for the house", "en", [("700000", "ZAR")]),
    ("contre 3.000 et 15.000 euros", "fr", [("3000", "EUR"), ("15000", "EUR")]),
    ("457 EUR- Pas de procédure", "fr", [("457", "EUR")]),
    ("une OnePlus Watch 3 à 246€", "fr", [("246", "EUR")]),
    ("1 € = 655,957 FCFA", "fr", [("1", "EUR"), ("655.957", "XOF")]),
    ("1 milliard 284 millions 105 mille 315 francs CFA", "fr", [("1284105315", "XOF")]),
    ("5억, 3만원", "ko", [("5e8", "KRW"), ("3e4", "KRW")]),
    ("약 천 4백만 달러어치를 팔았다", "ko", [("14e6", "USD")]),
    ("경기 이천 5억원", "ko", []),
    ("5만·10만원권", "ko", [("5e4", "KRW"), ("1e5", "KRW")]),
    ("960만원+이자, 광고비.1000원", "ko", [("960e4", "KRW"), ("1000", "KRW")]),
    ("기존 1만에서 2만원으로", "ko", [("1e4", "KRW"), ("2e4", "KRW")]),
    ("수억~수십억원", "ko", []),
    ("10、20元", "zh", [("10", "CNY"), ("20", "CNY")]),
    ("1亿零300万元", "zh", [("103e6", "CNY")]),
    ("10亿英镑半导体", "zh", [("1e9", "GBP")]),
    ("lists $2.5/$3, priced at $10/1M output tokens, $2/1M, $0.05/1M", "en", [("2.5", "USD"), ("3", "USD"), ("10", "USD"), ("2", "USD"), ("0.05", "USD")]),
]


@pytest.mark.parametrize(("text", "language", "expected"), SEVERAL)
def test_every_figure_of_a_sentence_is_found_in_order(text: str, language: str, expected: list[tuple[str, str]]) -> None:
    assert [(m.amount, m.currency) for m in find_money(text, language)] == [(Decimal(a), c) for a, c in expected]


def test_a_bound_after_the_conversion_belongs_to_the_first_figure() -> None:
    first, second = find_money("2000억달러(약 270조원) 이상", "ko")
    assert (first.amount, first.low, first.currency) == (None, Decimal("2e11"), "USD")
    assert (second.amount, second.approximate, second.currency) == (Decimal("270e12"), True, "KRW")


@pytest.mark.parametrize(("text", "language"), [("tens of billions of dollars", "en"), ("plusieurs milliards d'euros", "fr"), ("수백만 달러", "ko"), ("数百亿美元", "zh")])
def test_a_count_known_by_its_power_of_ten_is_a_range_in_a_cell_and_nothing_in_running_text(text: str, language: str) -> None:
    money = read_money(text, language)
    assert money.amount is None and money.high == 10 * money.low
    assert find_money(text, language) == []


@pytest.mark.parametrize(("text", "language", "low", "high"), [
    ("they did not spend more than $20", "en", None, "20"),
    ("they spent more than $20", "en", "20", None),
    ("not only more than $20", "en", "20", None),
    ("il n'a pas dépensé plus de 5 euros", "fr", None, "5")])
def test_a_denied_comparison_turns_round(text: str, language: str, low: str | None, high: str | None) -> None:
    money = find_money(text, language)[0]
    assert (money.low, money.high) == (decimal(low or ""), decimal(high or ""))


def test_the_language_decides_what_a_scale_word_means() -> None:
    assert read_money("34 billions de won", "fr").amount == Decimal("34e12")
    assert read_money("34 billion won", "en").amount == Decimal("34e9")
    assert read_money("34 Billionen Euro", "de").amount == Decimal("34e12")


def test_a_shared_sign_is_assumed_to_be_the_dollar_of_the_united_states_unless_told() -> None:
    assert (read_money("$5", "en").currency, read_money("$5", "en").assumed_currency) == ("USD", True)
    assert (read_money("$5", "en", currency="HKD").currency, read_money("$5", "en", currency="HKD").assumed_currency) == ("HKD", False)
    assert read_money("$5", "en", currency="KRW").currency == "USD"
    assert not read_money("US$5", "en").assumed_currency


def test_the_yen_and_yuan_sign_needs_a_language_or_a_word() -> None:
    assert read_money("¥10 trillion", "en", currency="JPY").amount == Decimal("10e12")
    assert read_money("¥10 trillion JPY", "en").currency == "JPY"
    assert read_money("¥5", "zh").currency == "CNY"
    assert read_money("¥5", "ja").currency == "JPY"


RANGES = [
    ("not more than $1,000 nor less than $500", "en", "500", "1000"),
    ("not less than $100 per day nor more than $500 per day", "en", "100", "500"),
    ("between about $5 million and $10 million", "en", "5e6", "10e6"),
    ("$3.99 a share to $4.03 a share", "en", "3.99", "4.03"),
    ("compris entre 15 000 euros HT et 90 000 euros HT", "fr", "15000", "90000"),
    ("entre 750.000 et 1 million de dollars", "fr", "750000", "1e6"),
    ("10만원에서 최대 60만원", "ko", "1e5", "6e5"),
    ("1만 8000∼1만 9000원", "ko", "18000", "19000"),
    ("30만 이상 60만원 미만", "ko", "3e5", "6e5"),
    ("3·4억원", "ko", "3e8", "4e8"),
    ("三、五万元", "zh", "3e4", "5e4"),
    ("-5000万元至-3000万元", "zh", "-5e7", "-3e7"),
]


@pytest.mark.parametrize(("text", "language", "low", "high"), RANGES)
def test_two_ends_are_one_range_whatever_stands_between(text: str, language: str, low: str, high: str) -> None:
    (money,) = find_money(text, language)
    assert (money.amount, money.low, money.high) == (None, Decimal(low), Decimal(high))


def test_a_range_that_changes_into_another_stays_a_range() -> None:
    before, after = find_money("guidance was raised from $40 million to $50 million to $93 million to $103 million", "en")
    assert (before.low, before.high, after.low, after.high) == (40 * 10**6, 50 * 10**6, 93 * 10**6, 103 * 10**6)


def test_a_change_before_another_amount_does_not_reach_over_it() -> None:
    first, second = find_money("the tax will be increased to $45 in 2026 and 2027, and $50 to $80 by 2030", "en")
    assert (first.amount, second.amount, second.low, second.high) == (45, None, 50, 80)


@pytest.mark.parametrize("cell", [None, float("nan"), 5])
def test_a_cell_that_is_no_text_is_refused_by_name(cell: object) -> None:
    for read in (read_money, find_money):
        with pytest.raises(UnreadableAmount, match=f"{cell} is no text; drop empty cells"):
            read(cell, "en")


def test_a_currency_makes_a_bare_cell_readable_but_no_bare_number_in_a_sentence() -> None:
    assert read_money("35조", "ko", currency="KRW").amount == Decimal("35e12")
    assert read_money("7,408", "en", currency="USD").amount == 7408
    assert [m.amount for m in find_money("35조 중 3분의 1", "ko", currency="KRW")] == [Decimal("35e12")]
    assert find_money("34 to 3", "en", currency="USD") == []


def cases(name: str, columns: int) -> list[list[str]]:
    lines = (TESTS / "broken" / name).read_text(encoding="utf-8").splitlines()
    return [line.split("|", columns - 1) for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize(("language", "text", "reason"), cases("money_unreadable.txt", 3))
def test_what_has_no_one_meaning_is_refused_for_the_right_reason(language: str, text: str, reason: str) -> None:
    with pytest.raises(UnreadableAmount) as refusal:
        read_money(text, language)
    assert reason in str(refusal.value)
    assert repr(text) in str(refusal.value)


@pytest.mark.parametrize(("language", "text"), cases("money_not_money.txt", 2))
def test_what_is_no_money_is_left_alone(language: str, text: str) -> None:
    assert find_money(text, language) == []


def test_a_currency_none_of_ours_is_itself_and_not_the_nearest_of_ours() -> None:
    assert read_money("500억 홍콩달러", "ko").currency == "HKD"
    assert read_money("C$1.2bn", "en").currency == "CAD"
    assert read_money("5亿新加坡元", "zh").currency == "SGD"
    assert read_money("5 millions de dollars canadiens", "fr").currency == "CAD"


@pytest.mark.parametrize("language", ["", "xx", "english", None, 5])
def test_an_unknown_language_is_named(language: str) -> None:
    with pytest.raises(AiSpendError, match="not a language"):
        find_money("$5", language)


@pytest.mark.parametrize("currency", ["won", "XYZ", "krw", "$"])
def test_an_unknown_currency_is_named(currency: str) -> None:
    with pytest.raises(AiSpendError, match="not a currency"):
        find_money("$5", "en", currency=currency)


def test_money_without_a_number_or_with_bounds_crossed_is_refused() -> None:
    with pytest.raises(UnreadableAmount, match="needs an amount"):
        Money(None, "USD")
    with pytest.raises(UnreadableAmount, match="above the high bound"):
        Money(None, "USD", low=Decimal(2), high=Decimal(1))


def test_a_long_text_gives_the_same_figures_as_its_parts() -> None:
    parts = [row["text"] for row in EXAMPLES if row["language"] == "en" and not row["seen_in"].startswith(("quantulum3; accounts", "duckling", "British", "schoolbook"))]
    filler = " and nothing here is a price at all" * 12 + ". "
    whole = [(m.amount, m.low, m.high, m.currency) for m in find_money(filler.join(parts) + filler, "en")]
    apart = [(m.amount, m.low, m.high, m.currency) for text in parts for m in find_money(text + filler, "en")]
    assert len(filler) > 2 * 200
    assert whole == apart


@pytest.mark.parametrize(("text", "language", "low", "high"), [
    ("spend $5 billion, at least $3 billion of it here", "en", "3e9", None),
    ("spend $5 billion, up to $3 billion of it here", "en", None, "3e9")])
def test_a_bound_between_two_figures_belongs_to_the_second(text: str, language: str, low: str | None, high: str | None) -> None:
    first, second = find_money(text, language)
    assert (first.amount, first.low, first.high) == (Decimal("5e9"), None, None)
    assert (second.low, second.high) == (decimal(low or ""), decimal(high or ""))


def test_a_bound_holds_across_words_for_per_year_with_the_currency_given() -> None:
    assert read_money("최대 연 20억", "ko", currency="KRW").high == Decimal("2e9")
    assert read_money("up to a yearly 2 billion", "en", currency="USD").high == Decimal("2e9")
    assert read_money("jusqu'à 2 milliards par an", "fr", currency="EUR").high == Decimal("2e9")
    assert read_money("每年最多20亿", "zh", currency="CNY").high == Decimal("2e9")


def test_a_bound_holds_across_a_span_of_years() -> None:
    assert find_money("최대 3년간 연 20억원", "ko")[0].high == Decimal("2e9")
    assert find_money("最多3年内20亿元", "zh")[0].high == Decimal("2e9")


def test_the_length_of_a_period_is_no_bound() -> None:
    assert find_money("over a year $5 billion was spent", "en")[0].amount == Decimal("5e9")


def test_a_definite_amount_compared_with_stays_exact() -> None:
    assert find_money("more than the $5 billion of last year", "en")[0].amount == Decimal("5e9")


def test_a_word_that_is_also_an_amount_is_one_only_where_the_currency_is_given() -> None:
    assert read_money("일원", "ko", currency="KRW").amount == 1
    assert find_money("서울 일원", "ko", currency="KRW") == []


@pytest.mark.parametrize("row", EXAMPLES, ids=lambda row: f"{row['language']} {row['text']}")
def test_the_short_way_reads_as_the_long_way_does(row: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    text = f"{row['text']}. {row['text']} and {row['text']}"
    short = find_money(text, row["language"])
    monkeypatch.setattr("aispend.money.figures.read_plain", lambda scan, i: None)
    assert find_money(text, row["language"]) == short
