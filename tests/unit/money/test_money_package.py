"""The package as such: what it imports, how its word lists are checked, how long it takes."""

from __future__ import annotations

import subprocess
import sys
import time
import tomllib
from decimal import Decimal
from pathlib import Path

import pytest

import aispend.money
from aispend.errors import AiSpendError
from aispend.money import find_money, read_money
from aispend.money import wordfiles
from aispend.money.entry import Entry
from aispend.money.vocabulary import vocabulary
from aispend.money.wordfiles import add_currencies

PACKAGE = Path(aispend.money.__file__).parent


def run(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_reading_money_needs_no_pandas() -> None:
    code = "import sys; sys.modules['pandas'] = sys.modules['numpy'] = None\nfrom aispend.money import read_money\nprint(read_money('₩5', 'en').amount)"
    assert run(code).strip() == "5"


def test_importing_takes_under_sixty_milliseconds_beyond_babel() -> None:
    code = "import babel.numbers, decimal, dataclasses, time\nstart = time.process_time()\nimport aispend.money\nprint(time.process_time() - start)"
    assert min(float(run(code)) for _ in range(3)) < 0.06


def test_no_module_is_longer_than_three_hundred_lines() -> None:
    long = {path.name: lines for path in PACKAGE.glob("*.py") if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 300}
    assert long == {}


def test_every_word_list_names_only_known_tables() -> None:
    known = {"number", "digit", "multiplier", "fraction", "scale", "grammar", "link", "unit", "not_names", "assumed", "ambiguous", "measure", "before",
             "minor", "minor_alone", "colloquial", "bound", "odd", "minus", "range", "vague", "accounting", "heading", "not_money",
                 "negation", "yearly", "passed_over", "weighs", "price_year", "also_words", "coins", "duration", "several", "calendar", "verb", "milestone", "letter", "qualifier", "reaching", "indian", "preposition", "minor_beside", "rising"}
    for path in PACKAGE.glob("lexicon/*.toml"):
        if path.stem != "world":
            assert set(tomllib.loads(path.read_text(encoding="utf-8"))) <= known, path.name


def test_a_name_said_to_stand_before_the_number_must_be_a_currency() -> None:
    with pytest.raises(AiSpendError, match="'taler'"):
        add_currencies({}, {"before": {"names": ["taler"]}})


def test_an_entry_settles_what_it_can_begin() -> None:
    entry = Entry(number=Decimal(1))
    entry.settle()
    assert entry.counts and not entry.leads


HOSTILE = {
    "a sign and ones": "$1 " + "1 " * 500_000,
    "nested brackets": "(" * 500_000 + "$5" + ")" * 500_000,
    "digits": "$" + "9" * 1_000_000,
    "groups": "$1" + ",000" * 250_000,
    "number words": "five hundred " * 80_000,
    "scales": "1조" * 500_000,
}


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("language", ["en", "ko", "zh"])
def test_a_hostile_megabyte_takes_no_more_than_its_share_of_a_second(kind: str, language: str) -> None:
    text = HOSTILE[kind]
    find_money("$1", language)
    seconds = {}
    for part in (text[: len(text) // 8], text):
        start = time.process_time()
        find_money(part, language)
        seconds[len(part)] = time.process_time() - start
    assert seconds[len(text)] < 1


DENSE = [("en", "5 million pounds of x "), ("en", "¥1"), ("fr", "5 dinars "), ("fr", "1.000 et "), ("ko", "3·4억원 "), ("zh", "新台幣3億元、"), ("zh", "1、")]


@pytest.mark.parametrize(("language", "figure"), DENSE)
def test_figures_that_look_around_them_do_not_look_at_the_whole_text(language: str, figure: str) -> None:
    find_money(figure, language)
    seconds = []
    for size in (8_000, 64_000):
        text = figure * (size // len(figure))
        start = time.process_time()
        find_money(text, language)
        seconds.append(time.process_time() - start)
    assert seconds[1] < 24 * seconds[0]  # eight times the text; were it quadratic, 64 times the time


def test_a_column_of_the_same_texts_is_read_once() -> None:
    read_money.cache_clear()
    for _ in range(1000):
        read_money("1조 4,600억 원", "ko")
    assert read_money.cache_info().misses == 1


JAPANESE = """
[digit]
"一" = 1
"三" = 3
"五" = 5
[multiplier]
"十" = 10
"百" = 100
"千" = 1000
[grammar]
bare_scale = ["十", "百", "千"]
particles = ["を"]
[bound.before]
about = ["約"]
[several]
"数" = 1
[bound.after]
low = ["以上", "+上回る"]
"""


def test_adding_number_words_to_a_language_is_adding_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AiSpendError):
        read_money("三億五千万円", "ja")
    for path in PACKAGE.glob("lexicon/*.toml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "ja.toml").write_text(JAPANESE, encoding="utf-8")
    monkeypatch.setattr(wordfiles, "LEXICON", tmp_path)
    forget()
    try:
        assert read_money("三億五千万円", "ja").amount == 350_000_000
        assert read_money("約千五百億円", "ja").approximate
        assert read_money("1兆円以上", "ja").low == 10**12
        assert read_money("1万5千円", "ja").amount == 15_000
        assert read_money("5億円を上回る", "ja").low == 5 * 10**8
        assert read_money("数十億円", "ja").high == 10**10
    finally:
        forget()


def forget() -> None:
    for cached in (vocabulary, wordfiles.read_lexicon, read_money):
        cached.cache_clear()
