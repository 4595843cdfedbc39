"""Charts carry the numbers of their frame, say how to read them, and can be read: nothing clipped, nothing on top of anything."""

import re
from functools import lru_cache
from xml.etree import ElementTree

import matplotlib
import matplotlib.pyplot as plt
import pandas as pd
import pytest

from aispend import charts
from aispend.charts import captions
from aispend.charts.drawing import text_width
from aispend.data.tables import load
from aispend.errors import AiSpendError, NotComparable
from aispend.exhibit import Exhibit
from aispend.ladder import every_choice, ladder_steps

NAMES = {"korea": "South Korea", "alphabet": "Alphabet (Google)", "openai": "OpenAI", "deepseek": "DeepSeek"}
MARKET = "USD, nominal, market rate, period average"


def fact(actor_id: str, measure: str, value: float, year: int | None = 2025, **changes: object) -> dict[str, object]:
    row: dict[str, object] = {
        "fact_id": f"{actor_id}-{measure}-{year}-{changes.get('stage', 'spent')}",
        "actor_id": actor_id, "actor": NAMES.get(actor_id, actor_id),
        "family": "outlay", "measure": measure, "stage": "spent", "what": None, "excludes": None, "replaces": None,
        "period_start": pd.Timestamp(f"{year}-01-01") if year else pd.NaT, "period_end": pd.Timestamp(f"{year}-12-31") if year else pd.NaT,
        "announced_on": None, "value": value, "value_low": value, "value_high": value, "value_is": "exact",
        "basis": MARKET, "held_from": pd.NA, "vintage": "ECB 2026-10-30", "publisher": "Publisher", "url": "https://example.org/a",
    }
    return row | changes


CORE = pd.DataFrame([
    fact("korea", "budget", 2.32e9, stage="appropriated", what="Whole-government AI budget.", value_low=1.3e9, excludes="Local government."),
    fact("alphabet", "capital-expenditure", 91.447e9, what="Cash paid for property and equipment", excludes="The AI part is not split out."),
    fact("openai", "operating-cost", 34e9, value_is="about", excludes="Compute paid in kind."),
])
WIDE_SPAN = pd.DataFrame([
    fact("deepseek", "training-run", 5.576e6, None, announced_on="2024-12", family="unit-cost", stage="estimated",
         what="Final training run of DeepSeek-V3 at two dollars per GPU hour"),
    fact("korea", "fund", 105e9, None, announced_on="2025-07-29", family="financing", stage="announced", value_is="at-least",
         what="독자 AI 파운데이션 모델, a fund of one hundred and fifty trillion won over five years for AI and nine other fields"),
    fact("openai", "fund", 500e9, None, announced_on="2025-01-21", family="financing", stage="announced", value_is="at-most"),
])
CROWD = pd.DataFrame([
    fact(["korea", "openai", "sk-telecom"][number % 3], ["budget", "compute", "operating-cost"][number % 3], 20e9 + number * 1e6, 2010 + number,
         stage=["spent", "guided"][number % 2], actor=["South Korea", "OpenAI", "Consortium of SK Telecom, Krafton, 42dot, Rebellions and Liner"][number % 3])
    for number in range(18)
])
YEARS = pd.DataFrame([
    *(fact("alphabet", "capital-expenditure", value * 1e9, year) for year, value in zip(range(2015, 2026), (10, 10, 13, 25, 24, 22, 25, 31, 32, 53, 91), strict=True)),
    fact("alphabet", "capital-expenditure", 185e9, 2026, stage="guided", value_is="midpoint", value_low=175e9, value_high=195e9),
    *(fact("alphabet", "research-and-development", value * 1e9, year) for year, value in ((2013, 7), (2014, 10), (2015, 12), (2020, 28), (2021, 32))),
    *(fact("openai", "research-and-development", value * 1e9, year) for year, value in ((2020, 27.9), (2021, 31.9))),
])
MANY_LINES = pd.DataFrame([
    fact(actor, measure, (30 + number + step) * 1e9, 2020 + step) for number, actor in enumerate(("korea", "alphabet", "openai", "deepseek", "naver", "upstage", "kt"))
    for measure in ("budget", "compute") for step in range(3)
])
EVENTS = pd.DataFrame({
    "date": ["2026", "2025-08-04", "2026-01-15", "2025-08"], "actor_id": ["korea"] * 4, "publisher": "Ministry", "url": "https://example.org",
    "what": ["Final.", "Five teams are chosen: " + "LG AI Research, SK Telecom, Naver Cloud, NC AI and Upstage " * 2, "First evaluation 평가.", "The teams start."],
})
PAIR = pd.DataFrame([
    fact("korea", "fund", 105e9, family="financing", amount=150e12, currency="KRW", price_country="KOR", announced_on="2025-09-10", ai_scope="part",
         period_start=pd.Timestamp("2025-12-11"), period_end=pd.Timestamp("2030-12-31"), label="growth fund", value_is="at-least"),
    fact("alphabet", "capital-expenditure", 91.45e9, amount=91.45e9, low=91.4e9, currency="USD", price_country="USA", announced_on="2026-02-04", ai_scope="part", label="capital expenditure, 2025"),
    fact("deepseek", "training-run", 5.576e6, None, family="unit-cost", amount=5.576e6, high=6e6, currency="USD", announced_on="2024-12", ai_scope="all", label="V3, published training run"),
]).assign(low=lambda rows: rows["low"].fillna(rows["amount"]), high=lambda rows: rows["high"].fillna(rows["amount"])).drop(columns=["value", "value_low", "value_high"])
FUND, CAPEX, RUN = PAIR["fact_id"]
GRID = pd.concat([every_choice(PAIR, FUND, other, ai_share=(0.2, 1.0)).assign(conclusion=f"the growth fund beside {other.partition('-')[0]}") for other in (CAPEX, RUN)])
FUNNEL = pd.DataFrame([
    {"actor_id": "korea", "budget": f"the sum {name}, as the press carried it", "allocation": rule, "option": f"final {end}", "discount_rate": rate,
     "value": amount * weight * (1 - rate), "basis": "KRW, nominal, no conversion", "publisher": "Publisher", "url": "https://example.org/a"}
    for name, amount in (("voted in May 2025", 213.6e9), ("of the international press", 530e9)) for rule, weight in (("by GPUs, as announced", 0.27), ("winner-weighted", 0.5))
    for end in ("Dec 2026", "2027") for rate in (0.0, 0.045)
])
CHANGES = FUNNEL.assign(choice=["which budget is meant"] * 8 + ["the rule"] * 8, baseline=FUNNEL["value"].iloc[0])
DRAWN = {
    "scenarios": lambda: charts.scenarios(FUNNEL, title="A finalist"), "tornado": lambda: charts.tornado(CHANGES, title="What matters"),
    "ladder": lambda: charts.ladder(ladder_steps(PAIR, FUND, CAPEX)), "ladder of a share": lambda: charts.ladder(ladder_steps(PAIR, FUND, CAPEX, ai_share=(0.2, 1.0))),
    "far ladder": lambda: charts.ladder(ladder_steps(PAIR, FUND, RUN)), "short ladder": lambda: charts.ladder(ladder_steps(PAIR, CAPEX, FUND).head(2)),
    "grid": lambda: charts.heat(GRID), "wide grid": lambda: charts.heat(pd.concat([GRID, GRID.assign(conclusion=GRID["conclusion"] + " once more")])),
    "core": lambda: charts.dots(CORE), "wide span": lambda: charts.dots(WIDE_SPAN), "crowd": lambda: charts.dots(CROWD),
    # Ticks of three digits and an amount so wide that a telephone leaves the axis little room.
    "cramped axis": lambda: charts.dots(CORE.assign(value=[920e9, 10e9, 700e9], value_low=10e9, value_high=[920e9, 10e9, 700e9], value_is="at-most", basis="KRW per year, nominal, no conversion")),
    "shares": lambda: charts.dots(CORE.assign(value=CORE["value"] / 1e12, value_low=1e-3, value_high=1e-3, basis="share of GDP of KOR, nominal, same years")),
    "years": lambda: charts.timeline(YEARS), "announcements": lambda: charts.timeline(WIDE_SPAN), "events": lambda: charts.timeline(EVENTS),
    "many lines": lambda: charts.timeline(MANY_LINES), "one panel an actor": lambda: charts.timeline(MANY_LINES[MANY_LINES["measure"] == "budget"]),
}


@lru_cache
def drawn(name: str) -> Exhibit:
    return DRAWN[name]()


def pictures(exhibit: Exhibit) -> list[ElementTree.Element]:
    return [ElementTree.fromstring(svg) for svg in (exhibit.svg, exhibit.svg_narrow)]


def texts(picture: ElementTree.Element) -> list[ElementTree.Element]:
    return picture.findall(".//{*}text")


def words(exhibit: Exhibit) -> list[str]:
    return [text.text for text in texts(pictures(exhibit)[0])]


def letter_size(text: ElementTree.Element) -> float:
    return float(re.search(r"font-size: ([\d.]+)px", text.get("style"))[1])


def box(text: ElementTree.Element) -> tuple[float, float, float, float]:
    size, style = letter_size(text), text.get("style")
    across = text_width(text.text, size, bold="700" in style)
    shift = 0.5 if "middle" in style else 1.0 if "end" in style.split("text-anchor")[-1] and "text-anchor" in style else 0.0
    left, base = float(text.get("x")) - shift * across, float(text.get("y"))
    return left, base - 0.75 * size, left + across, base + 0.2 * size


def strokes(exhibit: Exhibit, colour: str) -> list[str]:
    """The styles of the lines of two pixels in that colour."""
    return [path.get("style") for path in pictures(exhibit)[0].findall(".//{*}path") if f"stroke: {colour}; stroke-width: 2" in path.get("style", "")]


# --- can it be read? -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DRAWN)
def test_every_word_is_inside_the_picture_and_none_is_on_another(name: str):
    for picture in pictures(drawn(name)):
        _, _, width, height = map(float, picture.get("viewBox").split())
        boxes = [(text.text, box(text)) for text in texts(picture)]
        for number, (text, (left, top, right, bottom)) in enumerate(boxes):
            assert left >= -0.5 and right <= width + 0.5 and top >= -0.5 and bottom <= height + 0.5, text
            for other, (left2, top2, right2, bottom2) in boxes[:number]:
                assert right <= left2 or right2 <= left or bottom <= top2 or bottom2 <= top, (text, other)


@pytest.mark.parametrize("name", DRAWN)
def test_letters_are_large_enough_on_a_telephone(name: str):
    exhibit = drawn(name)
    assert all(letter_size(text) >= 11 for picture in pictures(exhibit) for text in texts(picture))
    assert [float(picture.get("viewBox").split()[2]) for picture in pictures(exhibit)] == [712, 320]


@pytest.mark.parametrize("name", DRAWN)
def test_no_raw_numbers_and_no_names_of_columns(name: str):
    exhibit = drawn(name)
    shown = "\n".join([*words(exhibit), exhibit.headline, exhibit.subtitle, exhibit.note, exhibit.alt, *exhibit.table.columns])
    assert not re.search(r"\d{7}|\d,\d{3},\d{3}", shown)
    assert not re.search(r"value_|actor_id|capital-expenditure|operating-cost|training-run|at-least|\bnan\b|\bNone\b", shown)


def test_text_stays_text_in_the_fonts_of_the_reader():
    svg = charts.dots(WIDE_SPAN).svg
    assert "독자 AI" in svg and "system-ui" in svg and "DejaVu" not in svg


# --- is it the same everywhere? --------------------------------------------------------------------------


@pytest.mark.parametrize("name", DRAWN)
def test_the_same_frame_gives_the_same_bytes(name: str):
    assert drawn(name)._repr_mimebundle_() == DRAWN[name]()._repr_mimebundle_()


def test_settings_of_matplotlib_neither_change_a_picture_nor_are_changed():
    before = charts.timeline(YEARS).svg
    with matplotlib.rc_context({"font.size": 30, "lines.linewidth": 9, "font.family": "serif", "text.color": "red", "svg.fonttype": "path", "savefig.dpi": 300}):
        settings = dict(matplotlib.rcParams)
        assert charts.timeline(YEARS).svg == before
        assert dict(matplotlib.rcParams) == settings
    assert plt.get_fignums() == []


def test_exhibits_share_a_page_without_sharing_ids_or_styles():
    page = "".join(drawn(name).html for name in DRAWN)
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids)) and "<style" not in page
    assert set(re.findall(r'(?:href="|url\()#([\w-]+)', page)) <= set(ids)


def test_columns_of_categories_draw_the_same():
    columns = ["actor", "actor_id", "measure", "stage", "family", "basis", "value_is"]
    assert charts.timeline(YEARS.astype(dict.fromkeys(columns, "category"))).html == charts.timeline(YEARS).html
    assert charts.dots(CORE.astype(dict.fromkeys(columns, "category"))).html == charts.dots(CORE).html


def test_a_changed_value_changes_the_plain_text_of_the_chart():
    assert str(charts.dots(CORE)) != str(charts.dots(CORE.assign(value=CORE["value"] * [1.001, 1, 1])))


@pytest.mark.parametrize("form", [charts.dots, charts.timeline, charts.table])
def test_the_frame_is_left_as_it_was(form):
    frame = CORE.copy()
    form(frame)
    pd.testing.assert_frame_equal(frame, CORE)


# --- does it say what the frame says? --------------------------------------------------------------------


def test_dots_are_sorted_and_labelled_with_actor_and_amount():
    exhibit = charts.dots(CORE, title="A finding", note="Said by hand.")
    assert exhibit.headline == "A finding" and exhibit.subtitle == "2025. US dollars, nominal, market rate, period average"
    assert list(exhibit.table["USD billion"]) == pytest.approx([91.447, 34, 2.32])
    assert {"Alphabet (Google)", "USD 91.4 bn", "about USD 34 bn", "USD 2.32 bn", "spent", "appropriated", "range of published figures"} <= set(words(exhibit))
    assert exhibit.note == (
        "Approximate in the source: OpenAI.\nLeft out:\n(a) Alphabet (Google): The AI part is not split out.\n"
        "(b) OpenAI: Compute paid in kind.\n(c) South Korea: Local government.\nSaid by hand."
    )
    assert list(exhibit.table["Left out"]) == ["(a)", "(b)", "(c)"]
    assert exhibit.alt == "Dot plot. Alphabet (Google) 2025: USD 91.4 bn; OpenAI 2025: about USD 34 bn; South Korea 2025: USD 2.32 bn."
    assert exhibit.source[0] == ("Publisher", "https://example.org/a") and exhibit.source[1][0].endswith("rates to 2026-10-30")


def test_the_order_of_the_rows_changes_nothing():
    assert charts.dots(CORE.iloc[::-1]).html == charts.dots(CORE).html


def test_bounds_estimates_and_kinds_are_marked_and_said():
    exhibit = charts.dots(WIDE_SPAN)
    assert {"at least USD 105 bn", "at most USD 500 bn", "lower bound", "upper bound", "estimated", "announced"} <= set(words(exhibit))
    assert exhibit.note.startswith("These are different kinds of money (unit cost, financing).") or "different kinds of money (financing, unit cost)" in exhibit.note
    assert "A lower bound: South Korea." in exhibit.note and "Estimated, not counted: DeepSeek." in exhibit.note


@pytest.mark.parametrize(("smallest", "logarithmic"), [(0.9e9, True), (1.1e9, False)])
def test_the_scale_is_logarithmic_beyond_a_hundredfold(smallest: float, logarithmic: bool):
    frame = pd.DataFrame([fact("korea", "budget", smallest), fact("alphabet", "budget", 100e9)])
    shown = words(charts.dots(frame))
    assert ("Logarithmic scale: equal steps are equal multiples" in shown) is logarithmic
    assert ("0" in shown) is not logarithmic


def test_spent_is_solid_and_everything_not_yet_spent_a_ring():
    for stage, ring in (("spent", False), ("estimated", False), *((stage, True) for stage in ("announced", "requested", "appropriated", "committed", "guided"))):
        svg = charts.dots(pd.DataFrame([fact("korea", "budget", 2e9, stage=stage)])).svg
        assert ("fill: #ffffff; stroke: #c8102e" in svg) is ring, stage


def test_a_note_names_a_row_by_what_tells_it_from_the_others():
    labelled = CORE.assign(label=["first", "second", "third"], value_is="about")
    assert "Approximate in the source: second; third; first." in charts.dots(labelled.assign(actor="Korea")).note
    two_firms = labelled.assign(actor=["Korea", "Korea", "OpenAI"])
    assert "Approximate in the source: Korea, second; OpenAI; Korea, first." in charts.dots(two_firms).note


def test_a_row_without_a_value_keeps_its_place_and_says_why():
    frame = pd.concat([CORE, pd.DataFrame([fact("deepseek", "budget", float("nan"), basis="no value: no exchange rate")])], ignore_index=True)
    exhibit = charts.dots(frame)
    assert "no value" in words(exhibit) and "No value: no exchange rate: DeepSeek." in exhibit.note
    assert str(exhibit).splitlines()[7].startswith("DeepSeek | budget | 2025 | –")


def test_rates_and_deflators_are_cited_only_where_they_were_used():
    same = CORE.assign(basis="USD, nominal, no conversion")
    deflated = CORE.assign(basis="USD, prices of 2021 by the GDP deflator of USA, no conversion", vintage="ECB 2026-10-30, World Bank 2026-07-01", held_from=[pd.NA, 2025, pd.NA])
    assert [label for label, _ in charts.dots(same).source] == ["Publisher"]
    assert [label for label, _ in charts.dots(deflated).source] == ["Publisher", "World Bank, World Development Indicators of 2026-07-01"]
    assert charts.dots(deflated).subtitle == "2025. US dollars, prices of 2021 by the GDP deflator of the United States, no conversion"
    assert "The deflator of 2025 stands in for later years: Alphabet (Google)." in charts.dots(deflated).note


def test_the_subtitle_joins_what_differs_and_drops_what_says_nothing():
    bases = [MARKET, "USD, nominal, no conversion", "USD, nominal, market rate, day of announcement"]
    assert charts.dots(CORE.assign(basis=bases)).subtitle == "2025. US dollars, nominal, market rate, day of announcement or period average"


def test_shares_of_two_economies_are_one_unit_in_per_cent():
    frame = CORE.assign(value=[0.00124, 0.00297, 0.0011], value_low=None, value_high=None, basis=[f"share of GDP of {code}, nominal, same years" for code in ("KOR", "USA", "USA")])
    exhibit = charts.dots(frame)
    assert exhibit.subtitle == "2025. Share of GDP of each economy, nominal, same years"
    assert "0.124 %" in words(exhibit) and list(exhibit.table["% of GDP"]) == pytest.approx([0.297, 0.124, 0.11])


def test_ratios_of_compare_are_shown_with_what_differs():
    frame = CORE.assign(ratio=[1.0, 39.4, 14.7], ratio_low=[1.0, 39.4, 14.7], ratio_high=[1.0, 70.3, 26.2], days=[365.0, 9.27, 24.9], note=["baseline", "another stage", "another stage"])
    shown = charts.dots(frame).table
    assert list(shown["Days of its spending"]) == [9.27, 24.9, 365.0] and list(shown["Beside the baseline"])[-1] == "baseline"


# --- timeline --------------------------------------------------------------------------------------------


def test_a_missing_year_is_a_gap_and_a_forecast_is_dashed():
    exhibit = charts.timeline(YEARS[YEARS["actor_id"] == "alphabet"])
    lines = strokes(exhibit, "#2f6fdb")
    dashed = [style for style in lines if "dasharray" in style]
    # Ten steps between eleven years spent, one to the forecast, its range; R&D 2013-2015 and 2020-2021.
    assert len(lines) == 10 + 1 + 1 + 2 + 1 and len(dashed) == 1
    assert {"Capital expenditure", "R&D", "USD 185 bn", "USD 32 bn"} <= set(words(exhibit))
    assert "Each panel has its own scale." in exhibit.note and exhibit.headline == "Capital expenditure and R&D, 2013–2026"


def test_no_line_runs_through_two_amounts_of_one_stage_in_one_year():
    frame = pd.DataFrame([fact("korea", "budget", value * 1e9, year, stage="appropriated") for year, value in ((2024, 1.3), (2025, 1.8), (2025, 3.3), (2026, 9.9))])
    assert strokes(charts.timeline(frame), "#c8102e") == []


def test_the_line_runs_through_what_was_spent_and_past_a_plan_that_was_replaced():
    frame = pd.DataFrame([
        fact("korea", "budget", 1e9, 2024), fact("korea", "budget", 2e9, 2025), fact("korea", "budget", 1.5e9, 2025, stage="guided"),
        fact("korea", "budget", 4e9, 2026, stage="guided", fact_id="first"), fact("korea", "budget", 5e9, 2026, stage="guided", fact_id="second", replaces="first"),
    ])
    exhibit = charts.timeline(frame)
    assert len(strokes(exhibit, "#c8102e")) == 2 and "USD 5 bn" in words(exhibit)


def test_several_last_amounts_are_counted_not_chosen():
    frame = pd.DataFrame([fact("korea", "budget", value * 1e9, year, stage="appropriated") for year, value in ((2025, 1.8), (2026, 3.3), (2026, 9.9))])
    assert "2 amounts" in words(charts.timeline(frame)) and "USD 9.9 bn" not in words(charts.timeline(frame))


def test_part_of_a_year_is_marked_and_joins_no_line():
    quarter = fact("alphabet", "capital-expenditure", 35e9, 2026, period_end=pd.Timestamp("2026-03-31"))
    exhibit = charts.timeline(pd.DataFrame([fact("alphabet", "capital-expenditure", 91e9, 2025), quarter]))
    assert "part of a year" in words(exhibit) and strokes(exhibit, "#2f6fdb") == []


def test_announcements_are_dots_in_the_order_of_their_dates():
    assert list(charts.timeline(WIDE_SPAN).table["Period"]) == ["published Dec 2024", "announced Jan 2025", "announced Jul 2025"]


def test_events_are_listed_in_time_with_their_sources():
    exhibit = charts.timeline(EVENTS, title="From five teams to two")
    assert list(exhibit.table["Date"]) == ["4 Aug 2025", "Aug 2025", "15 Jan 2026", "2026"]
    assert exhibit.subtitle == "4 events, 4 Aug 2025 to 2026" and exhibit.source == [("Ministry", "https://example.org")]
    stored = load("events").head(3)
    assert charts.timeline(stored).source


# --- ladder and grid -------------------------------------------------------------------------------------


def test_the_rung_that_moves_the_ratio_most_is_the_one_in_colour():
    exhibit = drawn("ladder")
    assert exhibit.headline == "From 1.18 times in the headline to 3.75 times: the share of GDP matters most"
    coloured = [text.text for text in texts(pictures(exhibit)[0]) if "#c8102e" in text.get("style")]
    assert coloured == ["Share of GDP × 9.43", "3.75 times"]
    assert list(exhibit.table["Step"]) == ["Headline", "Currency", "Period", "Prices", "Conversion", "Scope", "Kind of money", "Share of GDP"]


def test_a_rung_without_a_number_is_named_and_says_why():
    exhibit = drawn("far ladder")
    assert {"Period: no number", "Kind of money: no number", "Share of GDP: no number"} <= set(words(exhibit))
    assert "Period: cannot be taken: a period is not stated." in exhibit.note and "Kind of money: cannot be converted into one another." in exhibit.note
    assert exhibit.note.startswith("Headline: the first sum is a lower bound.")


def test_a_ladder_and_a_grid_cite_the_facts_and_the_series():
    for name in ("ladder", "grid"):
        assert [label.split(",")[0] for label, _ in drawn(name).source] == ["Publisher", "European Central Bank", "World Bank"]


def test_a_cell_says_more_or_less_only_where_the_whole_range_does():
    frame = pd.DataFrame({"choice": ["a", "b", "c", "d"], "conclusion": "The fund", "ratio": [1.5, 0.3, 1.1, float("nan")], "low": [1.2, 0.2, 0.9, float("nan")], "high": [2, 0.4, 1.3, float("nan")]})
    exhibit = charts.heat(frame)
    assert list(exhibit.table["Verdict"]) == ["more", "less", "open", "no number"]
    assert {"▲ 1.5 times", "▼ 30 %", "◆ 1.1 times", "–"} <= set(words(exhibit))
    assert exhibit.headline == "The fund: more under one of three choices"


def test_the_cells_differ_in_lightness_too():
    svg = drawn("grid").svg
    grey = {colour: sum(int(colour[at : at + 2], 16) * weight for at, weight in ((1, 0.2126), (3, 0.7152), (5, 0.0722))) for colour in ("#a9c4ee", "#fbe9d9")}
    assert all(f"fill: {colour}" in svg for colour in grey) and grey["#fbe9d9"] - grey["#a9c4ee"] > 30


def test_a_changed_ratio_changes_the_plain_text_of_a_ladder_and_a_grid():
    steps = ladder_steps(PAIR, FUND, CAPEX)
    assert str(charts.ladder(steps)) != str(charts.ladder(steps.assign(after=steps["after"] * 1.001)))
    assert str(charts.heat(GRID)) != str(charts.heat(GRID.assign(low=GRID["low"] * 0.999)))


def test_every_scenario_is_a_dot_and_a_row_of_the_table():
    exhibit = drawn("scenarios")
    for picture in pictures(exhibit):
        assert len(picture.findall(".//{*}use")) == len(FUNNEL) + 2  # Two more in the key.
    assert exhibit.table["KRW billion"].to_list() == pytest.approx((FUNNEL["value"] / 1e9).to_list())
    assert (exhibit.table["Discounted at"] == "4.5 %").sum() == (FUNNEL["discount_rate"] > 0).sum()


def test_a_tornado_has_a_dot_an_option_and_says_both_ends():
    exhibit = drawn("tornado")
    assert len(pictures(exhibit)[0].findall(".//{*}use")) == len(CHANGES)
    shown = " ".join(words(exhibit))
    assert "KRW 55.1 bn" in shown and "KRW 265 bn" in shown


def test_a_tornado_changes_one_scenario():
    with pytest.raises(AiSpendError, match="2 baselines"):
        charts.tornado(CHANGES.assign(baseline=[1.0] * 8 + [2.0] * 8), title="Two")


@pytest.mark.parametrize("form", [charts.scenarios, charts.tornado])
def test_scenarios_refuse_an_empty_frame_and_one_of_another_kind(form):
    with pytest.raises(AiSpendError, match="no rows"):
        form(CHANGES.iloc[:0], title="None")
    with pytest.raises(AiSpendError, match="has no column"):
        form(CORE, title="Other")
    with pytest.raises(NotComparable, match="amounts in KRW and USD"):
        form(CHANGES.assign(basis=["KRW, nominal"] * 8 + ["USD, nominal"] * 8), title="Mixed")


@pytest.mark.parametrize("form", [charts.ladder, charts.heat])
def test_a_ladder_and_a_grid_refuse_an_empty_frame_and_one_of_another_kind(form):
    with pytest.raises(AiSpendError, match="pass it through (ladder_steps|every_choice) first"):
        form(CORE)
    with pytest.raises(AiSpendError, match="no rows"):
        form((ladder_steps(PAIR, FUND, CAPEX) if form is charts.ladder else GRID).head(0))


def test_a_cell_holds_one_ratio_and_a_grid_no_more_columns_than_can_be_read():
    with pytest.raises(AiSpendError, match="two rows for 'Whole sums, market rate of the day' and 'the growth fund beside alphabet'"):
        charts.heat(pd.concat([GRID, GRID.head(1)]))
    with pytest.raises(AiSpendError, match="5 conclusions; more than 4"):
        charts.heat(pd.concat([GRID.assign(conclusion=str(number)).drop_duplicates("choice") for number in range(5)]))


# --- table -----------------------------------------------------------------------------------------------


def test_a_table_of_facts_has_words_units_and_no_picture():
    exhibit = charts.table(CORE)
    assert exhibit.svg is None and list(exhibit.table["Kind"]) == ["budget", "capital expenditure", "operating cost"]
    assert exhibit.table["Low"].notna().tolist() == [True, False, False]


def test_any_other_frame_is_shown_with_headings_in_words():
    exhibit = charts.table(pd.DataFrame({"actor_id": ["korea", "nobody-known"], "implied_rate": [200.04, float("nan")], "url": "https://example.org"}))
    assert list(exhibit.table.columns) == ["Who", "Implied rate"] and exhibit.table["Who"][1] == "nobody-known"
    assert exhibit.table["Who"][0] == load("actors").set_index("actor_id").at["korea", "name_en"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"year": 2024}, "2024"), ({}, "2025"), ({"period_end": pd.Timestamp("2029-12-31")}, "2025–2029"),
        ({"period_end": pd.Timestamp("2025-01-31")}, "Jan 2025"), ({"period_end": pd.Timestamp("2026-06-30")}, "Jan 2025–Jun 2026"),
        ({"period_end": pd.NaT, "announced_on": "2025-08", "stage": "announced"}, "announced Aug 2025"), ({"period_end": pd.NaT}, ""),
    ],
)
def test_periods_in_words(changes: dict[str, object], words: str):
    assert captions.period_words(pd.Series(fact("korea", "budget", 1.0) | changes)) == words


# --- what is refused -------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", [charts.dots, charts.timeline, charts.table])
def test_an_empty_frame_is_refused(form):
    with pytest.raises(AiSpendError, match="no rows"):
        form(CORE.head(0))
    with pytest.raises(AiSpendError, match="no rows"):
        charts.table(pd.DataFrame({"team": []}))


@pytest.mark.parametrize("form", [charts.dots, charts.timeline])
def test_a_frame_that_was_not_normalised_is_refused(form):
    with pytest.raises(AiSpendError, match="no column value, basis; pass it through normalise"):
        form(CORE.drop(columns=["value", "basis"]))


@pytest.mark.parametrize("form", [charts.dots, charts.timeline, charts.table])
def test_a_frame_without_any_value_is_refused(form):
    with pytest.raises(AiSpendError, match="no row has a value"):
        form(CORE.assign(value=float("nan")))


@pytest.mark.parametrize("form", [charts.dots, charts.timeline, charts.table])
def test_two_units_do_not_share_a_picture(form):
    with pytest.raises(NotComparable, match="KRW and USD"):
        form(CORE.assign(basis=[MARKET.replace("USD", "KRW"), MARKET, MARKET]))


def test_a_row_of_several_years_has_no_place_on_a_timeline():
    with pytest.raises(AiSpendError, match="korea-fund-2025-spent runs from 2025-01-01 to 2029-12-31; normalise it with yearly=True"):
        charts.timeline(pd.DataFrame([fact("korea", "fund", 1e9, period_end=pd.Timestamp("2029-12-31"))]))


def test_a_row_without_any_date_has_no_place_on_a_timeline():
    with pytest.raises(AiSpendError, match="korea-fund-None-spent has neither a period nor an announcement date"):
        charts.timeline(pd.DataFrame([fact("korea", "fund", 1e9, None)]))
