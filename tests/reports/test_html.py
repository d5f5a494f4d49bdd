"""The HTML page without a browser: its markup is ours alone, its scripts are those that its policy names."""

import json
import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from importlib.util import find_spec
from typing import Any

import pytest

from antifoul.facts.errors import UsageError
from antifoul.facts.finding import Finding
from antifoul.facts.report import Look
from antifoul.gate.templates import our_template
from antifoul.readers.templates import default_template
from antifoul.reports.blocks import Folded, Mono, Paragraph, Ref, Table, words
from antifoul.reports.charts.bars import AGES, OTHERS, by_age_and_owner
from antifoul.reports.charts.hotspot_map import hotspot_map
from antifoul.reports.html import html
from antifoul.reports.html_blocks import Chart, FileRow, Files, Findings, Functions, Page, Section
from worlds import Repo

HOSTILE = (
    "<script>alert(1)</script>", "</script><img src=x onerror=alert(1)>", '" onmouseover="alert(1)', "</style><b>",
    "<!--<script>", "{{ 7 * 7 }}", "${alert(1)}", "javascript:alert(1)", "\x00\x1b[31m", "\u202egnp.py", "\udcff.py",
    "__proto__", "&lt;b&gt;", "]]>", "'-alert(1)-'",
)  # fmt: skip
PARTS = {"library": "window.vegaEmbed = 0;", "css": "", "script": default_template("page.js")}
TAGS = frozenset(
    [
        *("html", "head", "meta", "title", "link", "style", "body", "a", "header", "div", "strong", "nav", "button"),
        *("main", "h1", "h2", "h3", "p", "ul", "ol", "li", "b", "span", "section", "code", "table", "thead", "tbody"),
        *("tr", "th", "td", "details", "summary", "figure", "figcaption", "noscript", "form", "input", "select"),
        *("option", "output", "footer", "script", "i"),
    ]
)


class Seen(HTMLParser):
    """The tags, attributes and scripts of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.links: list[str] = []
        self.policy = ""
        self.inside = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the tag."""
        given = dict(attrs)
        self.tags.add(tag)
        self.attributes |= set(given)
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]
        self.inside = tag == "script"
        if self.inside:
            self.scripts.append((given, ""))
        if given.get("http-equiv") == "Content-Security-Policy":
            self.policy = given.get("content") or ""

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002  its parent gives it
        """Note that it ended."""
        self.inside = False

    def handle_data(self, data: str) -> None:
        """Note a script's text."""
        if self.inside:
            given, text = self.scripts[-1]
            self.scripts[-1] = given, text + data


def hostile_page(text: str) -> Page:
    """A page in which every word of the repository is this one."""
    finding = Finding(text, text, 1, 1, 1, "error", text, text, "0" * 20, blocking=True)
    files = [{"path": text, "loc": 3, "complexity": 2}]
    parts = (
        Paragraph(words(text, Mono(text), Ref(text, 3))),
        Folded(text, (Table((text,), ((words(text),),)),)),
        Chart("map", hotspot_map(files, {text: 1.0}), text, words(text), text, ramp=True),
        Functions(),
        Files(text, ("lines",), (FileRow(text, (text,)),)),
        Findings((finding,)),
    )
    section = Section("all", "All", text, parts)
    return Page(text, 50.0, (Paragraph(words(text)),), ((text, text),), (section,), {text: {"loc": 1}}, text)


def rendered(page: Page, links: str = "") -> str:
    """The page, with a stub for the chart library."""
    return html(page, Look(template=our_template("html"), parts=PARTS, links=links))


@pytest.mark.parametrize("text", HOSTILE)
def test_no_word_of_the_repository_becomes_markup(text: str) -> None:
    """The tags, attributes and scripts are those of the same page with a harmless word."""
    seen, plain = Seen(rendered(hostile_page(text))), Seen(rendered(hostile_page("plain")))

    assert seen.tags - {"wbr"} == plain.tags - {"wbr"} <= TAGS  # where code may be broken depends on its length
    assert seen.attributes == plain.attributes
    assert not [name for name in seen.attributes if name.startswith("on")]
    assert len(seen.scripts) == 4
    assert set(seen.links) == {"data:,", "#main", "#all"}
    assert rendered(hostile_page(text)).encode("utf-8")


@pytest.mark.parametrize("text", HOSTILE)
def test_data_for_scripts_is_the_data_that_was_given(text: str) -> None:
    """Whatever is in it, it neither ends its element nor comes out another."""
    (_, charts), (_, details), *_ = Seen(rendered(hostile_page(text))).scripts

    assert json.loads(details) == {text: {"loc": 1}}
    assert json.loads(charts)["map"]["data"][0]["values"][-1]["path"] == text


def test_only_our_scripts_may_run() -> None:
    """The policy names each by its hash, and lets the page load nothing."""
    seen = Seen(rendered(hostile_page("plain")))
    hashes = re.findall(r"'sha256-([^']+)'", seen.policy)

    run = [text for given, text in seen.scripts if "type" not in given]
    assert hashes == [b64encode(sha256(text.encode()).digest()).decode() for text in run]
    assert seen.policy.startswith("default-src 'none'; ")
    assert "http" not in seen.policy


def test_a_library_cannot_end_its_own_element() -> None:
    """A string in a script may hold what closes one."""
    look = Look(template=our_template("html"), parts={**PARTS, "library": "x = '</script><!--<b>';"})
    text = html(hostile_page("plain"), look)

    assert "b" in Seen(text).tags  # the tiles'
    assert len(Seen(text).scripts) == 4
    assert "x = '</script>" not in text


def test_links_lead_where_they_are_told_to() -> None:
    """Without a base a page on its own links nowhere; a name cannot choose the place."""
    base = "https://example.org/blob/abc/"
    seen = Seen(rendered(hostile_page("javascript:alert(1)//a b.py"), links=base))

    assert {one for one in seen.links if not one.startswith(("#", "data:"))} == {
        f"{base}javascript%3Aalert%281%29//a%20b.py", f"{base}javascript%3Aalert%281%29//a%20b.py#L3",
        f"{base}javascript%3Aalert%281%29//a%20b.py#L1",
    }  # fmt: skip


def test_a_page_template_of_the_users_is_escaped_for_them() -> None:
    """Autoescape is on: a template that forgets it is no hole."""
    look = Look(template="<p>{{ name }}</p>", parts=PARTS)

    assert html(hostile_page("<b>"), look) == "<p>&lt;b&gt;</p>"
    with pytest.raises(UsageError, match="unsafe"):
        html(hostile_page("x"), look._replace(template="{{ name.__class__.__mro__ }}"))


def test_folders_that_hold_most_are_named_by_their_parts() -> None:
    """`src` holds nine tenths: its two folders are named instead; `docs` is named itself."""
    sizes = {"src/a/x.py": 500, "src/b/x.py": 400, "docs/conf.py": 100, "setup.py": 1}
    files = [{"path": path, "loc": loc, "complexity": 1} for path, loc in sizes.items()]
    nodes = hotspot_map(files, {})["data"][0]["values"]

    assert {node["path"] for node in nodes if node.get("named")} == {"src/a/", "src/b/", "docs/"}
    assert sum(node.get("loc", 0) for node in nodes) == 1001


def test_debt_is_counted_by_age_and_by_the_six_owners_with_most() -> None:
    """Seven owners: the last two, with one marker each, are one; what has no age is not counted."""
    rows: list[dict[str, Any]] = [
        {"owner": "", "author": f"a{n}", "age_days": 10 if n < 4 else 400} for n in range(8) for _ in range(9 - n)
    ]
    rows.append({"owner": "x", "author": "y", "age_days": None})
    found = by_age_and_owner(rows)

    assert ("<1 month", "a0", 9) in found
    assert (AGES[3][0], OTHERS, 3 + 2) in found
    assert sum(count for _, _, count in found) == sum(range(2, 10))


@pytest.mark.skipif(find_spec("vl_convert") is not None, reason="the extra html is installed")
def test_without_the_extra_it_is_said_before_any_work(repo: Repo) -> None:
    """One clear line, exit 2."""
    repo.commit({"a.py": "X = 1\n"})
    done = repo.antifoul("report", "--format", "html")

    assert done.returncode == 2
    assert "pip install 'antifoul[html]'" in done.stderr
