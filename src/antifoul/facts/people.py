"""Who wrote: authors and co-authors under one name each, programs left out."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

_SIGNED = re.compile(r"\s*(.*?)\s*<([^<>]*)>\s*$")
_NO_PERSON = re.compile(r"\[bot\]$|\bbot$", re.IGNORECASE)
_NO_MAIL = re.compile(r"^(?:no-?reply|bot)@", re.IGNORECASE)


class Person(NamedTuple):
    """A name and a mail address, as a commit has them."""

    name: str
    email: str


def signed(trailer: str) -> Person | None:
    """Who a `Co-authored-by` names; None when it names nobody."""
    found = _SIGNED.match(trailer)
    return Person(found[1], found[2]) if found and found[1] else None


def is_program(person: Person) -> bool:
    """It is no person: a bot, or an address of a service that takes no mail."""
    return bool(_NO_PERSON.search(person.name) or _NO_MAIL.search(person.email))


def names(people: Iterable[Person]) -> Mapping[str, str]:
    """The name under which each mail address counts: the one it was used with most."""
    seen: dict[str, Counter[str]] = {}
    for person in people:
        seen.setdefault(person.email.lower(), Counter())[person.name] += 1
    return {email: max(counts.items(), key=lambda pair: (pair[1], pair[0]))[0] for email, counts in seen.items()}


def known_as(person: Person, by_email: Mapping[str, str]) -> str:
    """The name under which a person counts."""
    return " ".join(by_email.get(person.email.lower(), person.name).split()) or person.email
