"""How a config says which other it is built on."""

import re

# Words that mean nothing else: a base that is not there is an error, whatever it is called.
ASSURED = frozenset({"_base_", "__base__", "_extends_", "extends"})
# Words that data uses too: they name a base where the value names a config file.
LIKELY = frozenset(
    {"base", "base_config", "base_configs", "inherit", "inherits", "inherit_from", "_inherit_", "parent_config"}
)
BASE_KEYS = ASSURED | LIKELY
# Not a plain path: a variable, a template, an address, a package, a pattern.
_ELSEWHERE = re.compile(r"\$|\{|\}|:|@|>|\*|\\|\n")


def is_elsewhere(text: str) -> bool:
    """The text names no file that can be looked for: it is computed, or an address."""
    return not text.strip() or _ELSEWHERE.search(text) is not None
