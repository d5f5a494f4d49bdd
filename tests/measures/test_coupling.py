"""Files that change together, worked out by hand."""

from antifoul.facts.history import Commit, History, Touch
from antifoul.measures.coupling import coupling
from antifoul.measures.hotspots import churns
from antifoul.measures.marks import followed, marks_of

DAY = 86_400


def commit(number: int, *paths: str | tuple[str, str], people: tuple[str, ...] = ("ada",), day: int = 0) -> Commit:
    """A commit that edits files, or renames them where a pair is given."""
    touches = (Touch(*(one[::-1] if isinstance(one, tuple) else (one, one)), "1" * 40, "2" * 40) for one in paths)
    return Commit(f"{number:040x}", (day or number) * DAY, people[0], "x", "t", tuple(touches), people)


def history(*commits: Commit) -> History:
    """A history, given newest first."""
    return History("f" * 40, commits[0].at, commits, 0, ())


def test_the_degree_is_the_share_of_the_average_number_of_commits() -> None:
    """Five shared; a has 5 commits, b 7: 5 / 6."""
    commits = [commit(n, "a", "b") for n in range(12, 7, -1)] + [commit(7, "b"), commit(6, "b")]

    found = coupling(history(*commits), lambda _: True)

    assert [(one.left, one.right, round(one.degree, 3), one.commits) for one in found.pairs] == [("a", "b", 0.833, 5)]


def test_each_threshold_says_how_many_pairs_it_hid() -> None:
    """Few commits, few in common, a low degree; and one commit that is too large to say anything."""
    commits = [commit(99, *(f"f{n}" for n in range(31)))]
    commits += [commit(n, "few", "more") for n in (60, 61)]
    commits += [commit(n, "p", "q") for n in range(30, 34)] + [commit(n, "p") for n in range(34, 37)]
    commits += [commit(n, "r", "s") for n in range(10, 15)] + [commit(n, "s") for n in range(70, 98)]
    commits += [commit(9, "q")] * 3

    found = coupling(history(*sorted(commits, key=lambda one: -one.at)), lambda _: True)

    assert found.pairs == ()
    assert (found.few_revisions, found.few_shared, found.low_degree, found.large_commits) == (1, 1, 1, 1)


def test_coupling_follows_renames_and_leaves_out_what_is_not_wanted() -> None:
    """Three commits under the old name and three under the new are six."""
    commits = [commit(n, "new", "b", "test") for n in (9, 8, 7)]
    commits += [commit(6, ("old", "new"), "b")] + [commit(n, "old", "b") for n in (5, 4)]

    found = coupling(history(*commits), lambda path: path != "test")

    assert [(one.left, one.right, one.commits) for one in found.pairs] == [("b", "new", 6)]


def test_what_following_renames_recovered() -> None:
    """Of four revisions two were made under the name of today."""
    known = history(commit(4, "new"), commit(3, ("old", "new")), commit(2, "old"), commit(1, "old"))

    found = followed(marks_of(known), ["new"])

    assert (found.revisions, found.direct, found.names, found.recovered) == (4, 2, 1, 0.5)


def test_what_was_called_so_before_is_another_file() -> None:
    """A file renamed onto an old name does not take that one's commits along."""
    known = history(commit(3, "b"), commit(2, ("a", "b")), commit(1, "b"))

    assert len(marks_of(known)["b"]) == 2


def test_ownership_counts_authors_and_co_authors_and_what_left_with_them() -> None:
    """Ada has two of four commits, Bob, long gone, three of which one was with Ada: two are lost."""
    known = history(
        commit(1, "a", people=("ada",), day=400),
        commit(2, "a", people=("bob", "ada"), day=30),
        commit(3, "a", people=("bob",), day=20),
        commit(4, "a", people=("bob",), day=10),
    )

    found = churns(marks_of(known), known)["a"]

    assert (found.owner, found.owned, found.authors, found.lost) == ("bob", 0.75, 2, 0.5)
