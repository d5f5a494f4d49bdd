"""`antifoul fix`: a difference first, only what is proved, every comment kept, nothing on files with other changes."""

import json
import subprocess

import pytest

from worlds import Repo

LOGGED = "import logging\n\nlogger = logging.getLogger(__name__)\n"


def mended(repo: Repo, text: str, *arguments: str, path: str = "src/pkg/a.py") -> str:
    """The text of a committed file after `fix --write`."""
    repo.commit({path: text, "src/pkg/__init__.py": ""}, author="Ada")
    done = repo.antifoul("fix", "--write", *arguments)
    assert done.returncode == 0, done.stderr
    return (repo.root / path).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("try:\n    f()\nexcept:  # why\n    pass\n", "try:\n    f()\nexcept BaseException:  # why\n    pass\n"),
        ("def f(a):  # why\n    a()\n", "def f(a) -> None:  # why\n    a()\n"),
        ("async def f(\n    a,  # one\n):\n    if a:\n        return\n    await a\n",
         "async def f(\n    a,  # one\n) -> None:\n    if a:\n        return\n    await a\n"),
        ("class A:\n    def __init__(self):\n        self.a = 1\n",
         "class A:\n    def __init__(self) -> None:\n        self.a = 1\n"),
        ("import pdb\n\nx = 1\npdb.set_trace()\ny = 2\n", "\nx = 1\ny = 2\n"),
        ("import os, pdb\n\n\ndef f(a) -> None:\n    # why\n    breakpoint()  # here\n    pdb.set_trace(); os.f(a)\n",
         "import os\n\n\ndef f(a) -> None:\n    # why\n    os.f(a)\n"),
        ("def f(a) -> None:\n    breakpoint()\n", "def f(a) -> None:\n    pass\n"),
        ("if a: breakpoint()\n", "if a: pass\n"),
        ("# TODO: scale\nx = 1  # fixme it\n# HACK\n", "# TODO(ada): scale\nx = 1  # fixme(ada): it\n# HACK(ada)\n"),
    ],
)  # fmt: skip
def test_what_is_proved_is_mended(repo: Repo, before: str, after: str) -> None:
    """Each fix, with comments and layout as they were; a second run finds nothing."""
    assert mended(repo, before) == after
    repo.commit({}, message="mended", author="Bea")
    repo.git("commit", "--quiet", "--all", "--message", "mended")
    again = repo.antifoul("fix")

    assert again.stdout == ""
    assert "nothing to mend" in again.stderr


@pytest.mark.parametrize(
    "text",
    [
        "BaseException = ValueError\ntry:\n    f()\nexcept:\n    pass\n",  # another thing of that name
        "def f():\n    pass\n",  # a stub, or a hook that others fill in
        'def f():\n    """Doc."""\n    ...\n',
        "def f():\n    raise NotImplementedError\n",
        "def f(a):\n    if a:\n        return 1\n    a()\n",
        "def f(a):\n    a()\n    return None\n",  # it may be there for others to override
        "def f(a):\n    yield a\n",
        "def f(a):\n    a()\n    raise ValueError\n",  # it never comes back
        "import sys\n\n\ndef f(a):\n    a()\n    sys.exit(1)\n",
        "def f(a):\n    while True:\n        a()\n",
        "def f(a):\n    if a:\n        raise ValueError\n    else:\n        raise TypeError\n",
        "@app.get('/')\ndef f(a):\n    a()\n",  # a decorator may read annotations
        "def f(a):\n    # type: (int) -> None\n    a()\n",
        "class A:\n    def f(self):\n        self.a()\n\n\nclass B(A):\n    def f(self):\n        return 1\n",
        "x = breakpoint()\n",  # its value is used
        "import torch\n\ntorch.autograd.set_detect_anomaly(True)\n",  # a switch, not a stop
        "def breakpoint():\n    return 1\n\n\nbreakpoint()\n",
        "# TODO(bea): hers\nx = 'TODO: data'\n# the TODO list\n",
        '"""TODO: a docstring is part of the program."""\n',
        "print(1)\n",  # moves output: only with --unsafe
    ],
)
def test_what_is_not_proved_is_left(repo: Repo, text: str) -> None:
    """Not one byte is changed."""
    assert mended(repo, text) == text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("print('a')\n", "logger.info('a')\n"),
        ('print("loss", 1 + 2, "50%")\n', 'logger.info("loss %s 50%%", 1 + 2)\n'),
        ('print("a", "50%")\n', "logger.info('a 50%')\n"),
        ("print(f'{x:.2f}')\n", "logger.info(f'{x:.2f}')\n"),
        ("print()\n", 'logger.info("")\n'),
        ("print(\n    # why\n    'a'\n)  # here\n", "logger.info(\n    # why\n    'a'\n)  # here\n"),
        ("print('a', flush=True)\n", "logger.info('a')\n"),
    ],
)
def test_prints_become_the_modules_logger(repo: Repo, before: str, after: str) -> None:
    """Each with the text that print would have written."""
    assert mended(repo, f"{LOGGED}\n{before}", "--unsafe") == f"{LOGGED}\n{after}"


@pytest.mark.parametrize(
    "text",
    [
        f"{LOGGED}\nprint('a', end='')\n",
        f"{LOGGED}\nprint('a', 'b', sep='')\n",
        f"{LOGGED}\nprint(*a)\n",
        f"{LOGGED}\nx = [print(y) for y in z]\n",
        f"{LOGGED}\nprint('a')  # noqa: T201\n",
        f"{LOGGED}\nprint('a')  # antifoul: allow[print-added] its output is its purpose\n",
        f"{LOGGED}\nif __name__ == '__main__':\n    print('a')\n",
        f"print('a')\n{LOGGED}",  # it runs before the logger is made
        f"{LOGGED}\ndef f(logger) -> None:\n    print(logger)\n",
        "logger = make()\nprint('a')\n",  # the name is taken
    ],
)
def test_prints_that_a_logger_cannot_stand_for_are_left(repo: Repo, text: str) -> None:
    """Other ends, unknown arguments, allowed lines, a name that means something else."""
    assert mended(repo, text, "--unsafe", "--only", "print-added") == text


def test_a_logger_is_made_as_the_repository_makes_them(repo: Repo) -> None:
    """Three modules say LOG = get_logger(__name__): so does the fourth, below its imports."""
    ours = "from lib.log import get_logger\n\nLOG = get_logger(__name__)\n"
    repo.commit({f"src/pkg/{name}.py": ours for name in "xyz"})
    text = mended(repo, '"""Doc."""\n\nimport os\n\n\ndef f() -> None:\n    print(os.name)\n', "--unsafe")

    assert text == (
        '"""Doc."""\n\nimport os\nfrom lib.log import get_logger\n\nLOG = get_logger(__name__)\n\n\n'
        "def f() -> None:\n    LOG.info(os.name)\n"
    )


def test_the_difference_comes_first_and_git_applies_it(repo: Repo) -> None:
    """Nothing is written without --write, and what is written then is the difference that was shown."""
    repo.commit({"a.py": "def f(a):\n    a()", "b c.py": "def g(a):\n    a()\n", "d.py": "x = 1\n"})
    shown = repo.antifoul("fix")
    clean = repo.git("status", "--porcelain")
    applied = subprocess.run(
        ["git", "apply", "--check", "-"], cwd=repo.root, input=shown.stdout, text=True, capture_output=True, check=False
    )
    written = repo.antifoul("fix", "--write")

    assert (shown.returncode, clean, applied.returncode) == (0, "", 0), applied.stderr
    assert "2 fixes in 2 files; nothing is written" in shown.stderr
    assert written.stdout == shown.stdout
    assert repo.git("diff", "--name-only").split("\n") == ["a.py", "b c.py"]


def test_files_with_other_changes_are_refused_unless_told(repo: Repo) -> None:
    """A change that is not committed could not be told from the fix; the clean file beside it is mended."""
    text = "def f(a):\n    a()\n"
    repo.commit({"a.py": text, "b.py": text})
    repo.write({"a.py": f"{text}x = 1\n", "new.py": text})
    refused = repo.antifoul("fix", "--write")
    files = {name: (repo.root / name).read_text() for name in ("a.py", "b.py", "new.py")}
    told = repo.antifoul("fix", "--write", "--dirty")

    assert refused.returncode == 1
    assert {name: "None" in text for name, text in files.items()} == {"a.py": False, "b.py": True, "new.py": False}
    assert "a.py: not written: it has changes that are not committed" in refused.stderr
    assert told.returncode == 0
    assert all("-> None" in (repo.root / name).read_text() for name in files)


def test_encodings_and_line_ends_are_kept(repo: Repo) -> None:
    """A BOM, a cookie, CRLF, a missing last newline, permissions."""
    files = {
        "bom.py": b"\xef\xbb\xbfdef f(a):\n    a()\n",
        "latin.py": b"# coding: latin-1\ns = '\xe9'\ndef f(a):\n    a(s)\n",
        "crlf.py": b"def f(a):\r\n    a()\r\n    breakpoint()",
        "cr.py": b"def f(a):\r    a()\r",
        "broken.py": b"def f(:\n",
    }
    repo.commit(files)
    (repo.root / "bom.py").chmod(0o755)
    repo.git("commit", "--all", "--quiet", "--message", "mode")
    done = repo.antifoul("fix", "--write")
    after = {name: (repo.root / name).read_bytes() for name in files}

    assert done.returncode == 0, done.stderr
    assert after["bom.py"] == b"\xef\xbb\xbfdef f(a) -> None:\n    a()\n"
    assert after["latin.py"] == b"# coding: latin-1\ns = '\xe9'\ndef f(a) -> None:\n    a(s)\n"
    assert after["crlf.py"] == b"def f(a) -> None:\r\n    a()"
    assert (after["cr.py"], after["broken.py"]) == (files["cr.py"], files["broken.py"])
    assert "cr.py:1: left: it has line ends that are carriage returns alone" in done.stderr
    assert (repo.root / "bom.py").stat().st_mode & 0o777 == 0o755


def test_json_says_what_was_mended_and_what_was_left(repo: Repo) -> None:
    """The same as the difference, for programs; vendored code is nobody's to mend."""
    repo.commit(
        {
            "src/pkg/__init__.py": "",
            "src/pkg/a.py": "print('a', end='')\n\n\ndef f(a):\n    a()\n",
            "vendor/b.py": "def f(a):\n    a()\n",
        }
    )
    document = json.loads(repo.antifoul("fix", "--unsafe", "--format", "json").stdout)

    assert document["written"] is False
    assert [one["path"] for one in document["files"]] == ["src/pkg/a.py"]
    assert document["files"][0]["fixes"] == [{"name": "return-none", "line": 4, "message": "def f(...) -> None"}]
    assert [(one["name"], one["line"]) for one in document["files"][0]["left"]] == [("print-added", 1)]
    assert document["files"][0]["diff"].startswith("--- a/src/pkg/a.py\n+++ b/src/pkg/a.py\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--only", "return-nun"), "there is no fix 'return-nun'"),
        (("--only", "print-added"), "it needs --unsafe"),
        (("--format", "sarif"), "fix has no format 'sarif'"),
    ],
)
def test_wrong_usage_is_said(repo: Repo, arguments: tuple[str, ...], said: str) -> None:
    """Exit 2, and nothing is done."""
    done = repo.antifoul("fix", *arguments)

    assert done.returncode == 2
    assert said in done.stderr


def test_outside_a_repository_nothing_is_written_unless_told(repo: Repo) -> None:
    """There is nothing that could bring the old text back."""
    repo.write({"a.py": "def f(a):\n    a()\n"})
    (repo.root / ".git").rename(repo.root.parent / "gone.git")
    refused, told = repo.antifoul("fix", "--write"), repo.antifoul("fix", "--write", "--dirty")

    assert (refused.returncode, told.returncode) == (1, 0)
    assert "not in a git repository" in refused.stderr
    assert "-> None" in (repo.root / "a.py").read_text()


def test_no_logger_is_used_that_may_be_another_thing(repo: Repo) -> None:
    """Bound again, in the class or by a pattern; not made yet; not usable yet; a call that is not print's own."""
    texts = (
        f"{LOGGED}logger = Fancy()\nprint('a')\n",
        f"{LOGGED}\n\ndef g(x) -> None:\n    global logger\n    logger = x\n\n\nprint('a')\n",
        f"{LOGGED}\n\nclass A:\n    logger = 3\n    print('a')\n",
        f"{LOGGED}\n\ndef f(x):\n    match x:\n        case logger:\n            print('a')\n    return x\n",
        f"{LOGGED}\n\ndef f(x):\n    try:\n        x()\n    except E as logger:\n        print('a')\n    return x\n",
        f"{LOGGED}from x import *\nprint('a')\n",
        "import logging\n\n\ndef f(x):\n    print('a')\n    return x\n\n\nf(1)\nlogger = logging.getLogger(__name__)\n",
        "from accelerate.logging import get_logger\n\nlogger = get_logger(__name__)\nprint('a')\n",
        f"{LOGGED}(print)('a')\n",
        f"{LOGGED}print('a')('b')\n",
        f"{LOGGED}print('a', flush=now())\n",
        f"{LOGGED}print('a', file=stderr_of_mine)\n",
    )
    files = {f"src/pkg/a{number}.py": text for number, text in enumerate(texts)}
    repo.commit({"src/pkg/__init__.py": "", **files})

    assert repo.antifoul("fix", "--unsafe").stdout == ""


def test_odd_prints_become_lines_of_the_logger(repo: Repo) -> None:
    """Arguments that yield or assign, logger with a type, made below its user; blank lines around a new one."""
    typed = "import logging\n\nlogger: logging.Logger = logging.getLogger(__name__)\n"
    below = "import logging\n\n\ndef f(x):\n    {}('a')\n    return x\n\n\nlogger = logging.getLogger(__name__)\n"
    pairs = (
        (f"{LOGGED}\n\ndef f(x):\n    print('a', (yield x))\n",
         f'{LOGGED}\n\ndef f(x):\n    logger.info("a %s", (yield x))\n'),
        (f"{LOGGED}print('a', y := 3)\n", f'{LOGGED}logger.info("a %s", y := 3)\n'),
        (f"{LOGGED}print('a',\r\n x)\n", f'{LOGGED}logger.info("a %s", x)\n'),
        (f"{typed}print('a')\n", f"{typed}logger.info('a')\n"),
        ("log = init_logger(__name__)\nprint('a')\n", "log = init_logger(__name__)\nlog.info('a')\n"),
        (below.format("print"), below.format("logger.info")),
        ("import logging.config\nprint('a')\n", f"import logging.config\n{LOGGED}\nlogger.info('a')\n"),
        ('"""Doc."""\ndef f(x):\n    print(x); return x\n',
         f'"""Doc."""\n{LOGGED}\n\ndef f(x):\n    logger.info(x); return x\n'),
    )  # fmt: skip
    repo.commit({"src/pkg/__init__.py": "", **{f"src/pkg/a{at}.py": text for at, (text, _) in enumerate(pairs)}})
    done = repo.antifoul("fix", "--unsafe", "--write")

    assert done.returncode == 0, done.stderr
    for at, (_, text) in enumerate(pairs):
        assert (repo.root / f"src/pkg/a{at}.py").read_text(encoding="utf-8") == text


def test_a_method_that_another_module_may_override_keeps_its_return_open(repo: Repo) -> None:
    """B may be built on A; what only classes without bases define is nobody's override."""
    repo.commit(
        {
            "a.py": "class A:\n    def step(self):\n        self.n = 1\n\n    def own(self):\n        self.n = 1\n",
            "b.py": "class B(A):\n    def step(self):\n        return 1\n",
            "c.py": "class C:\n    def own(self):\n        return 1\n",
        }
    )
    shown = repo.antifoul("fix").stdout

    assert [line for line in shown.split("\n") if line.startswith("+ ")] == ["+    def own(self) -> None:"]


def test_no_name_is_given_that_is_not_known_or_cannot_be_written(repo: Repo) -> None:
    """A shallow clone does not know who wrote its oldest lines; Latin-1 has no Cyrillic letters; signs stay."""
    text = "# TODO, a\n# [TODO] b\n# TODO - c\nx = '# TODO: d'  # TODO: e\n# TODO/FIXME: f\n"
    repo.commit({"a.py": text}, author="Ada")
    repo.commit({"b.py": b"# coding: latin-1\n# TODO: \xe9\n"}, author="\u0410\u0434\u0430", day=1)
    clone = repo.root.parent / "shallow"
    repo.git("clone", "--quiet", "--depth=1", repo.root.as_uri(), str(clone))
    shallow, whole = repo.antifoul("fix", str(clone)), repo.antifoul("fix", "--write")

    assert (shallow.stdout, whole.returncode) == ("", 0)
    assert (repo.root / "a.py").read_text() == (
        "# TODO(ada), a\n# [TODO(ada)] b\n# TODO(ada) - c\nx = '# TODO: d'  # TODO(ada): e\n# TODO/FIXME: f\n"
    )
    assert (repo.root / "b.py").read_bytes() == b"# coding: latin-1\n# TODO: \xe9\n"


def test_links_deep_code_and_odd_names_do_no_harm(repo: Repo) -> None:
    """A link stays a link, what is too deep is left with its reason, and git applies a difference of any name."""
    text = "def f(x):\n    x()\n"
    deep = f"{text}y = {' + '.join(['1'] * 5000)}\n"
    repo.commit({"real.py": text, 'q"o.py': text, "deep.py": deep, "loop.py": "while True:\n    breakpoint()\n"})
    (repo.root / "link.py").symlink_to("real.py")
    repo.git("add", "link.py")
    repo.commit()
    shown = repo.antifoul("fix")
    applied = repo.run("git", "apply", "--check", "-", stdin=shown.stdout)
    done = repo.antifoul("fix", "--write")

    assert (applied.returncode, done.returncode) == (0, 0), applied.stderr + done.stderr
    assert "deep.py:1: left: it is nested deeper than can be mended" in done.stderr
    assert (repo.root / "link.py").is_symlink()
    assert repo.git("diff", "--name-only").split("\n") == ["loop.py", '"q\\"o.py"', "real.py"]
