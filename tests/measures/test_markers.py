"""What is a debt marker, who owns it, until when it holds, and what it is said to take."""

import pytest

from antifoul.facts.settings import MARKERS
from antifoul.facts.source import Source
from antifoul.facts.tree import Code, Marker
from antifoul.facts.versions import Versions
from antifoul.measures.code import measure
from antifoul.measures.debt import priority, rating
from antifoul.measures.expiry import expired
from antifoul.readers.declared import read_versions


def code(text: str, words: tuple[str, ...] = MARKERS) -> Code:
    """The numbers of a text."""
    return measure(Source("a.py", text.encode()), words)


def kinds(text: str) -> list[str]:
    """The kinds of the markers of a text, in order."""
    return [marker.marker for marker in code(text).markers]


@pytest.mark.parametrize(
    "comment",
    [
        "a todo list", "todo list", "Todo items", "todo and done", "the TODO below", "see TODO above", "TODO list",
        "all TODO comments", "`TODO` is what we look for", '"TODO" in quotes', "TODOS_PER_FILE", "AUTODOC", "TODO_LIST",
        "XXXForSequenceClassification", "DEPRECATED_MODELS", "key XXX-XXX", "--token XXX \\\\", "xxx", "xxx yyy",
        "this is a dirty hack", "hackish", "a hackathon", "reward hacking", "hacky", "path/TODO/x", "TODO=1",
        "x.todo()",
        "pylint: disable=fixme", "noqa: FIX002", "std::todo::x", "Deprecated parameters", "deprecated_call", "no todos",
        "mastodon: x", "(``#FIXME: spawn`` there)", 'say "TODO: x" there', "https://example.org/TODO: x",
    ],
)  # fmt: skip
def test_prose_identifiers_and_placeholders_are_no_markers(comment: str) -> None:
    """Comments that only speak of such words, in any letters."""
    assert kinds(f"x = 1  # {comment}\n") == []


@pytest.mark.parametrize(
    ("comment", "kind"),
    [
        ("TODO", "TODO"), ("TODO fix", "TODO"), ("TODO: fix", "TODO"), ("TODO is this so?", "TODO"),
        ("TODO(ada): fix", "TODO"), ("todo: fix", "TODO"), ("Todo fix this", "TODO"),
        ("todo - fix", "TODO"), ("ToDo: fix", "TODO"), ("@todo fix", "TODO"),
        ("- TODO fix", "TODO"),
        ("1. todo: fix", "TODO"), ("[TODO] fix", "TODO"), ("(TODO, fix)", "TODO"), ("@ada: todo fix", "TODO"),
        ("works. TODO fix", "TODO"), ("works, todo: fix", "TODO"), ("NOTE: TODO fix", "TODO"), ("TODOs: a, b", "TODO"),
        ("TODO\uff1afix", "TODO"), ("TODO/FIXME: fix", "TODO"),
        ("todo/fixme fix", "TODO"), ("(todo) fix", "TODO"),
        ("type: ignore  # TODO fix", "TODO"), ("FIXME", "FIXME"),
        ("fixme this leaks", "FIXME"),
        ("Fixme(ada) leaks", "FIXME"), ("XXX why", "XXX"), ("xxx let it sort", "XXX"), ("xxx: sort", "XXX"),
        ("HACK", "HACK"), ("hack: patched", "HACK"), ("hack to avoid a warning", "HACK"),
        ("Hack because of azure", "HACK"),
        ("DEPRECATED", "DEPRECATED"), ("deprecated: use g", "DEPRECATED"), ("deprecated, use g", "DEPRECATED"),
    ],
)  # fmt: skip
def test_notes_to_developers_are_markers(comment: str, kind: str) -> None:
    """In capitals, opening a comment, or followed by a colon or a name."""
    assert kinds(f"x = 1  # {comment}\n") == [kind]


def test_string_data_is_none_and_docstrings_are_read_by_line() -> None:
    """A docstring's marker opens a line, or has a colon or name in capitals; other strings hold data."""
    text = '''"""Speaks of TODO comments and the todo list.

TODO: first
    - FIXME(ada) second
It is 3. (TODO: third)
.. todo:: fourth
.. deprecated:: 2.0
"""
x = "TODO: data"
y = f"{x} # TODO: data"
"""TODO: a string that is a statement"""


class A:
    z: int = 0
    """HACK: of an attribute"""
'''
    found = [(marker.line, marker.marker) for marker in code(text).markers]

    assert found == [
        (3, "TODO"), (4, "FIXME"), (5, "TODO"), (6, "TODO"), (7, "DEPRECATED"), (11, "TODO"), (16, "HACK"),
    ]  # fmt: skip


def test_several_on_a_line_and_one_over_several_lines() -> None:
    """Each has its own text; what goes on over the next comment lines belongs to the first."""
    text = "# FIXME one, TODO(ada): two\nx = 1\n# TODO: begins\n# and ends\n\n# apart\n"
    found = code(text).markers

    assert [(one.marker, one.text, one.owner, one.line, one.end_line) for one in found] == [
        ("FIXME", "one,", "", 1, 1),
        ("TODO", "(ada): two", "ada", 1, 1),
        ("TODO", "begins and ends", "", 3, 4),
    ]


@pytest.mark.parametrize(
    ("text", "owner"),
    [
        ("TODO(ada): x", "ada"), ("TODO (ada.lovelace) x", "ada.lovelace"), ("TODO(@ada, #12): x", "ada"),
        ("TODO @ada x", "ada"), ("TODO: @ada x", "ada"), ("FIXME: too tricky @ada", "ada"), ("TODO: x", ""),
        ("TODO:(ada): x", "ada"), ("TODO: (@ada) x", "ada"), ("TODO (maybe): x", ""),
        ("TODO(#12): x", ""), ("TODO(torch2.6): x", ""), ("TODO(b/123): x", ""), ("TODO(https://x.y/z): x", ""),
        ("TODO(py312): x", ""), ("TODO: use @property", ""),
    ],
)  # fmt: skip
def test_owners(text: str, owner: str) -> None:
    """Named after the word, in parentheses or by @, or at the end by @."""
    assert code(f"# {text}\n").markers[0].owner == owner


DEPRECATING = """
import warnings

@deprecated("use g")
def a(): ...

@deprecate_kwarg("x", version="5.0")
def b(): ...

def c():
    warnings.warn("gone", DeprecationWarning)
    warnings.warn("gone", category=FutureWarning, stacklevel=2)
    warnings.warn(PendingDeprecationWarning("gone"))
    warnings.warn("`x` is deprecated")
    logger.warning_once(f"{x} is deprecated, use y")
    logger.warning(
        "`x` will be removed in v2.0. "
        "Use y"
    )
    raise DeprecationWarning("gone")

__getattr__ = deprecate_attr(__name__, {})
field = Field(default=1, deprecated="use y")
other = Field(None, json_schema_extra={"deprecated": True, "new": "y"})
"""
SILENT = """
import warnings

def deprecated(text):
    def wrap(function):
        warnings.warn(text, FutureWarning)
        return function
    return wrap

def f():
    warnings.warn("no data", UserWarning)
    logger.warning("nothing to do")
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    with pytest.warns(DeprecationWarning, match="deprecated"):
        pass
    print("this is deprecated")
    raise ValueError("x is deprecated")

def is_deprecated(): return hasattr(x, "deprecation_warnings")
pytest.deprecated_call(f)
field = Field(help="Deprecated. Use y", deprecated=False)
field = Field(extra={"deprecated": False, "help": "deprecated"})
"""


def test_deprecations_are_found_in_code() -> None:
    """Decorators, three categories, words of a warning, what is raised, an argument; each once, with its lines."""
    found = code(DEPRECATING).markers

    assert {one.marker for one in found} == {"DEPRECATED"}
    assert [one.line for one in found] == [4, 7, 11, 12, 13, 14, 15, 16, 20, 22, 23, 24]
    assert (found[7].text, found[7].end_line) == ("`x` will be removed in v2.0. Use y", 19)
    assert found[0].symbol == "a"
    assert code(SILENT).markers == ()


def test_other_words_can_be_asked_for() -> None:
    """The setting `markers` replaces the words; without DEPRECATED no deprecations are looked for."""
    found = code("# OPTIMIZE: x\n# optimize: y\n# TODO: z\nwarn('x', DeprecationWarning)\n", ("OPTIMIZE",)).markers

    assert [(one.line, one.marker) for one in found] == [(1, "OPTIMIZE"), (2, "OPTIMIZE")]


LEAST = Versions("pkg", "2.1.0.dev0", {"torch": "2.6", "transformers": "5.1", "python": "3.11"})


@pytest.mark.parametrize(
    ("text", "until", "late"),
    [
        ("remove when torch>=2.6", "torch>=2.6", True),
        ("remove when torch >= 2.7", "torch>=2.7", False),
        ("remove after PyTorch 2.5 is released", "pytorch>=2.5", True),
        ("remove once transformers <5.1.0 is not supported anymore", "transformers>=5.1.0", True),
        ("remove once Transformers <= v5.1 is no longer supported", "transformers>5.1", False),
        ("remove once Transformers v4 is no longer supported", "transformers>=5", True),
        ("restore once trl releases 0.22.0", "trl>=0.22.0", False),  # trl is no requirement: nothing tells
        ("(pytest10.1): remove", "pytest>=10.1", False),
        ("(py311): use Self", "python>=3.11", True),
        ("drop when we drop Python 3.10", "python>=3.11", True),
        ("`x` is deprecated and will be removed in v2.1.0", ">=2.1.0", True),  # 2.1.0.dev0 becomes 2.1.0
        ("remove in 2.2", ">=2.2", False),
        ("remove in pkg 2.1", "pkg>=2.1", True),
        ("by 2026-01-31", "", True),
        ("(2999-01-31)", "", False),
        ("rpo_alpha was deprecated in TRL >= 0.29.0", "", False),
        ("scale by 0.5 after 3 steps", "", False),
        ("will be removed in a future version", "", False),
        ("drop rows with 0.5 probability", "", False),
    ],
)
def test_markers_expire(text: str, until: str, late: bool) -> None:  # noqa: FBT001  a parameter of the case
    """By date, by the project's own version, or by the least version of a library that is still allowed."""
    marker = code(f"# TODO {text}\n").markers[0]

    assert marker.until == until
    assert bool(expired(marker, "2026-06-01", LEAST)) == late


def test_versions_are_read_from_what_the_project_declares() -> None:
    """pyproject, requirement files, a setup script's constants, and a package's `__version__`."""
    files = {
        "pyproject.toml": b"""[project]
name = "My_Pkg"
dynamic = ["version"]
requires-python = ">=3.11"
dependencies = ["torch>=2.6,<3", "peft~=0.12.0; extra == 'x'", "numpy", "trl[vllm]>=0.20"]
[project.optional-dependencies]
x = ["accelerate==1.2"]
""",
        "requirements.txt": b"datasets>=3.1  # why\n-r other.txt\ntorch>=1\n",
        "setup.py": b"V = '9.9'\nsetup(name='other', version=compute(), install_requires=['safetensors>=0.4'])\n",
        "src/my_pkg/__init__.py": b"__version__ = '1.4.0.dev0'\n",
        "src/other/__init__.py": b"__version__ = '7.0'\n",
    }
    found = read_versions(files, files.get)

    assert (found.name, found.version) == ("my-pkg", "1.4.0.dev0")
    assert dict(found.least) == {
        "python": "3.11", "torch": "2.6", "peft": "0.12.0", "trl": "0.20", "accelerate": "1.2", "datasets": "3.1",
        "safetensors": "0.4",
    }  # fmt: skip
    assert read_versions({"pyproject.toml": 0}, lambda _: b"[project\n") == Versions()


def test_minutes_priority_and_rating_are_as_documented() -> None:
    """A TODO takes 30 and 15 to ask; complex code half as long again, damage twice, niceties half."""
    complex_code = "def f(a):\n    # TODO(ada): split\n" + "    if a: pass\n" * 11
    minutes = [
        code(text).markers[0].minutes
        for text in (
            "# TODO: x\n",
            "# TODO(ada): x\n",
            "# FIXME(ada): it crashes\n",
            "# TODO(ada): maybe rename\n",
            complex_code,
        )
    ]
    fixme = Marker(1, "FIXME", "", "", "", "", "", weight=3)

    assert minutes == [45, 30, 120, 15, 45]
    assert [priority(fixme), priority(fixme, age_days=400), priority(fixme._replace(weight=1), expired=True)] == [
        "medium", "high", "high",
    ]  # fmt: skip
    assert rating(300, 100) == (0.1, "B")
