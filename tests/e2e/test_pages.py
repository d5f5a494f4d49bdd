"""What the documentation says of the project itself."""

import re
import tomllib
from pathlib import Path

import pytest

HOME = Path(__file__).parents[2]
_LINKED = ("README.md", "hooks.md", "ci.md", "formats.md", "security.md")
PAGES = [HOME / "README.md", *sorted((HOME / "docs").glob("*.md"))]


def test_every_line_of_the_threat_model_has_a_test() -> None:
    """It names one by its file and name, and the test is there."""
    page = (HOME / "docs" / "security.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| ") and "threat" not in line and ":--" not in line]
    named = [re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", row) for row in rows]

    assert len(rows) > 25
    for row, tests in zip(rows, named, strict=True):
        assert tests, row
        for file, test in tests:
            assert f"def {test}(" in (HOME / file).read_text(encoding="utf-8") if test else (HOME / file).is_file(), row


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_placeholder_is_said_to_be_one_and_is_the_same_everywhere(page: Path) -> None:
    """pyproject.toml sets the address; a page that uses it says that it is a placeholder."""
    url = tomllib.loads((HOME / "pyproject.toml").read_text(encoding="utf-8"))["project"]["urls"]["Repository"]
    owner, name = url.removeprefix("https://github.com/").split("/")
    text = page.read_text(encoding="utf-8")

    assert set(re.findall(rf"([\w-]+)/{name}@", text)) <= {owner}
    assert set(re.findall(rf"github\.com/([\w-]+)/{name}\b", text)) <= {owner}
    assert owner != "OWNER" or f"{owner}/{name}" not in text or "placeholder" in text


@pytest.mark.parametrize("page", [page for page in PAGES if page.name in _LINKED], ids=lambda page: page.name)
def test_links_inside_the_documentation_lead_somewhere(page: Path) -> None:
    """To a file that is there, and to a title that is in it."""
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", re.sub(r"```.*?```", "", text, flags=re.DOTALL)):
        name, _, title = target.partition("#")
        file = (page.parent / name) if name else page
        assert file.exists(), target
        if title and file.suffix == ".md":
            heads = re.findall(r"^#+ (.*)$", file.read_text(encoding="utf-8"), re.MULTILINE)
            assert title in {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}, target
