"""The HTML page in Chromium: it opens offline, says nothing on the console, and does what a reader clicks."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import pytest

from worlds import Repo

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: tests/run --extras")
_CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_FILES = 500
Browser: TypeAlias = Any  # playwright's, which the type checker need not have
Page: TypeAlias = Any
_HOSTILE = "<img src=x onerror=alert(1)>"
pytestmark = pytest.mark.skipif(not _CHROMIUM, reason="there is no Chromium here: apt-get install chromium")


class Opened(NamedTuple):
    """A page in the browser, what its console said, and what it asked the network for."""

    page: Page
    said: list[str]
    asked: list[str]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a repository with 500 files, twenty weeks of history, owners, and hostile names."""
    repo = Repo(tmp_path_factory.mktemp("page") / "repo")
    files: dict[str, str | bytes | None] = {f"pkg{n % 9}/part{n % 23}/m{n}.py": _module(n) for n in range(_FILES - 4)}
    names = (f"{_HOSTILE}.py", "</script><script>alert(2).py", "__proto__.py", "$ink.py")
    text = f"def f(x):\n    return missing_name  # TODO: {_HOSTILE}\n"
    files |= {f"odd/{name.replace('/', '_')}": text for name in names}
    repo.commit({**files, "pkg0/__init__.py": "", "broken.py": "def f() -> Undefined:\n    return missing_name\n"})
    for week in range(1, 20):
        changed = {f"pkg{n % 9}/part{n % 23}/m{n}.py": f"{_module(n)}# {week}\n" for n in range(week, week + 6)}
        repo.commit(
            changed, day=7 * week, author=("Ada", "Grace", _HOSTILE.replace("<", "").replace(">", ""))[week % 3]
        )
    done = repo.antifoul("report", f"--format=html={repo.root.parent / 'page.html'}")
    assert done.returncode == 0, done.stderr
    return repo.root.parent / "page.html"


def _module(number: int) -> str:
    branches = "".join(f"    if x > {n}:\n        x -= 1\n" for n in range(number % 12))
    return f"def work{number}(x):\n    # TODO(team{number % 4}): look at {number}\n{branches}    return x\n"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for all tests of this file."""
    with playwright.sync_playwright() as started:
        made = started.chromium.launch(executable_path=_CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield made
        made.close()


@pytest.fixture
def opened(browser: Browser, report: Path) -> Iterator[Opened]:
    """The page, opened from its file."""
    yield from _open(browser, report)


def _open(browser: Browser, report: Path, **options: object) -> Iterator[Opened]:
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
    page = context.new_page()
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: said.append(f"dialog: {dialog.message}"))  # and it stays, so the test fails
    page.on("request", lambda request: asked.append(request.url))
    page.goto(report.as_uri())
    yield Opened(page, said, asked)
    context.close()


def _scrolled(page: Page) -> None:
    """To the end, slowly enough that every chart is drawn."""
    for place in page.query_selector_all("[data-chart]"):
        place.scroll_into_view_if_needed()
        page.wait_for_function("place => place.dataset.drawn === 'yes'", arg=place)


def test_it_is_small_and_its_words_do_not_wait_for_the_charts(opened: Opened, report: Path) -> None:
    """Under 3 MB for 500 files; what is not on the screen is not drawn, and the words stand there all the same."""
    drawn = opened.page.locator("[data-chart][data-drawn=yes]").count()

    assert report.stat().st_size < 3_000_000
    assert drawn < opened.page.locator("[data-chart]").count()
    assert _HOSTILE in opened.page.text_content("main")


def test_everything_is_drawn_and_nothing_is_said_or_fetched(opened: Opened) -> None:
    """No error and no warning on the console, no request but for the file; no name became a script."""
    _scrolled(opened.page)

    assert opened.said == []
    assert [one for one in opened.asked if not one.startswith(("file:", "data:"))] == []
    drawn = opened.page.eval_on_selector_all(
        "[data-chart] svg", "all => all.map(one => one.getAttribute('aria-label'))"
    )
    assert len(drawn) == opened.page.locator("[data-chart]").count() >= 7
    assert all(drawn)
    assert opened.page.locator("main img").count() == 0
    assert _HOSTILE in opened.page.text_content("main")


def test_a_click_on_the_map_shows_the_files_functions(opened: Opened) -> None:
    """The largest rectangle; the panel names its file and lists its functions."""
    page = opened.page
    page.locator("#map").scroll_into_view_if_needed()
    page.wait_for_selector("#map [data-drawn=yes]")
    assert page.locator("#picked").is_hidden()
    box = page.locator("#map svg").bounding_box()

    page.mouse.click(box["x"] + 12, box["y"] + 12)

    assert page.locator("#picked").is_visible()
    assert page.locator("#picked h3").inner_text().endswith(".py")
    assert page.locator("#picked tbody tr").count() >= 1


def test_the_table_beside_the_map_does_the_same_by_keyboard(opened: Opened) -> None:
    """For those who cannot click a picture."""
    page = opened.page
    page.locator("#map summary").press("Enter")
    button = page.locator("#map button[data-path]").first
    button.press("Enter")

    assert page.locator("#picked h3").inner_text() == button.get_attribute("data-path")


def test_findings_can_be_filtered(opened: Opened) -> None:
    """By words, rule and severity; how many are left is said."""
    page = opened.page
    total = page.locator("#findings-table tbody tr").count()

    page.fill("#filters [name=words]", "no such words")
    none = page.inner_text("#filters output")
    page.fill("#filters [name=words]", "missing_name")
    some = page.locator("#findings-table tbody tr:visible").count()
    page.select_option("#filters [name=severity]", "note")

    assert none == f"0 of {total}"
    assert 1 <= some <= total
    assert page.locator("#findings-table tbody tr:visible").count() == 0


def test_light_and_dark_follow_the_system_and_the_button(browser: Browser, report: Path) -> None:
    """The charts are drawn again in the other colours."""
    for opened in _open(browser, report, color_scheme="dark"):
        page = opened.page
        page.locator("#map").scroll_into_view_if_needed()
        page.wait_for_selector("#map [data-drawn=yes]")
        background = "getComputedStyle(document.body).backgroundColor"
        fills = "new Set([...document.querySelectorAll('#map svg path')].map(one => one.getAttribute('fill'))).size"
        dark = page.evaluate(background), page.inner_html("#map svg")

        page.click("#theme")
        page.wait_for_selector("#map [data-drawn=yes]")
        light = page.evaluate(background), page.inner_html("#map svg")

        assert dark[0] == "rgb(18, 22, 29)"
        assert light[0] == "rgb(255, 255, 255)"
        assert dark[1] != light[1]
        assert page.evaluate(fills) > 2
        assert opened.said == []


def test_lines_of_the_coupling_graph_end_at_its_dots(opened: Opened) -> None:
    """Also when it was drawn again in other colours."""
    page = opened.page
    for _ in range(2):
        _scrolled(page)
        far = page.evaluate(
            """() => {
                const at = one => {
                    const box = one.getBoundingClientRect();
                    return [box.x + box.width / 2, box.y + box.height / 2];
                };
                const dots = [...document.querySelectorAll("#coupling .mark-symbol path")].map(at);
                const ends = [...document.querySelectorAll("#coupling .mark-path path")].flatMap(one => {
                    const box = one.ownerSVGElement.getScreenCTM();
                    const places = [one.getPointAtLength(0), one.getPointAtLength(one.getTotalLength())];
                    return places.map(place => [place.x + box.e, place.y + box.f]);
                });
                const away = end => Math.min(...dots.map(dot => Math.hypot(dot[0] - end[0], dot[1] - end[1])));
                return [ends.length, Math.max(...ends.map(away))];
            }"""
        )
        assert far[0] >= 2
        assert far[1] < 3
        page.click("#theme")


def test_a_phone_needs_no_scrolling_sideways(browser: Browser, report: Path) -> None:
    """At 360 points the page is as wide as the screen, and so is every chart."""
    for opened in _open(browser, report, viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True):
        _scrolled(opened.page)
        widths = opened.page.eval_on_selector_all(
            "[data-chart] svg", "all => all.map(one => one.getBoundingClientRect().right)"
        )

        assert opened.page.evaluate("document.documentElement.scrollWidth") == 360
        assert max(widths) <= 361
        assert opened.said == []


def test_without_scripts_the_words_and_tables_are_there(browser: Browser, report: Path) -> None:
    """Only the pictures are missing."""
    for opened in _open(browser, report, java_script_enabled=False):
        assert "Where the next bugs will be" in opened.page.inner_text("main")
        assert opened.page.locator("table").count() > 5
