"""The report in a real browser: opened, searched, sorted, filtered, unfolded, printed; with pages that would take it over.

Screenshots are left in $ALM_BUILD/screenshots. Skipped where there is no Chromium.
"""
import os
import re
import sys
import tempfile
import time
from pathlib import Path

from browser import Browser
from stores import EDITED, HOSTILE_TITLE, almoner, large_store, lose, telling_store

SHOTS = Path(os.environ.get("ALM_BUILD", "build/dev")) / "screenshots"
LARGE = 20000
failures = []


def expect(what, condition, found=None):
    print(f"{'ok' if condition else 'FAILED'}: {what}{'' if condition else f': {found!r}'}")
    if not condition:
        failures.append(what)


def rows_shown(browser):
    count = browser.run("return table.rows.length")
    said = [int(n) for n in re.findall(r"\d+", browser.run("return byId('count').textContent"))]
    if count not in said:
        expect(f"the page says {count} rows", False, said)
    return count


def search(browser, words):
    browser.run("const s = byId('search'); s.value = arguments[0]; s.dispatchEvent(new Event('input', {bubbles: true}))", words)
    browser.wait("return view.words === arguments[0]", words)


def set_past(browser, wanted):
    browser.run("const c = byId('past'); if (c.checked !== arguments[0]) c.click()", wanted)


def sort(browser, name):
    browser.run("document.querySelector(`#head [data-sort='${arguments[0]}']`).click()", name)


def unfold_first(browser):
    browser.run("document.querySelector('.item .fold[aria-expanded=false]').click()")
    browser.wait("return document.querySelector('.detail') !== null")


def close_all(browser):
    browser.run("for (const b of document.querySelectorAll('.fold[aria-expanded=true]')) b.click()")


# ---- what is seen

def test_figures(browser):
    shown = browser.run("return figuresOf(table.rows)")
    sums = browser.run("""
      let once = 0, each = 0;
      for (const gift of store.gifts) {
        const d = gift.speaker;
        if (d.currency === 'CNY' && !d.total && (d.status === 'given' || d.status === 'received')) once += d.cashNumber || 0;
        for (const d of gift.donations) if (d.currency === 'CNY' && !d.total && (d.status === 'given' || d.status === 'received')) each += d.cashNumber || 0;
      }
      return [once, each]""")
    expect("sums count a gift once", abs(shown["cny"] - sums[0]) < 0.01 and sums[1] > 2 * sums[0], (shown, sums))
    expect("charts are drawn", len(browser.all("#charts svg")) == 6, len(browser.all("#charts svg")))


def test_search(browser):
    everything = rows_shown(browser)
    search(browser, "跃禾食品")
    found = rows_shown(browser)
    expect("search finds some", 0 < found < everything, (found, everything))
    expect("search finds what it says", browser.run("return table.rows.every(r => haystack(r).includes('跃禾食品'))"))
    search(browser, "没有这样的捐赠")
    expect("search that finds nothing says so", rows_shown(browser) == 0 and browser.one("#none").is_displayed())
    search(browser, "")
    expect("search taken back", rows_shown(browser) == everything)


def test_sort(browser):
    for name, key in (("date", "row.day"), ("what", "row.sortAmount"), ("told", "row.pages")):
        sort(browser, name)
        once = browser.run(f"return table.rows.map(row => {key})")
        sort(browser, name)
        back = browser.run(f"return table.rows.map(row => {key})")
        up, down = sorted(once), sorted(once, reverse=True)
        expect(f"sorted by {name} both ways", (once, back) in ((up, down), (down, up)), once[:5])
    if browser.run("return view.sort !== 'date' || !view.down"):
        browser.run("sortBy('date', true)")


def test_filters(browser):
    everything = rows_shown(browser)
    browser.run("const s = byId('pages'); s.value = 'several'; s.dispatchEvent(new Event('change'))")
    expect("filter: told by several pages", 0 < rows_shown(browser) < everything and browser.run("return table.rows.every(r => r.pages > 1)"))
    browser.one("#reset").click()
    browser.run("document.querySelector('#chart-donor .bar').dispatchEvent(new MouseEvent('click', {bubbles: true}))")
    expect("a bar filters by its donor", 0 < rows_shown(browser) < everything and len(browser.all(".chip")) == 2)
    browser.one("#reset").click()
    expect("filters cleared", rows_shown(browser) == everything)


def test_unfold(browser):
    search(browser, "跃禾食品 救护车")
    browser.run("sortBy('told', true)")
    unfold_first(browser)
    expect("every page that tells the gift stands there", len(browser.all(".told")) > 2, len(browser.all(".told")))
    marks = {field: browser.texts(f".told:first-of-type mark.{field}") for field in ("donor", "goods", "value")}
    expect("goods are marked", marks["goods"] and all(re.search("救护车|编织袋|方便面", text) for text in marks["goods"]), marks)
    expect("the page is linked", browser.one(".told a").get_attribute("href").startswith("http://news.example/ceremony-01"))
    expect("what ties them is told", any("捐赠人" in text for text in browser.texts(".why li")))
    browser.shot(SHOTS / "desktop-row.png")
    close_all(browser)
    search(browser, "公司 万元 捐款")
    browser.run("sortBy('date', true)")
    unfold_first(browser)
    fields = set(browser.run("return [...document.querySelectorAll('.detail mark')].map(m => m.className)"))
    expect("donor, amount and receiver are marked", {"donor", "cash", "recipient"} <= fields, fields)
    exact = browser.run("""
      const key = document.querySelector('.detail').dataset.key, row = table.rows.find(r => r.key === key);
      return [row.donation.donor, [...document.querySelectorAll('.told:first-of-type mark.donor')].map(m => m.textContent)]""")
    expect("the mark is the donor", any(name in exact[0] or exact[0] in name for name in exact[1]), exact)
    close_all(browser)
    search(browser, "")


def test_history(browser, title="德润建材捐资助学"):
    search(browser, title)
    expect("one row for a page edited twice", rows_shown(browser) == 1, rows_shown(browser))
    expect("the row tells the last edition", "180,000" in browser.one(".item .cell-what").text, browser.one(".item .cell-what").text)
    unfold_first(browser)
    before = browser.texts(".before")
    expect("both editions before it", len(before) == 2 and "150,000" in before[0] and "50,000" in before[1], before)
    browser.shot(SHOTS / "desktop-edited.png")
    close_all(browser)
    search(browser, "")


def test_hostile(browser):
    search(browser, "taken")
    expect("the hostile page is a row", rows_shown(browser) == 1)
    unfold_first(browser)
    expect("its title is text", HOSTILE_TITLE in browser.texts(".told h4"), browser.texts(".told h4"))
    expect("its address is no link", browser.run("return [...document.querySelectorAll('.detail a')].length") == 0)
    expect("no element came from it", browser.run("return document.querySelectorAll('img, .told b, body script').length") == 2)
    expect("no script of it ran", "taken" not in browser.driver.title)
    expect("no script can be added", browser.run("""
      const s = document.createElement('script'); s.textContent = "document.title = 'taken'"; document.body.append(s); s.remove();
      return document.title !== 'taken'"""))
    browser.faults = [m for m in browser.console() if "Content Security Policy" not in m]  # that one was ours
    close_all(browser)
    search(browser, "")


def test_keyboard_and_language(browser):
    browser.run("document.querySelector('.item .fold').focus()")
    browser.driver.switch_to.active_element.send_keys("\n")
    expect("Enter unfolds", browser.run("return document.querySelector('.item .fold').getAttribute('aria-expanded')") == "true")
    close_all(browser)
    browser.one("#language").click()
    expect("the page speaks English", browser.texts("#head button")[1] == "Donor" and browser.run("return document.documentElement.lang") == "en")
    browser.one("#language").click()
    expect("and Chinese again", browser.texts("#head button")[1] == "捐赠人")


def test_print(browser, shown):
    pdf = browser.print_pdf()
    pages = len(re.findall(rb"/Type\s*/Page\b", pdf))
    expect(f"printed: {pages} pages, {len(pdf) // 1024} KiB", pdf.startswith(b"%PDF") and pages >= shown // 60, (pages, shown))
    expect("the table is back after printing", 0 < len(browser.all(".item")) < 200)


def test_gone(browser, store, page):
    lose(store, EDITED, "2024-03-20T00:00:00Z")
    lose(store, "http://news.example/lost.html", "2024-04-20T00:00:00Z")
    almoner("report", "--store", store, "--output", page)
    before = browser.run("return figuresOf(table.rows).cny")
    browser.open(page)
    expect("deleted pages leave the sums", browser.run("return figuresOf(table.rows).cny") == before - 210000, before)
    search(browser, "德润建材捐资助学")
    expect("and the table", rows_shown(browser) == 0)
    set_past(browser, True)
    expect("the past is there when asked for", rows_shown(browser) == 1 and "网页已删除" in browser.one(".item .badge").text)
    unfold_first(browser)
    expect("with what it said before", len(browser.all(".before")) == 2 and "2024-03-20" in browser.one(".detail .badge").text)
    browser.shot(SHOTS / "desktop-gone.png")
    close_all(browser)
    set_past(browser, False)
    search(browser, "")


def test_small_screens(browser, page):
    for name, width, height, dark in (("phone", 390, 844, False), ("phone-dark", 390, 844, True), ("tablet", 820, 1100, False)):
        browser.emulate(width, height, dark=dark, phone=True)
        browser.open(page)
        browser.shot(SHOTS / f"{name}.png")
        expect(f"{name}: nothing sticks out", browser.run("return document.documentElement.scrollWidth <= innerWidth"))
        unfold_first(browser)
        browser.run("byId('controls').scrollIntoView()")
        browser.shot(SHOTS / f"{name}-table.png")
        expect(f"{name}: nor from what is unfolded", browser.run("return document.documentElement.scrollWidth <= innerWidth"))
        light = sum(map(int, re.findall(r"\d+", browser.run("return getComputedStyle(document.body).backgroundColor"))[:3])) / 3
        expect(f"{name}: {'dark' if dark else 'light'}", (light < 100) == dark, light)
    browser.emulate(1280, 900, dark=True)
    browser.open(page)
    browser.shot(SHOTS / "desktop-dark.png")
    browser.emulate(1280, 900, language="en-GB")
    browser.open(page)
    browser.shot(SHOTS / "desktop-english.png")
    expect("an English reader gets English", browser.texts("#head button")[1] == "Donor")
    browser.emulate(1280, 900)


# ---- twenty thousand

def timed(browser, what, script, *arguments):
    took = browser.run(f"const start = performance.now(); {script}; document.body.offsetHeight; return performance.now() - start", *arguments)
    return f"{what} {took:.0f} ms"


def test_large(browser, folder):
    store, page = large_store(folder, LARGE), folder / "large.html"
    start = time.monotonic()
    almoner("resolve", "--store", store)
    resolved = time.monotonic() - start
    start = time.monotonic()
    almoner("report", "--store", store, "--output", page)
    written = time.monotonic() - start
    opened = browser.open(page)
    count = rows_shown(browser)
    told, gifts = browser.run("return [store.donations.length, store.gifts.length]")
    expect(f"{LARGE} donations are there, a row a gift", told == LARGE and count == gifts > LARGE * 0.99, (told, gifts, count))
    most = browser.run("return document.querySelectorAll('*').length")
    for step in range(0, 11):
        browser.run("scrollTo(0, document.documentElement.scrollHeight * arguments[0] / 10)", step)
        browser.run("return new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        most = max(most, browser.run("return document.querySelectorAll('*').length"))
    expect("rows in sight only are in the document", most < 3000, most)
    expect("the last row is reached", browser.run("return [...document.querySelectorAll('.item')].some(n => n.dataset.key === table.rows[table.rows.length - 1].key)"))
    browser.run("scrollTo(0, 0)")
    figures = [timed(browser, "search", "view.words = '恒泰药业'; update()"), timed(browser, "search again", "view.words = '恒泰药业 东山'; update()"),
               timed(browser, "all again", "view.words = ''; update()"), timed(browser, "sort by donor", "sortBy('donor')"),
               timed(browser, "sort by amount", "sortBy('what')"), timed(browser, "unfold", "document.querySelector('.item .fold').click()"),
               timed(browser, "scroll", "scrollTo(0, 500000); table.render()")]
    print(f"{LARGE} donations: resolved in {resolved:.1f} s; {page.stat().st_size / 1e6:.1f} MB written in {written:.1f} s, opened in {opened:.1f} s; {'; '.join(figures)}; "
          f"at most {most} elements")
    browser.shot(SHOTS / "large.png")


def main():
    SHOTS.mkdir(parents=True, exist_ok=True)
    browser = Browser()
    try:
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            store, page = telling_store(folder), folder / "report.html"
            almoner("report", "--store", store, "--output", page)
            again = folder / "again.html"
            almoner("report", "--store", store, "--output", again)
            expect("the same store gives the same bytes", page.read_bytes() == again.read_bytes())
            browser.emulate(1280, 900)
            browser.open(page)
            browser.shot(SHOTS / "desktop.png")
            shown = rows_shown(browser)
            test_figures(browser)
            test_search(browser)
            test_sort(browser)
            test_filters(browser)
            test_unfold(browser)
            test_history(browser)
            test_hostile(browser)
            test_keyboard_and_language(browser)
            test_print(browser, shown)
            test_gone(browser, store, page)
            test_small_screens(browser, page)
            test_large(browser, folder)
            expect("nothing was fetched", browser.run("return performance.getEntriesByType('resource').length") == 0)
            expect("no complaint on the console", not browser.console(), browser.faults)
    finally:
        browser.close()
    print(f"screenshots: {SHOTS}")
    if failures:
        sys.exit(f"{len(failures)} failed: {failures}")


if __name__ == "__main__":
    main()
