"""The built pages in a real browser, at the width of a telephone, a tablet and a desk."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "reports" / "html").glob("*.html"))
BROKEN = ROOT / "tests" / "broken" / "pages"
WIDTHS = (360, 768, 1280)

CLIPPED_TEXT = """() => [...document.querySelectorAll('svg')].filter(svg => svg.getBoundingClientRect().width > 0)
  .flatMap(svg => { const frame = svg.getBoundingClientRect();
    return [...svg.querySelectorAll('text')].filter(text => { const box = text.getBoundingClientRect();
      return box.width > 0 && (box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 || box.bottom > frame.bottom + 1); })
    .map(text => text.textContent); })"""
OVERLAPPING_TEXT = """() => [...document.querySelectorAll('svg')].filter(svg => svg.getBoundingClientRect().width > 0)
  .flatMap(svg => { const boxes = [...svg.querySelectorAll('text')].map(text => [text.textContent, text.getBoundingClientRect()]).filter(([_, b]) => b.width > 0);
    return boxes.flatMap(([a, p], i) => boxes.slice(i + 1).filter(([_, q]) =>
      Math.min(p.right, q.right) - Math.max(p.left, q.left) > 2 && Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top) > 4).map(([b]) => a + ' / ' + b)); })"""
SMALL_TEXT = """() => [...document.querySelectorAll('body *')].filter(node => [...node.childNodes].some(child => child.nodeType === 3 && child.textContent.trim()))
  .filter(node => node.getBoundingClientRect().width > 0)
  .filter(node => { const scale = node.ownerSVGElement ? node.ownerSVGElement.getScreenCTM().a : 1;
    return parseFloat(getComputedStyle(node).fontSize) * scale < 10.5; }).map(node => node.textContent.trim().slice(0, 40))"""
FAINT_TEXT = """() => { const light = c => { const v = c / 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
  const of = text => { const [r, g, b] = text.match(/[\\d.]+/g).map(Number); return 0.2126 * light(r) + 0.7152 * light(g) + 0.0722 * light(b); };
  const behind = node => { for (let n = node; n; n = n.parentElement) { const c = getComputedStyle(n).backgroundColor;
    if (!/, 0\\)$/.test(c) && c !== 'transparent') return of(c); } return 1; };
  return [...document.querySelectorAll('body *')].filter(node => [...node.childNodes].some(child => child.nodeType === 3 && child.textContent.trim()))
    .filter(node => node.getBoundingClientRect().width > 0)
    .filter(node => { const style = getComputedStyle(node); const fore = of(node.ownerSVGElement ? style.fill : style.color), back = behind(node);
      return (Math.max(fore, back) + 0.05) / (Math.min(fore, back) + 0.05) < 4.5; }).map(node => node.textContent.trim().slice(0, 40)); }"""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page()
    yield opened
    opened.close()


def faults(page: Page, path: Path, width: int) -> dict[str, list[str]]:
    """What a person at that width would trip over, by rule."""
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url) if not request.url.startswith(("file:", "data:")) else None)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(path.as_uri())
    scroll = page.evaluate("document.documentElement.scrollWidth")
    page.keyboard.press("Tab")
    first = page.evaluate("document.activeElement.getAttribute('href') || ''")
    found = {
        "console": said,
        "requests": asked,
        "sideways": [f"{scroll} px"] if scroll > width else [],
        "clipped": page.evaluate(CLIPPED_TEXT),
        "overlapping": page.evaluate(OVERLAPPING_TEXT),
        "small": page.evaluate(SMALL_TEXT),
        "faint": page.evaluate(FAINT_TEXT),
        "keyboard": [] if first.startswith("#") else [f"the first stop is {first!r}, not a skip link"],
    }
    return {rule: texts for rule, texts in found.items() if texts}


def test_there_are_pages():
    assert len(PAGES) >= 11


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_is_sound(page: Page, path: Path, width: int):
    assert faults(page, path, width) == {}


@pytest.mark.parametrize("rule", ["console", "requests", "sideways", "clipped", "overlapping", "small", "faint", "keyboard"])
def test_a_fault_is_seen(page: Page, rule: str):
    found = set(faults(page, BROKEN / f"{rule}.html", 360))
    # A request that finds nobody is reported on the console too.
    assert found - {"console"} == {rule} - {"console"}
    assert rule in found


def heavy(path: Path) -> bool:
    """Whether a page comes so near to the 300 KB at which the build refuses it that one more row may stop it."""
    return path.stat().st_size > 290_000


def test_no_page_is_over_290_kilobytes(tmp_path: Path):
    (tmp_path / "heavy.html").write_bytes(b"a" * 290_001)
    assert heavy(tmp_path / "heavy.html")
    assert [path.name for path in PAGES if heavy(path)] == []


SCROLLING = """() => [...document.querySelectorAll('.exhibit-words .exhibit-scroll')]
  .filter(table => table.scrollWidth > table.clientWidth).map(table => table.textContent.trim().slice(0, 40))"""


def test_a_table_that_is_the_exhibit_fits_a_desk(page: Page):
    page.set_viewport_size({"width": 1280, "height": 900})
    page.set_content("<div class=exhibit-words><div class=exhibit-scroll style='overflow-x: auto'><p style='width: 2000px'>too wide</p></div></div>")
    assert page.evaluate(SCROLLING) == ["too wide"]
    wide = {}
    for path in PAGES:
        page.goto(path.as_uri())
        wide |= {path.name: tables} if (tables := page.evaluate(SCROLLING)) else {}
    assert wide == {}


def test_data_opens_with_the_keyboard_alone(page: Page):
    page.goto(next(path for path in PAGES if path.stem == "10_overview.usd").as_uri())
    page.locator("details > summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("details").first.evaluate("node => node.open")


INDEX = ROOT / "reports" / "html" / "index.html"
SHOWN = "() => [...document.querySelectorAll('.report')].filter(card => card.getBoundingClientRect().height > 0).map(card => card.id)"


def choose(page: Page, *ids: str) -> tuple[list[str], str]:
    """The reports that a choice of radio buttons leaves, and what the page says of them."""
    for each in ids:
        page.locator(f"#{each}").check(force=True)
    return page.evaluate(SHOWN), page.locator(".count").inner_text()


def test_the_index_shows_what_a_choice_leaves_and_counts_it(page: Page):
    page.goto(INDEX.as_uri())
    everything, count = choose(page)
    assert count == f"{len(everything)} reports" and "10_overview.usd" in everything and "10_overview.krw" not in everything
    won, count = choose(page, "in-KRW")
    assert "10_overview.krw" in won and "10_overview.usd" not in won and count.startswith(f"{len(won)} reports")
    assert {name for name in won if name.startswith("20_peer")} == {"20_peer.alphabet-krw", "20_peer.openai-krw"}
    openai, count = choose(page, "who-openai")
    assert "20_peer.openai-krw" in openai and "20_peer.alphabet-krw" not in openai and set(openai) < set(won)
    assert count.startswith(f"{len(openai)} report")
    assert page.locator(".group:visible h2").all_inner_texts() == page.locator(".group:visible:has(.report:visible) h2").all_inner_texts()


def test_the_index_counts_right_for_every_choice(page: Page):
    page.goto(INDEX.as_uri())
    whose, currencies = ([node.get_attribute("id") for node in page.locator(f"input[name={name}]").all()] for name in ("who", "in"))
    assert len(whose) > 5 and len(currencies) == 5
    for who in whose:
        for currency in currencies:
            shown, count = choose(page, who, currency)
            assert count.startswith(f"{len(shown)} report" if shown else "No report fits"), (who, currency)


def test_a_choice_that_fits_nothing_says_so_and_can_be_taken_back(page: Page):
    page.goto(INDEX.as_uri())
    everything = choose(page)[0]
    shown, count = choose(page, "who-naver", "in-CNY")
    assert shown == [] and count.startswith("No report fits both choices") and page.locator(".group:visible").count() == 0
    page.get_by_role("button", name="show all").click()
    assert choose(page)[0] == everything


def test_the_choice_works_with_the_keyboard_alone_and_shows_where_it_is(page: Page):
    page.goto(INDEX.as_uri())
    assert page.get_by_role("group", name="Whose money").get_by_role("radio").count() > 5
    everything = page.evaluate(SHOWN)
    page.locator("#in-all").focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.id") != "in-all"
    assert page.evaluate("getComputedStyle(document.activeElement.nextElementSibling).outlineStyle") == "solid"
    assert 0 < len(page.evaluate(SHOWN)) < len(everything)


def test_paper_and_browsers_without_has_show_every_report(page: Page, tmp_path: Path):
    page.goto(INDEX.as_uri())
    every = page.locator(".report").count()
    choose(page, "in-CNY")
    page.emulate_media(media="print")
    assert len(page.evaluate(SHOWN)) == every and not page.locator(".filter").is_visible()
    page.emulate_media(media="screen")
    (tmp_path / "old.html").write_text(INDEX.read_text(encoding="utf-8").replace(":has(", ":unheard-of("), encoding="utf-8")
    page.goto((tmp_path / "old.html").as_uri())
    assert len(page.evaluate(SHOWN)) == every and not page.locator(".filter").is_visible()


@pytest.mark.parametrize("width", [360, 1280])
def test_no_thumbnail_of_the_index_is_cut_off(page: Page, width: int):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(INDEX.as_uri())
    cut = page.evaluate("""() => [...document.querySelectorAll('.lead img, .picture img')].filter(img => img.getBoundingClientRect().height > 0)
      .filter(img => { const box = img.getBoundingClientRect(), style = getComputedStyle(img), frame = img.parentElement.getBoundingClientRect();
        const whole = style.objectFit === 'contain' || Math.abs(box.width / box.height - img.naturalWidth / img.naturalHeight) < .02;
        return !img.naturalWidth || !whole || box.right > frame.right + 1 || box.bottom > frame.bottom + 1; }).map(img => img.src)""")
    assert cut == []
