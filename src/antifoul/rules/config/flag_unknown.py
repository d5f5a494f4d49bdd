"""flag-unknown."""

from __future__ import annotations

from antifoul.facts.finding import Hit
from antifoul.rules.config.telling import hint, milder, parsed_by
from antifoul.rules.registry import rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from antifoul.facts.usage import Usage


@rule("flag-unknown", severity="error", cost="tree", novelty="debt")
def flag_unknown(usage: Usage) -> Iterator[Hit]:
    r"""A flag in a launch command that the parser of the program does not have.

    The script was written for an earlier parser. It stops at the first line of the program, after the job has waited
    in the queue; or someone copies it, and looks for the mistake elsewhere.

    Commands are read from scripts, Makefiles, workflows, job files, READMEs and Python; parsers (argparse, dataclasses
    by HfArgumentParser or TrlParser, click, typer, fire, absl) from the program's code. A unique beginning of a long
    flag counts where the parser takes it. What is only known when it runs is listed as not judged.

    Correct the flag to the one that is named, or give the parser the flag.

    Bad::

        files = {
            "train.py": "p = argparse.ArgumentParser()\np.add_argument('--max-len')\np.parse_args()\n",
            "run.sh": "python train.py --max-length 512\n",
        }

    Good::

        files = {
            "train.py": "p = argparse.ArgumentParser()\np.add_argument('--max-len')\np.parse_args()\n",
            "run.sh": "python train.py --max-len 512\n",
        }
    """
    for stray in usage.flags:
        note = f": {stray.note}" if stray.note else ""
        yield Hit(
            line=stray.line,
            column=stray.column,
            message=f"{stray.name} is no flag of {parsed_by(stray)}{note}{hint(stray)}",
            symbol=stray.name,
            anchor=f"{stray.taker} {stray.name}",
            severity=milder(usage.path, "error"),
        )
