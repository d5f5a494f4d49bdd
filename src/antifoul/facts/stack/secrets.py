"""Which values are nobody's business: a snapshot beside a checkpoint must not hold a token."""

import re

from antifoul.facts.stack.nodes import Scalar
from antifoul.facts.stack.paths import KeyPath, shown_key

# Whole words of a key's name. `pad_token`, `max_tokens` and `tokenizer` are no secrets; nor is a path to one's file.
_NAMES = re.compile(
    r"(?:^|_)(?:api_?keys?|secret(?:_?(?:access)?_?key)?|passwd|password|passphrase|credentials?|private_?key|access_?key(?:_id)?"
    r"|(?:access|auth|bearer|hf|hub|hugging_?face|github|gh|wandb|api|refresh|session|id|secret|push_to_hub|use_auth)_?(?:hub_)?token)$"
)
_TOKENS = re.compile(
    r"(?:hf_[A-Za-z0-9]{20,}|sk-[A-Za-z0-9_-]{20,}|AKIA[0-9A-Z]{12,}|gh[pousr]_[A-Za-z0-9]{20,}|xox[bp]-[\w-]{10,})"
)

_VARIABLES = re.compile(
    r"(?<!PAD)(?<!EOS)(?<!BOS)(?<!UNK)(?<!MAX)(?<!MASK)(?<!SEP)(?<!CLS)_TOKEN$|^TOKEN$|_(?:API|ACCESS|SECRET|PRIVATE|AUTH)_KEY(?:_ID)?$"
    r"|(?:^|_)(?:API_?KEY|SECRET|SECRET_KEY|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS)$"
)


def is_secret_name(name: str) -> bool:
    """The name says that what it holds is a secret."""
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).replace("-", "_").lower()
    return _NAMES.search(snake) is not None


def is_secret(path: KeyPath, node: object) -> bool:
    """The value is one: text under such a name, or what looks like a token anywhere."""
    if not isinstance(node, Scalar) or not isinstance(node.value, str) or not node.value.strip():
        return False
    name = next((shown_key(part) for part in reversed(path) if isinstance(part, str)), "")
    return is_secret_name(name) or _TOKENS.search(node.value) is not None


def is_secret_variable(name: str) -> bool:
    """The name of an environment variable says that it holds a secret: `HF_TOKEN`, `WANDB_API_KEY`."""
    return _VARIABLES.search(name.upper()) is not None or is_secret_name(name)
