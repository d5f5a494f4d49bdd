"""One setting decides whose cyclomatic complexity is told and judged."""

import json

from worlds import Repo

CODE = """def f(a, b):
    if a and b or a and not b:
        return [x for x in a if x]
    return 1 if a else 2
"""


def test_the_survey_tells_complexity_by_the_profile(repo: Repo) -> None:
    """radon: 1, the if, three operators, a comprehension with an if, a conditional expression; ruff: 1 and the if."""
    repo.commit({"a.py": CODE})
    radon = json.loads(repo.antifoul("survey", "--format", "json").stdout)
    repo.write({"antifoul.toml": 'profile = "ruff"\n'})
    ruff = json.loads(repo.antifoul("survey", "--format", "json").stdout)

    assert (radon["profile"], radon["functions"][0]["complexity"], radon["files"][0]["complexity"]) == ("radon", 8, 8)
    assert (ruff["profile"], ruff["functions"][0]["complexity"], ruff["files"][0]["complexity"]) == ("ruff", 2, 2)
    assert ruff["totals"]["complexity"] == 2
    assert ruff["health"]["terms"] == radon["health"]["terms"]


def test_a_change_is_judged_by_the_profile(repo: Repo) -> None:
    """A limit of 5 is passed by radon's 8 and not by ruff's 2."""
    limit = "[thresholds]\ncomplexity = 5\n"
    repo.commit({"antifoul.toml": limit})
    repo.stage({"src/p/a.py": CODE})
    asked = ("check", "--staged", "--select", "complexity-raised", "--format", "json")
    radon = json.loads(repo.antifoul(*asked).stdout)
    repo.stage({"antifoul.toml": f'profile = "ruff"\n{limit}'})
    ruff = json.loads(repo.antifoul(*asked).stdout)

    assert [one["message"] for one in radon["findings"]] == [
        "new, with 8 paths; the limit is 5: split it along its cases"
    ]
    assert ruff["findings"] == []


def test_an_unknown_profile_is_refused_with_its_line(repo: Repo) -> None:
    """A typo does not fall back to a default in silence."""
    repo.commit({"antifoul.toml": '# mine\nprofile = "mccabe"\n'})
    done = repo.antifoul("survey")

    assert done.returncode == 2
    assert "antifoul.toml:2: 'profile' must be one of radon, ruff" in done.stderr
