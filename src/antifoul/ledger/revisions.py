"""Which functions each revision of a file changed: kept ones from the store, the others cut out of git's contents."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from antifoul.ledger.store import Store
from antifoul.measures.spans import Cut, changed, cut_of
from antifoul.readers.git import Git
from antifoul.readers.stream import stream

Pair: TypeAlias = tuple[str, str]  # the blob before and after; "" before where the file is new

_VERSION = b"r1"  # raise it when the functions of the same two contents change


def changed_functions(git: Git, pairs: Sequence[Pair], store: Store) -> dict[Pair, frozenset[str]]:
    """The symbols that each revision added or changed; none where a content is missing from this clone."""
    wanted = dict.fromkeys(pairs)
    known = dict(_kept(store, wanted))
    left = [pair for pair in wanted if pair not in known]
    fresh = dict(_cut_out(git, left))
    store.put(
        (_key(pair), "\n".join(sorted(symbols)).encode("utf-8", "surrogatepass")) for pair, symbols in fresh.items()
    )
    return known | fresh


def _kept(store: Store, wanted: Mapping[Pair, None]) -> Iterator[tuple[Pair, frozenset[str]]]:
    by_key = {_key(pair): pair for pair in wanted}
    for key, value in store.get(by_key):
        yield by_key[key], frozenset(value.decode("utf-8", "surrogatepass").split("\n")) - {""}


def _key(pair: Pair) -> bytes:
    return bytes.fromhex(pair[0]) + bytes.fromhex(pair[1]) + _VERSION


def _cut_out(git: Git, pairs: Sequence[Pair]) -> Iterator[tuple[Pair, frozenset[str]]]:
    """The pairs as their contents come; a content is dropped with the last pair that needs it."""
    uses: dict[str, int] = {}
    waiting: dict[str, list[Pair]] = {}
    for pair in pairs:
        for blob in filter(None, pair):
            uses[blob] = uses.get(blob, 0) + 1
            waiting.setdefault(blob, []).append(pair)
    cuts: dict[str, Cut] = {"": ()}
    for blob, data in stream(git, list(uses)):
        cuts[blob] = cut_of(data) if data is not None else ()
        for before, after in waiting[blob]:
            if before in cuts and after in cuts:
                yield (before, after), frozenset(changed(cuts[before], cuts[after]))
                for one in filter(None, (before, after)):
                    uses[one] -= 1
                    if not uses[one]:
                        cuts[one] = ()
