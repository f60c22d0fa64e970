"""Tests of the page in a browser, with and without script.

Skipped where chromium, its driver or selenium are missing; scripts/setup
--tests installs them.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is missing")
from selenium.webdriver.chrome.service import Service  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from selenium.webdriver.support.ui import Select  # noqa: E402

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(
    not CHROMIUM or not DRIVER, reason="chromium or chromedriver is missing"
)
FLAGS = (
    "headless=new no-sandbox hide-scrollbars disable-gpu disable-software-rasterizer "
    "disable-extensions disable-background-networking disable-component-update "
    "disable-sync no-first-run"
)
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
        """The page as at a first visit: tests forget what they had it keep."""
        self.tell("Emulation.setScriptExecutionDisabled", value=not script)
        self.driver.get(self.page)

    def ask(self, expression: str):
        found = self.tell("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def one(self, name: str):
        return self.driver.find_element(By.ID, name)

    def press(self, *keys: str) -> None:
        webdriver.ActionChains(self.driver).send_keys(*keys).perform()

    def shown(self, selector: str) -> int:
        """How many of these can be seen or scrolled to."""
        return self.ask(
            f"[...document.querySelectorAll('{selector}')].filter({SEEN}).length"
        )

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


@pytest.fixture(scope="module")
def browser(chromium):
    """Loaded once for all that use it and do not mind what others did."""
    chromium.open()
    return chromium


@pytest.fixture
def fresh(chromium):
    """As at a first visit, and forgotten afterwards."""
    chromium.open()
    yield chromium
    chromium.ask("localStorage.clear()")


def test_nothing_is_asked_for_and_nothing_complains(either):
    assert either.driver.get_log("browser") == []
    assert either.ask("performance.getEntriesByType('resource').length") == 0


def test_the_first_screen_has_the_answer_and_its_picture(either):
    for part in ("h1", ".meta", ".trust", "p.headline", ".measure .map", "#hide"):
        assert 0 < either.bottom(part) <= HEIGHT, part
    words = either.text("p.headline").split()
    assert 5 < len(words) <= 25


def test_it_is_short_with_its_details_folded(either):
    assert either.ask("document.documentElement.scrollHeight") <= SCREENS * HEIGHT
    assert either.ask("document.documentElement.scrollWidth") <= WIDTH


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
    assert chromium.shown(".measure > summary") == 2 and chromium.shown(".map") == 1
    assert chromium.shown(".panes") == 1 and chromium.shown(".pair > summary") == 1


def test_charts_keep_their_look_under_the_policy(browser):
    sizes = "[...document.querySelectorAll('.chart text')].map((one) => "
    sizes += "[one.getAttribute('font-size'), getComputedStyle(one).fontSize]"
    found = browser.ask(f"{sizes}.map(parseFloat))")
    assert len(found) > 50
    assert all(shown == pytest.approx(asked, abs=0.01) for asked, shown in found)
    fills = "[...document.querySelectorAll('.chart use')].map("
    fills += "(one) => getComputedStyle(one).fill)"
    assert len({*browser.ask(fills)}) > 4


def test_present_asks_and_then_answers_one_figure_a_screen(browser):
    browser.one("present").click()
    assert browser.shown(".slide h1") == 1 and browser.shown(".map") == 0
    browser.press(Keys.ARROW_RIGHT)
    assert browser.shown(".slide .map") == 1
    browser.press(Keys.ARROW_RIGHT)
    slide = "document.querySelector('.slide').id"
    assert browser.ask(slide) == "cpu-forest" and browser.shown(".slide svg") == 0
    browser.press(Keys.ARROW_RIGHT)
    assert browser.shown(".slide svg") == 1 and browser.bottom(".slide svg") <= HEIGHT
    sizes = "[...document.querySelectorAll('.slide :is(p, h3)')].filter("
    sizes += f"{SEEN}).map((one) => parseFloat(getComputedStyle(one).fontSize))"
    assert min(browser.ask(sizes)) >= 24
    browser.press(Keys.ARROW_LEFT, Keys.ARROW_LEFT)
    assert browser.ask(slide) == "verdict"
    browser.press(Keys.END)
    assert browser.shown(".slide svg") == 1  # also of what is folded
    browser.press(Keys.ESCAPE)
    assert browser.shown(".slide") == 0 and browser.shown("details[open] .figure") == 0


def test_highlight_marks_one_model_everywhere(browser):
    Select(browser.one("highlight")).select_by_visible_text("prefork")
    lit = "document.querySelectorAll('.map .lit, tr.lit')"
    assert browser.ask(f"{lit}.length") > 5
    assert browser.ask(f"[...{lit}].every((one) => /prefork/.test(one.textContent))")
    Select(browser.one("highlight")).select_by_value("")
    assert browser.ask("document.querySelectorAll('.lit').length") == 0


def test_the_map_shows_one_measure_at_a_time(browser):
    assert "by jobs per second" in browser.text(".measure:not([hidden])")
    browser.one("by-cpu-per-job").click()
    assert browser.shown(".map") == 1 and browser.shown(".measure > summary") == 0
    assert "by CPU per job" in browser.text(".measure:not([hidden])")


def test_any_two_files_stand_aligned(browser):
    Select(browser.one("code-left")).select_by_visible_text("sequential")
    Select(browser.one("code-right")).select_by_visible_text("prefork")
    lines = "[...document.querySelectorAll('.panes')[0].querySelectorAll('pre')].map("
    lines += (
        "(pre) => [...pre.children].map((one) => [one.textContent, one.className]))"
    )
    left, right = browser.ask(lines)
    assert len(left) == len(right) and "sequential" in left[0][0]
    for (a, how), (b, _) in zip(left, right):
        assert (a == b) == ("differs" not in how) or a == "\n" or b == "\n"
    kept = [text for text, _ in right if text != "\n"]
    source = (Path(__file__).parents[2] / "models/prefork.cpp").read_text()
    assert kept == [f"{line}\n" for line in source.splitlines() if line]


def test_another_run_is_held_against_this_one(browser, overview, tmp_path):
    lines = (overview / "runs.jsonl").read_text().splitlines()
    entries = [json.loads(line) for line in lines]
    twice = [{**e, "jobs_per_second": 2 * e["jobs_per_second"]} for e in entries]
    other = tmp_path / "results.json"
    other.write_text(json.dumps({"benchmarks": twice}))
    browser.one("other").send_keys(str(other))
    browser.driver.implicitly_wait(5)
    browser.driver.find_element(By.CSS_SELECTOR, "#compared table")
    said = browser.text("#compared")
    assert "no verdict" in said and "cpu/prefork/cores:2/workers:2\t2.00\t1.00" in said
    other = tmp_path / "other.json"
    other.write_text("<img src=x onerror=alert(1)>")
    browser.one("other").send_keys(str(other))
    browser.driver.find_element(By.CSS_SELECTOR, "#compared > p")
    assert "is no results.json" in browser.text("#compared")


def test_hidden_answers_survive_a_reload(fresh):
    fresh.one("hide").click()
    fresh.driver.refresh()
    assert fresh.one("hide").is_selected() and fresh.shown(".answer") == 0
    fresh.one("hide").click()
    assert fresh.shown(".map") == 1 and fresh.ask("localStorage.length") == 1


def test_a_prediction_is_kept_and_stands_beside_the_answer(fresh):
    area = fresh.driver.find_element(By.TAG_NAME, "textarea")
    area.send_keys("threads <b>win</b>")
    fresh.driver.refresh()
    kind = fresh.ask("document.querySelector('textarea').dataset.kind")
    said = fresh.text(f'.figure .predicted[data-kind="{kind}"]')
    assert said == "You predicted: threads <b>win</b>"


def test_the_theme_is_chosen_and_kept(fresh):
    ground = "getComputedStyle(document.body).backgroundColor"
    assert fresh.ask(ground) == "rgb(255, 255, 255)"
    fresh.one("theme").click()
    fresh.driver.refresh()
    assert fresh.ask(ground) != "rgb(255, 255, 255)"
    card = "getComputedStyle(document.querySelector('.card')).backgroundColor"
    assert fresh.ask(card) == "rgb(255, 255, 255)"


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext is missing")
def test_on_paper_questions_come_first_and_nothing_stays_hidden(fresh, tmp_path):
    fresh.one("hide").click()
    pdf = base64.b64decode(fresh.tell("Page.printToPDF", pageRanges="1-2")["data"])
    (tmp_path / "page.pdf").write_bytes(pdf)
    command = ["pdftotext", "-layout", str(tmp_path / "page.pdf"), "-"]
    first, *rest = subprocess.check_output(command, text=True).split("\f")
    assert "Write down what you expect" in first and "3. " in first
    assert "wins" not in first and "times" not in first.replace("How many times", "")
    assert "times event-loop" in rest[0] and "thread-pool" in rest[0]


@pytest.mark.skipif(
    not AXE.is_file(), reason="axe-core is missing (npm install axe-core; NODE_PATH)"
)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_can_be_read_by_everybody(fresh, theme):
    fresh.ask(f"document.documentElement.dataset.theme = '{theme}'")
    fresh.ask("for (const one of document.querySelectorAll('details')) one.open = true")
    fresh.driver.execute_script(AXE.read_text())
    fresh.driver.set_script_timeout(120)
    found = fresh.driver.execute_async_script(
        "axe.run().then((all) => arguments[0](all.violations))"
    )
    serious = [one for one in found if one["impact"] in ("serious", "critical")]
    assert [(one["id"], one["nodes"][0]["html"]) for one in serious] == []
