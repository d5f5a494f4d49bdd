"""token-in-file."""

from __future__ import annotations

from antifoul.facts.finding import Hit
from antifoul.rules.registry import rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.usage import Usage


@rule("token-in-file", severity="error", cost="tree", novelty="debt")
def token_in_file(usage: Usage) -> Iterator[Hit]:
    r"""A token of a known make in a config, a script or a text: hf_, sk-, AKIA, ghp_ and their kin.

    Whoever can read the repository can use it, and it stays in the history when the line is gone.

    Revoke it, and read it from the environment.

    Bad::

        text = "hub_token: hf_" + "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3z\n"

    Good::

        text = "hub_token: ${oc.env:HF_TOKEN}\n"
    """
    for stray in usage.tokens:
        yield Hit(
            line=stray.line,
            column=stray.column,
            message=f"a token ({stray.name}) stands in the file: revoke it, and read it from the environment",
            anchor=stray.name,
        )
