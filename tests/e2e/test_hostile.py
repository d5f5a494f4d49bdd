"""A hostile repository speaks through its code, configs, authors and commit messages: no format lets it."""

import json
import re
import shlex
from functools import cache
from xml.etree import ElementTree as ET

import pytest
from markdown_it import MarkdownIt

from worlds import Repo

# One worker for all of these: each command runs once.
pytestmark = pytest.mark.xdist_group("hostile")

# What a reader's program could act on, in one line each.
SPEECH = (
    "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "[click](https://evil.example) ![x](https://evil.example/p.png)",
    "@everyone see #1 and GH-2, www.evil.example https://evil.example",
    "::error::pwned%0A::set-output name=x::y ##[stop-commands]x",
    "| a | b | `c` **bold** _em_ ~~gone~~ </details>",
    "\x1b[31mred\x1b]8;;https://evil.example\x07link\u202egnp.exe",
    "]]> --> */ {{ 7*7 }} {% raw %} ${{ secrets.X }}",
)
FORMATS = {
    "check": ("text", "json", "markdown", "comment", "github", "sarif", "gitlab", "rdjson", "junit"),
    "report": ("text", "json", "markdown", "shields", "badge"),
    "survey": ("text", "json", "markdown"),
    "hotspots": ("text", "json", "markdown"),
    "trend": ("text", "json", "markdown"),
    "duplicates": ("text", "json", "markdown"),
    "config lint": ("text", "json"),
    "config tree": ("text", "json", "markdown"),
    "config complexity": ("text", "json", "markdown"),
    "config env": ("text", "json", "markdown"),
}
COPIED = "".join(f"    total = total + value * {n}\n" for n in range(12))


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Repo:
    """A change whose markers, strings, config keys and values, authors and messages are all speech."""
    repo = Repo(tmp_path_factory.mktemp("hostile") / "repo")
    repo.commit({"a.py": "def f(x):\n    return x\n"}, message=SPEECH[0], author="Mallory")
    for number, text in enumerate(SPEECH):
        plain = "".join(sign for sign in text if sign.isprintable())
        quoted = json.dumps(text)
        code = (
            f"# TODO({plain.split()[0]}): {plain}\ndef f{number}(x, y):\n    # FIXME: {plain}\n"
            f"    print({quoted}, os.environ[{quoted}])\n    return undefined_{number}\n\n\n"
            f"def twice(total, value):\n{COPIED}    return total\n"
        )
        config = f"{quoted}: {quoted}\n{quoted}: 2\nbase: {quoted}\ndefaults: [{quoted}]\n"
        repo.git("config", "user.name", plain or "x")
        author = {"GIT_AUTHOR_NAME": plain or "x", "GIT_COMMITTER_NAME": plain or "x"}
        name = text.replace("/", "\\")
        repo.stage(
            {
                f"m{number}.py": code,
                f"{name}/{name}.py": f"{code}# {number}\n",
                f"configs/{name}.yaml": config,
                f"configs/c{number}.yaml": config,
                f"configs/c{number}.json": f"{{{quoted}: 1, {quoted}: 2}}",
                f"run{number}.sh": f"python m{number}.py {shlex.quote(plain)} --{name.split()[0]}\n",
            }
        )
        repo.git("commit", "--quiet", "--no-verify", "-m", text.replace("\x1b", ""), env=author)
    return repo


@cache
def said(repo: Repo, command: str, form: str) -> str:
    """What the command prints in that format."""
    base = repo.git("rev-list", "--max-parents=0", "HEAD")
    options = ("--base", base, "--head", "HEAD") if command == "check" else ("--blame",) if command == "survey" else ()
    done = repo.antifoul(*command.split(), *options, "--format", form)
    assert done.returncode in {0, 1}, done.stderr
    assert "Traceback" not in done.stderr
    assert [sign for sign in done.stderr if sign != "\n" and not sign.isprintable()] == []
    assert done.stdout
    return done.stdout


CASES = [(command, form) for command, forms in FORMATS.items() for form in forms]


@pytest.mark.parametrize(("command", "form"), CASES)
def test_nothing_steers_a_terminal_or_a_log(hostile: Repo, command: str, form: str) -> None:
    """No control sign and no reordering one reaches any output; no line is a command of the platform's but ours."""
    text = said(hostile, command, form)

    assert [sign for sign in text if sign != "\n" and not sign.isprintable()] == []
    commands = [line for line in text.splitlines() if line.lstrip().startswith("::")]
    assert form != "text" or "##[" not in text  # which a runner takes for a command anywhere in a line
    assert not [
        line
        for line in commands
        if form != "github" or not line.startswith(("::error file=", "::warning file=", "::notice "))
    ]


@pytest.mark.parametrize(("command", "form"), [case for case in CASES if case[1] in {"markdown", "comment"}])
def test_markdown_makes_no_link_no_image_no_tag_and_calls_nobody(hostile: Repo, command: str, form: str) -> None:
    """Rendered, the only links are those to files, the only HTML our folds, and no name or number notifies."""
    text = said(hostile, command, form)
    tokens = MarkdownIt("gfm-like", {"html": True, "linkify": False}).parse(text)
    inside = [child for token in tokens for child in (token.children or ())]
    links = [child.attrGet("href") or "" for child in inside if child.type == "link_open"]
    html = [child.content for child in (*tokens, *inside) if child.type in {"html_block", "html_inline"}]

    assert not [child for child in inside if child.type in {"image", "strong_open", "s_open"}]
    assert all(not str(link).startswith(("http", "//", "www")) for link in links)
    tags = "".join(html).replace("<!-- -->", "")
    for ours in ("<details>", "</details>", "<summary>", "</summary>"):
        tags = tags.replace(ours, "")
    assert "<" not in tags, tags
    outside = re.sub(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "", text)  # in a code span nothing is called,
    outside = re.sub(r"\]\([^()\s]*\)", "]", outside)  # nor in the address of a link, which is one of ours, as said
    assert not [
        call for call in ("@everyone", "#1 ", "GH-2", "://", "www.") if call in outside
    ]  # what the platform would link itself


@pytest.mark.parametrize(("command", "form"), CASES)
def test_what_programs_read_is_whole(hostile: Repo, command: str, form: str) -> None:
    """JSON loads, XML parses."""
    text = said(hostile, command, form)

    if form in {"json", "sarif", "gitlab", "rdjson", "shields"}:
        json.loads(text)
    if form in {"junit", "badge"}:
        ET.fromstring(text)  # noqa: S314  our own text


def test_configs_are_shown_as_text(hostile: Repo) -> None:
    """Keys and values of a config, in text and in Markdown."""
    for number in range(len(SPEECH)):
        for form in ("text", "markdown"):
            done = hostile.antifoul("config", "show", f"configs/c{number}.json", "--format", form)
            assert "Traceback" not in done.stderr
            assert [sign for sign in done.stdout + done.stderr if sign != "\n" and not sign.isprintable()] == []
            rendered = MarkdownIt("commonmark", {"html": True}).enable("table").render(done.stdout)
            assert form == "text" or not any(tag in rendered for tag in ("<script", "<img", 'href="https://evil'))


def test_names_of_branches_and_messages_are_shown_as_text(hostile: Repo) -> None:
    """A message that is refused is repeated without what it could do to a terminal."""
    from worlds import script  # noqa: PLC0415  only here

    for text in SPEECH:
        hostile.root.joinpath(".git", "MESSAGE").write_text(text, encoding="utf-8")
        done = hostile.run(script("antifoul-hook"), "commit-msg", "conventional", ".git/MESSAGE")
        assert done.returncode == 1
        assert [sign for sign in done.stderr if sign != "\n" and not sign.isprintable()] == []
