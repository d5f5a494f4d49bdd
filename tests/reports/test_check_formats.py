"""Every format of `check`: valid by its schema whatever the names, the same bytes each time, and as the gold files."""

import json
import os
import re
from pathlib import Path
from xml.etree import ElementTree as ET
from zlib import compress

import jsonschema
import pytest
from sarif_pydantic import Sarif

from antifoul.facts.altered import Altered, Effective, Heat, Moved, Reshaped
from antifoul.facts.finding import SEVERITIES, Finding, Hit, Placed, RuleVerdict, Skip, settle
from antifoul.facts.report import CheckReport, Look
from antifoul.readers.templates import default_template
from antifoul.reports.formats import KINDS, renderer
from antifoul.reports.limits import capped

HERE = Path(__file__).parent
ENDINGS = {"text": "txt", "markdown": "md", "comment": "md", "github": "txt", "junit": "xml"}
NAMES = (
    "plain.py",
    "new\nline.py",
    "q\"uote's.py",
    "a::error::x.py",
    "<script>alert(1)</script>.py",
    "`back` | tick.py",
    "]]>.py",
    "&amp;.py",
    "c:/x.py",
    "%0A,title=x.py",
    "\u202egnp.py",
    "\x1b[31mred.py",
    "\ufffe\uffff.py",
    "ü 漢.py",
    os.fsdecode(b"\xff\xfe.py"),
    "-rf.py",
)
TEXTS = ("plain", "::error::x\n::warning::y", "<b>&]]>", "\x00\x1b[0m\ud800", "100 % | `x`", "\u202e")


def report(number: int) -> CheckReport:
    """A verdict with so many findings, over hostile names and words."""
    rules = ("print-added", "hints-missing", "no-such-rule")
    placed = [
        Placed(
            rules[n % 3],
            NAMES[n % len(NAMES)],
            Hit(n % 977 + 1, f"{TEXTS[n % len(TEXTS)]} {n}", n % 80 + 1, n % 977 + 2, f"f{n % 7}", f"a{n}"),
            SEVERITIES[n % 3],
        )
        for n in range(number)
    ]
    findings = settle(placed, "error")
    verdicts = tuple(
        RuleVerdict(rule, "fail", sum(one.rule == rule for one in findings), None) for rule in sorted(rules)
    )
    late = RuleVerdict("import-broken", "skipped", 0, "runs at pre-push/CI")
    skipped = tuple(Skip(name, f"not read: {text!r}") for name, text in zip(NAMES, TEXTS, strict=False))
    return CheckReport(
        "b" * 40, "c" * 40, "the merge base with main", "fail", (late, *verdicts), findings, skipped, 16, 99
    )


SMALL = CheckReport(
    base="4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    head="index",
    how="the last commit",
    verdict="fail",
    rules=(
        RuleVerdict("hints-missing", "fail", 1, None),
        RuleVerdict("import-broken", "skipped", 0, "runs at pre-push/CI"),
        RuleVerdict("print-added", "fail", 1, None),
        RuleVerdict("undefined-name", "pass", 0, None),
    ),
    findings=(
        Finding("print-added", "pkg/a b.py", 3, 5, 9, "error", "print() in package code", "f", "0" * 20, blocking=True),
        Finding(
            "hints-missing", "pkg/loss.py", 7, 7, 1, "warning", "no type hint for x", "A.f", "1" * 20, blocking=False
        ),
    ),
    skipped=(Skip("old.py", "it does not parse as Python 3.11 (line 1: invalid syntax)"),),
    files=3,
    lines=12,
    altered=Altered(
        functions=(Reshaped("pkg/loss.py", "A.f", 7, 3, 9), Reshaped("pkg/a b.py", "g", 1, None, 2)),
        copied_lines=24,
        copies=1,
        hot=(Heat("pkg/loss.py", 2, 40, 17, 510),),
        configs=(Effective("configs/dpo.yaml", "train.lr", "1e-05", "1e-06", "configs/base.yaml"),),
        health=Moved(71.24, 69.5, 0.31),
    ),
)


def rendered(format_: str, found: CheckReport) -> str:
    """The report in that format."""
    return renderer("check", format_)(found, Look(template=default_template("page.md.j2")))


@pytest.mark.parametrize("format_", KINDS["check"])
def test_ten_thousand_findings_twice_are_the_same_bytes(format_: str) -> None:
    """Nothing depends on order of hashing, and every text can be written as UTF-8."""
    first, second = (rendered(format_, report(10_000)) for _ in range(2))

    assert first == second
    assert first.endswith("\n")
    assert first.encode("utf-8")


@pytest.mark.parametrize("format_", ["sarif", "gitlab", "rdjson"])
@pytest.mark.parametrize("number", [0, 1, 10_000])
def test_json_formats_fit_their_schemas(format_: str, number: int) -> None:
    """Whatever files are called."""
    schema = json.loads((HERE / "schemas" / f"{format_}.json").read_text(encoding="utf-8"))

    jsonschema.validate(json.loads(rendered(format_, report(number))), schema)


def test_sarif_is_read_by_another_program() -> None:
    """Its own model of the format takes it, too."""
    document = Sarif.model_validate_json(rendered("sarif", report(500)))

    assert len(document.runs[0].results or []) == 500


def test_sarif_names_each_rule_once_and_counts_it_rightly() -> None:
    """A result's index leads to its rule."""
    run = json.loads(rendered("sarif", report(60)))["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]

    assert len(rules) == len(set(rules))
    assert all(rules[one["ruleIndex"]] == one["ruleId"] for one in run["results"])
    assert len({one["partialFingerprints"]["antifoul/v1"] for one in run["results"]}) == 60


def test_sarif_over_the_limit_keeps_the_worst() -> None:
    """Code scanning refuses more than 25,000 results: the errors stay, and it says how many are left out."""
    run = json.loads(rendered("sarif", report(30_000)))["runs"][0]

    assert len(run["results"]) == 25_000
    assert sum(one["level"] == "error" for one in run["results"]) == 10_000
    assert run["properties"]["leftOut"] == 5_000
    assert any(
        "5,000 findings are left out" in one["message"]["text"]
        for one in run["invocations"][0]["toolExecutionNotifications"]
    )


def test_sarif_stays_below_the_size_that_is_taken() -> None:
    """Compressed; the gravest stay, what is left out is counted, and skipped files are named up to a number."""
    found = report(3000)._replace(skipped=tuple(Skip(f"{n}.py", "not read") for n in range(1500)))

    text = renderer("check", "sarif")(found, Look(size=60_000))
    run = json.loads(text)["runs"][0]
    notes = [one["message"]["text"] for one in run["invocations"][0]["toolExecutionNotifications"]]

    assert len(compress(text.encode(), 1)) <= 60_000
    assert 0 < len(run["results"]) == 3000 - run["properties"]["leftOut"]
    assert {one["level"] for one in run["results"]} == {"error"}
    assert notes[-2] == "500 more files were not judged"
    assert notes[-1].startswith(f"{run['properties']['leftOut']:,} findings are left out")


def test_a_message_is_bounded_whatever_a_name_in_it() -> None:
    """A thousand characters, the last of which says that there were more."""
    (found,) = settle([Placed("a", "a.py", Hit(1, "x" * 5000), "error")], "error")

    assert (len(found.message), found.message[-1]) == (1000, "…")


def test_gitlab_fingerprints_are_unique() -> None:
    """GitLab takes two equal ones for one issue."""
    rows = json.loads(rendered("gitlab", report(1000)))

    assert len({row["fingerprint"] for row in rows}) == 1000


def test_junit_counts_what_it_holds() -> None:
    """A suite a rule; what blocks is a failure, what was skipped is skipped."""
    root = ET.fromstring(rendered("junit", report(300)))  # noqa: S314  our own text
    suites = {suite.get("name"): suite for suite in root}

    assert {name: len(suite) for name, suite in suites.items()} == {
        "import-broken": 1,
        "hints-missing": 100,
        "no-such-rule": 100,
        "print-added": 100,
        "files": 6,
    }
    assert all(int(suite.get("tests", "0")) == len(suite) for suite in root)
    assert sum(int(suite.get("failures", "0")) for suite in root) == len(root.findall(".//failure")) == 100
    assert len(root.findall(".//skipped")) == 7
    assert int(root.get("tests", "0")) == 307


def test_workflow_commands_are_ours_alone() -> None:
    """No name and no message starts a command of its own: ten annotations, a notice, the summary."""
    lines = rendered("github", report(100)).splitlines()

    assert len(lines) == 12
    assert all(line.startswith("::error file=") and line.count("::") == 2 for line in lines[:10])
    assert lines[10].startswith("::notice ")
    assert lines[11].startswith("antifoul: ")


@pytest.mark.parametrize("number", [0, 1, 200, 1000, 10_000])
def test_a_comment_holds_whole_findings_and_counts_the_others(number: int) -> None:
    """As many as fit into 64,000 characters, what blocks first; every row is whole, every fold is closed."""
    found = report(number)
    text = rendered("comment", found)
    rows = [line for line in text.splitlines() if line.startswith("| [")]
    left = sum(
        int(one.replace(",", "")) for one in re.findall(r"^([\d,]+) more (?:is|are) left out here", text, re.MULTILINE)
    )

    assert len(text) <= 64_000
    assert len(rows) + left == number + len(found.skipped)
    assert all(re.search(r"(?<!\\)\|$", line) for line in rows)
    assert text.count("<details>") == text.count("</details>")
    if number == 10_000:
        assert len(text) > 60_000
        assert "hints-missing" not in text  # warnings wait until every error is there


def test_five_notes_of_five_rules_are_shown_before_two_of_one() -> None:
    """Each rule in turn: the rest is folded."""
    placed = [Placed(rule, "a.py", Hit(n, "x", anchor=str(n)), "warning") for rule in "ab" for n in range(1, 9)]
    found = SMALL._replace(findings=settle(placed, "error"), verdict="pass")
    shown = rendered("comment", found).partition("<details>")[0]

    assert (shown.count("| `a` |"), shown.count("| `b` |")) == (3, 2)


@pytest.mark.parametrize(
    ("size", "kept"), [(0, ""), (9, "a"), (60, "a\n<details>\nb"), (10_000, "a\n<details>\nb\n</details>\n")]
)
def test_a_text_that_is_cut_closes_what_it_opened(size: int, kept: str) -> None:
    """Else the line that says so would be folded away."""
    text = f"a\n<details>\nb\n{'c' * 100}\n</details>\n" if size < 10_000 else kept
    cut = capped(text, size, "rest")

    assert cut.startswith(kept)
    assert cut.count("<details>") == cut.count("</details>")
    assert cut.endswith("rest\n") or cut == text


@pytest.mark.parametrize("format_", KINDS["check"])
def test_a_small_report_looks_as_it_did(format_: str, request: pytest.FixtureRequest) -> None:
    """The whole text; `--refresh-gold` takes what is rendered now."""
    gold = HERE / "gold" / f"check.{format_}.{ENDINGS.get(format_, 'json')}"
    text = rendered(format_, SMALL).replace(f'"{_version()}"', '"VERSION"')
    if request.config.getoption("--refresh-gold"):
        gold.write_text(text, encoding="utf-8")

    assert text == gold.read_text(encoding="utf-8")


def _version() -> str:
    from antifoul import __version__  # noqa: PLC0415  scrubbed above

    return __version__
