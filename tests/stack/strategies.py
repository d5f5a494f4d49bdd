"""Random configs: small trees of few keys, so that layers meet."""

from typing import Any

from hypothesis import strategies as st

from antifoul.facts.stack.nodes import Gone, Listing, Node, Origin, Scalar, Table

KEYS = st.sampled_from("abc")
PLACES = st.builds(Origin, st.just("experiment"), st.sampled_from(("x.yaml", "y.yaml")), st.integers(1, 9))
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.floats(allow_nan=False),
    st.sampled_from(("", "no", "1e-5", "text", "???")),
)


def _inner(children: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.one_of(
        st.builds(Listing, st.lists(children, max_size=3).map(tuple), PLACES, append=st.booleans()), tables(children)
    )


def tables(children: st.SearchStrategy[Node]) -> st.SearchStrategy[Table]:
    """Mappings of these values."""
    return st.builds(Table, st.dictionaries(KEYS, children, max_size=3), PLACES, alone=st.booleans())


NODES = st.recursive(st.one_of(st.builds(Scalar, SCALARS, PLACES), st.builds(Gone, PLACES)), _inner, max_leaves=8)
TABLES = tables(NODES)


def _plain_inner(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.lists(children, max_size=3), st.dictionaries(KEYS, children, max_size=3))


PLAIN: st.SearchStrategy[Any] = st.dictionaries(KEYS, st.recursive(SCALARS, _plain_inner, max_leaves=8), max_size=3)
