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


def test_data_opens_with_the_keyboard_alone(page: Page):
    page.goto(next(path for path in PAGES if path.stem == "10_overview.usd").as_uri())
    page.locator("details > summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("details").first.evaluate("node => node.open")
