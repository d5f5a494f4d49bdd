import pytest
from hypothesis import given
from hypothesis import strategies as st

from antifoul.facts.errors import UsageError
from antifoul.measures.naming import BRANCHES, MESSAGES, branch_problem, message_of, message_problem

FREE = ("main", "master", "dependabot/pip/torch-2.9", "gh-readonly-queue/main/pr-3-abc", "revert-12-feature/x")


@pytest.mark.parametrize("name", FREE)
def test_branches_that_people_do_not_name_pass(name: str) -> None:
    """The main line and what platforms and bots make is nobody's choice."""
    assert branch_problem(name, ("research",)) == ""


@pytest.mark.parametrize("preset", BRANCHES)
def test_each_branch_preset_takes_its_own_example_and_no_others(preset: str) -> None:
    """The example that a refusal shows is one that passes."""
    passing = [name for name, other in BRANCHES.items() if not branch_problem(other.example, (preset,))]

    assert passing == [preset]


@pytest.mark.parametrize(
    ("name", "wanted", "passes"),
    [
        ("exp/20261103-dpo-beta", ("exp",), True),
        ("exp/2026-13-03-dpo", ("exp",), False),
        ("exp/2026-11-03", ("exp",), False),
        ("exp/dpo-2026-11-03", ("exp",), False),
        ("dev/ada", ("dev",), False),
        ("feature/", ("feature",), False),
        ("feature/ABC-12/loss", ("feature",), True),
        ("feature/a b", ("feature",), False),
        ("my-branch", ("feature", "research"), False),
        ("research/x", ("feature", "research"), True),
        ("team-7/x", (r"team-\d+/.+",), True),
        ("xteam-7/x", (r"team-\d+/.+",), False),
        ("feature/x\nexp", ("feature",), False),
    ],
)
def test_a_branch_passes_when_one_pattern_takes_the_whole_name(
    name: str,
    wanted: tuple[str, ...],
    passes: bool,  # noqa: FBT001  a table
) -> None:
    """A date must be one, a name must be there, and nothing may stand around what the pattern takes."""
    assert (branch_problem(name, wanted) == "") is passes


@pytest.mark.parametrize("preset", MESSAGES)
def test_each_message_preset_takes_its_own_example(preset: str) -> None:
    """The example that a refusal shows is one that passes."""
    assert message_problem(MESSAGES[preset].example, (preset,)) == ""


@pytest.mark.parametrize(
    ("text", "wanted", "said"),
    [
        ("Merge branch 'main' into x", ("conventional",), ""),
        ("fixup! wip", ("conventional", "ticket"), ""),
        ("feat: packed loss", ("conventional", "tagged"), ""),
        ("[SFT][CI] packed loss", ("conventional", "tagged"), ""),
        ("packed loss", ("conventional", "tagged"), "matches none of"),
        ("feat:packed loss", ("conventional",), "matches none of"),
        ("feat: packed loss", ("conventional", "ticket"), "names no ticket"),
        ("feat: packed loss\n\nCloses #12", ("conventional", "ticket"), ""),
        ("feat: ABC-12 packed loss", ("ticket",), ""),
        ("use utf-8 and fp-16", ("ticket",), "names no ticket"),
        ("a" * 73, ("short",), "72 characters"),
        ("Done.", ("short",), "full stop"),
        ("subject\nbody", ("blank-line",), "no empty line"),
        ("subject\n\nbody", ("blank-line",), ""),
        ("JIRA-1 x", (r"[A-Z]+-\d+ .+",), ""),
        ("wip", (r"[A-Z]+-\d+ .+", "short"), "matches none of"),
    ],
)
def test_a_message_needs_one_form_and_every_demand(text: str, wanted: tuple[str, ...], said: str) -> None:
    """Forms of a subject are alternatives; a ticket, a length and an empty line are asked for besides."""
    problem = message_problem(text, wanted)

    assert (said in problem) if said else (problem == "")


def test_what_git_writes_into_a_message_is_not_judged() -> None:
    """Its help in comments, and the diff below the scissors; a subject that starts with a ticket stays."""
    scissors = "# ------------------------ >8 ------------------------"
    raw = f"#12 pad the mask\n\nbody  \n# Please enter the message\n#\n{scissors}\ndiff"

    assert message_of(raw) == "#12 pad the mask\n\nbody"
    assert message_of("; help\nx", ";") == "x"


@pytest.mark.parametrize(("pattern", "said"), [("featrue", "did you mean 'feature'"), ("(", "no regular expression")])
def test_a_pattern_that_cannot_be_meant_is_refused(pattern: str, said: str) -> None:
    """A preset with a typing error would let nothing pass."""
    with pytest.raises(UsageError, match=said):
        branch_problem("x", (pattern,))


@given(st.text(), st.sampled_from(sorted(BRANCHES)))
def test_a_preset_never_passes_a_name_that_git_would_refuse(name: str, preset: str) -> None:
    """White space, `..`, `~` and their kin are in no name that a preset takes."""
    if not branch_problem(f"{preset}/{name}", (preset,)):
        assert not set(name) & set(" ~^:?*[\\\x7f\n\t")
