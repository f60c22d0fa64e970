"""Tests of the page in a browser, with and without script; skipped where there
is none (scripts/setup --tests).
"""

import base64
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is missing")
from selenium.webdriver import Keys  # noqa: E402
from selenium.webdriver.chrome.service import Service  # noqa: E402
from selenium.webdriver.support.ui import Select  # noqa: E402

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(
    not CHROMIUM or not DRIVER, reason="chromium or chromedriver is missing"
)
FLAGS = "headless=new no-sandbox hide-scrollbars disable-gpu"
AXE = Path(os.environ.get("NODE_PATH", "node_modules")) / "axe-core" / "axe.min.js"
WIDTH, HEIGHT, SCREENS = 1280, 800, 14
SEEN = "(one) => one.checkVisibility()"


class Browser:
    """One chromium for all tests, at the size of an old projector."""

    def __init__(self, page: Path) -> None:
        options = webdriver.ChromeOptions()
        options.binary_location = CHROMIUM
        for flag in FLAGS.split():
            options.add_argument(f"--{flag}")
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Service(DRIVER))
        screen = {"width": WIDTH, "height": HEIGHT, "deviceScaleFactor": 1}
        self.tell("Emulation.setDeviceMetricsOverride", **screen, mobile=False)
        self.page = page.as_uri()

    def tell(self, command: str, **what):
        return self.driver.execute_cdp_cmd(command, what)

    def open(self, script: bool = True) -> None:
        self.tell("Emulation.setScriptExecutionDisabled", value=not script)
        self.driver.get(self.page)

    def ask(self, expression: str):
        found = self.tell("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def one(self, name: str):
        return self.driver.find_element("id", name)

    def choose(self, name: str, text: str) -> None:
        Select(self.one(name)).select_by_visible_text(text)

    def press(self, *keys: str) -> None:
        webdriver.ActionChains(self.driver).send_keys(*keys).perform()

    def each(self, selector: str, expression: str):
        """Of those of these, `one` by one, that can be seen or scrolled to."""
        found = f"[...document.querySelectorAll('{selector}')].filter({SEEN})"
        return self.ask(f"{found}.map((one) => {expression})")

    def shown(self, selector: str) -> int:
        return len(self.each(selector, "1"))

    def text(self, selector: str) -> str:
        return self.ask(f"document.querySelector('{selector}').innerText")

    def bottom(self, selector: str) -> float:
        """Of its box on the page, in pixels."""
        box = f"document.querySelector('{selector}').getBoundingClientRect()"
        return self.ask(f"{box}.height && {box}.bottom + scrollY")


@pytest.fixture(scope="module")
def chromium(overview):
    found = Browser(overview / "index.html")
    yield found
    found.driver.quit()


@pytest.fixture(scope="module", params=[True, False], ids=["script", "no script"])
def either(chromium, request):
    """Loaded once for all that look, and leave it as it was."""
    chromium.open(script=request.param)
    return chromium


@pytest.fixture
def browser(chromium):
    """As at a first visit, and forgotten afterwards."""
    chromium.open()
    yield chromium
    chromium.ask("localStorage.clear()")


def test_nothing_complains_and_the_first_screen_has_the_answer(either):
    assert either.driver.get_log("browser") == []
    assert either.ask("performance.getEntriesByType('resource').length") == 0
    assert either.ask("document.documentElement.scrollHeight") <= SCREENS * HEIGHT
    assert either.ask("document.documentElement.scrollWidth") <= WIDTH
    for part in ("h1", ".meta", ".trust", "p.headline", ".measure .map", "#hide"):
        assert 0 < either.bottom(part) <= HEIGHT, part
    assert 5 < len(either.text("p.headline").split()) <= 25


def test_answers_hide_with_and_without_script(either):
    assert either.shown(".answer > .so-what") > 5
    either.one("hide").click()
    assert either.shown(".answer") == 0 and either.shown(".map") == 0
    assert "predict first" in either.text("p.covered")
    either.one("cpu-forest-show").click()
    assert either.shown("#cpu-forest .so-what") == 1 == either.shown(".so-what")
    either.one("cpu-forest-show").click()
    either.one("hide").click()
    assert either.shown(".map") == 1


def test_without_script_the_other_measures_and_pairs_follow_folded(chromium):
    chromium.open(script=False)
    assert chromium.shown("button, select, textarea, input[type=file]") == 0
    assert chromium.shown(".measure > summary") == 4 and chromium.shown(".map") == 1
    assert chromium.shown(".panes") == 1 and chromium.shown(".pair > summary") == 1


def test_charts_keep_their_look_under_the_policy(browser):
    size = "[one.getAttribute('font-size'), getComputedStyle(one).fontSize]"
    found = browser.each(".chart text", f"{size}.map(parseFloat)")
    assert len(found) > 50
    assert all(shown == pytest.approx(asked, abs=0.01) for asked, shown in found)
    assert len({*browser.each(".chart use", "getComputedStyle(one).fill")}) > 4


def test_present_asks_and_then_answers_one_figure_a_screen(browser):
    browser.one("present").click()
    assert browser.shown(".slide h1") == 1 and browser.shown(".map") == 0
    browser.press(Keys.ARROW_RIGHT)
    assert browser.shown(".slide .map") == 1
    slide = "document.querySelector('.slide').id"
    browser.press(Keys.ARROW_RIGHT)
    # A map that is longer than the screen: its end first, then the next figure.
    assert browser.ask(slide) == "verdict"
    browser.press(Keys.ARROW_RIGHT)
    assert browser.ask(slide) == "cpu-forest" and browser.shown(".slide svg") == 0
    browser.press(Keys.ARROW_RIGHT)
    assert browser.shown(".slide svg") == 1 and browser.bottom(".slide svg") <= HEIGHT
    size = "parseFloat(getComputedStyle(one).fontSize)"
    assert min(browser.each(".slide :is(p, h3)", size)) >= 24
    labels = ".slide svg g:not(.is-note) > text"
    assert min(browser.each(labels, f"{size} * one.getScreenCTM().a")) >= 24
    browser.press(Keys.ARROW_LEFT, Keys.ARROW_LEFT)
    assert browser.ask(slide) == "verdict"
    browser.press(Keys.END)
    assert browser.shown(".slide svg") == 1  # also of what is folded
    browser.press(Keys.ESCAPE)
    assert browser.shown(".slide") == 0 and browser.shown("details[open] .figure") == 0


def test_the_map_shows_one_measure_and_a_model_is_highlighted_everywhere(browser):
    assert "by jobs per second" in browser.text(".measure:not([hidden])")
    browser.one("by-cpu-per-job").click()
    assert browser.shown(".map") == 1 and browser.shown(".measure > summary") == 0
    assert "by CPU per job" in browser.text(".measure:not([hidden])")
    browser.choose("highlight", "prefork")
    assert {*browser.each(".map .lit", "one.textContent.trim()")} == {"◆ prefork"}
    for model, faded in (("prefork", False), ("event-loop", True)):
        found = browser.each(f".chart .is-{model}", "one.matches('.dim')")
        assert len(found) > 20 and {*found} == {faded}
    browser.choose("highlight", "no model")
    assert browser.shown(".lit, .dim") == 0


def test_any_two_files_stand_aligned(browser):
    browser.choose("code-left", "sequential")
    browser.choose("code-right", "prefork")
    lines = "[...one.children].map((line) => [line.textContent, line.className])"
    left, right = browser.each(".panes pre", lines)[:2]
    assert len(left) == len(right) and "sequential" in left[0][0]
    for (a, how), (b, _) in zip(left, right):
        assert (a == b) == ("differs" not in how) or a == "\n" or b == "\n"


def test_another_run_is_held_against_this_one(browser, overview, tmp_path):
    lines = (overview / "runs.jsonl").read_text().splitlines()
    entries = [json.loads(line) for line in lines]
    twice = [{**e, "jobs_per_second": 2 * e["jobs_per_second"]} for e in entries]
    browser.driver.implicitly_wait(5)
    for text, shown, wanted in (
        (json.dumps({"benchmarks": twice}), "table", "prefork/cores:2/workers:2\t2.00"),
        ("<img src=x onerror=alert(1)>", "p", "is no results.json"),
    ):
        other = tmp_path / f"{shown}.json"
        other.write_text(text)
        browser.one("other").send_keys(str(other))
        browser.driver.find_element("css selector", f"#compared > {shown}")
        assert wanted in browser.text("#compared")


def test_what_was_hidden_predicted_and_chosen_survives_a_reload(browser):
    grounds, white = "getComputedStyle(one).backgroundColor", "rgb(255, 255, 255)"
    assert browser.each("body", grounds) == [white]
    browser.one("theme").click()
    browser.one("hide").click()
    area = browser.driver.find_element("tag name", "textarea")
    area.send_keys("threads <b>win</b>")
    browser.driver.refresh()
    assert browser.one("hide").is_selected() and browser.shown(".answer") == 0
    browser.one("hide").click()
    assert browser.shown(".map") == 1
    kind = browser.ask("document.querySelector('textarea').dataset.kind")
    said = browser.text(f'.figure .predicted[data-kind="{kind}"]')
    assert said == "You predicted: threads <b>win</b>"
    body, *cards = browser.each("body, .card", grounds)
    assert body != white and {*cards} == {white}


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext is missing")
def test_on_paper_questions_come_first_and_nothing_stays_hidden(browser, tmp_path):
    browser.one("hide").click()
    pdf = base64.b64decode(browser.tell("Page.printToPDF", pageRanges="1-2")["data"])
    (tmp_path / "page.pdf").write_bytes(pdf)
    command = ["pdftotext", "-layout", str(tmp_path / "page.pdf"), "-"]
    first, *rest = subprocess.check_output(command, text=True).split("\f")
    assert "Write down what you expect" in first and "3. " in first
    assert "wins" not in first and "times" not in first.replace("How many times", "")
    second = " ".join(rest[0].split())
    assert "event-loop" in second and "thread-pool" in second


@pytest.mark.skipif(
    not AXE.is_file(), reason="axe-core is missing (npm install axe-core; NODE_PATH)"
)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_can_be_read_by_everybody(browser, theme):
    browser.ask(f"document.documentElement.dataset.theme = '{theme}'")
    browser.ask("document.querySelectorAll('details').forEach((d) => (d.open = true))")
    browser.driver.execute_script(AXE.read_text())
    browser.driver.set_script_timeout(120)
    found = browser.driver.execute_async_script(
        "axe.run().then((all) => arguments[0](all.violations))"
    )
    serious = [one for one in found if one["impact"] in ("serious", "critical")]
    assert [(one["id"], one["nodes"][0]["html"]) for one in serious] == []
