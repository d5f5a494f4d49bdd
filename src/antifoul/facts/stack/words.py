"""The nearest of the words that there are, for a word that there is not."""

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(word: str, known: Iterable[str]) -> str:
    """The one that was probably meant, "" for none."""
    names = list(known)
    folded = {_folded(name): name for name in names}
    if _folded(word) in folded:
        return folded[_folded(word)]
    close = get_close_matches(word, names, n=1, cutoff=0.6)
    if close:
        return close[0]
    alike = get_close_matches(_folded(word), folded, n=1, cutoff=0.6)
    return folded[alike[0]] if alike else ""


def hint(word: str, known: Iterable[str], most: int = 8) -> str:
    """A half sentence: the one that was probably meant, else those that there are, where they are few."""
    names = list(known)
    close = nearest(word, names)
    if close:
        return f"did you mean {close!r}?"
    if 0 < len(names) <= most:
        return f"there is {', '.join(names)}"
    return ""


def _folded(word: str) -> str:
    return word.lower().replace("-", "").replace("_", "").replace(".", "")
