"""Writes the pipelines that Markdown pages offer, in blocks that begin with their path, as files of a folder."""  # noqa: INP001  a script

import re
import sys
from pathlib import Path

_BLOCK = re.compile(r"^```yaml\n# (\.github/workflows/[\w.-]+|\.gitlab-ci\.yml)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def recipes(pages: list[Path]) -> dict[str, str]:
    """Each pipeline's text by its path; a workflow's begins with its page, as two pages may have one of a name."""
    found = {}
    for page in pages:
        for name, text in _BLOCK.findall(page.read_text(encoding="utf-8")):
            folder, _, file = name.rpartition("/")
            found[f"{folder}/{page.stem}-{file}" if folder else file] = text
    return found


if __name__ == "__main__":
    *pages, folder = map(Path, sys.argv[1:])
    found = recipes(pages)
    if not found:
        sys.exit("no pipeline found in these pages")
    for name, text in found.items():
        folder.joinpath(name).parent.mkdir(parents=True, exist_ok=True)
        folder.joinpath(name).write_text(text, encoding="utf-8")
