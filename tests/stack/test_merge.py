"""How layers become one: the rules of docs/config.md, each as an example, and the laws that hold for all of them."""

import copy
from typing import Any

import pytest
from hypothesis import given

from antifoul.facts.stack.merge import is_missing, merge, merged, settled
from antifoul.facts.stack.nodes import Gone, Listing, Node, Origin, Table, from_plain, leaves, to_plain
from stack.strategies import NODES, PLAIN, TABLES

HERE = Origin("experiment", "x.yaml", 1)
ABOVE = Origin("command line", "a", 0)


def over(lower: dict[str, Any], upper: dict[str, Any]) -> object:
    """The plain values of the one under the other."""
    return to_plain(settled(merge(from_plain(lower, HERE), from_plain(upper, ABOVE))))


@pytest.mark.parametrize(
    ("lower", "upper", "whole"),
    [
        ({"a": {"b": 1, "c": 2}}, {"a": {"c": 3, "d": 4}}, {"a": {"b": 1, "c": 3, "d": 4}}),
        ({"a": [1, 2, 3]}, {"a": [4]}, {"a": [4]}),
        ({"a": [{"b": 1}]}, {"a": [{"c": 2}]}, {"a": [{"c": 2}]}),
        ({"a": {"b": 1}}, {"a": None}, {"a": None}),
        ({"a": None}, {"a": {"b": 1}}, {"a": {"b": 1}}),
        ({"a": {"b": 1}}, {"a": 2}, {"a": 2}),
        ({"a": 2}, {"a": {"b": 1}}, {"a": {"b": 1}}),
        ({"a": {"b": 1}}, {"a": {}}, {"a": {"b": 1}}),
        ({"a": [1]}, {"a": []}, {"a": []}),
        ({1: "a"}, {1: "b", "1": "c"}, {1: "b", "1": "c"}),
    ],
)
def test_a_rule_of_the_merge(lower: dict[str, Any], upper: dict[str, Any], whole: object) -> None:
    """Mappings merge to any depth; lists, values and null replace; an empty mapping changes nothing."""
    assert over(lower, upper) == whole


def test_keys_keep_the_order_of_the_base() -> None:
    """What the base has stays where it is, and what is new follows: a printed config reads as its base does."""
    assert list(over({"z": 1, "a": 2}, {"b": 3, "a": 4, "z": 5})) == ["z", "a", "b"]  # type: ignore[call-overload]


def test_a_key_is_taken_away_and_set_anew() -> None:
    """`Gone` removes a key with all that is in it; a mapping that is set above it starts from nothing."""
    base = from_plain({"a": {"b": 1}, "c": 1}, HERE)
    gone = Table({"a": Gone(HERE)}, HERE)

    assert to_plain(settled(merge(base, gone))) == {"c": 1}
    assert to_plain(settled(merge(merge(base, gone), from_plain({"a": {"d": 2}}, HERE)))) == {"a": {"d": 2}, "c": 1}


def test_a_list_is_added_to() -> None:
    """`append` keeps what is below; over anything but a list it is the list."""
    more = Table({"a": Listing((from_plain(3, HERE),), HERE, append=True)}, HERE)

    assert to_plain(settled(merge(from_plain({"a": [1, 2]}, HERE), more))) == {"a": [1, 2, 3]}
    assert to_plain(settled(merge(from_plain({"a": None}, HERE), more))) == {"a": [3]}


@given(NODES, NODES, NODES)
def test_the_merge_is_associative(low: Node, middle: Node, high: Node) -> None:
    """Layers may be joined from either end: two bases can be merged before it is known what they stand on."""
    assert merge(merge(low, middle), high) == merge(low, merge(middle, high))


@given(TABLES, TABLES)
def test_the_base_is_never_changed(low: Table, high: Table) -> None:
    """Both sides are what they were, and nothing that is handed out reaches into them."""
    before = copy.deepcopy((low, high))

    plain: Any = to_plain(settled(merge(low, high)))
    for value in plain.values() if isinstance(plain, dict) else ():
        if isinstance(value, dict | list):
            value.clear()

    assert (low, high) == before


@given(PLAIN)
def test_an_empty_layer_changes_nothing(tree: dict[str, Any]) -> None:
    """Above or below, it is the neutral element but for the place of the whole."""
    empty = Table({}, HERE)
    node = from_plain(tree, HERE)

    assert merge(node, empty) == node
    assert to_plain(settled(merge(empty, node))) == tree


@given(PLAIN, PLAIN, PLAIN)
def test_a_leaf_comes_from_the_highest_layer_that_sets_it(low: Any, middle: Any, high: Any) -> None:  # noqa: ANN401
    """Every leaf in force stands, with that value, in the layer that it names, and in none above it."""
    layers = [from_plain(plain, Origin("experiment", str(n), 1)) for n, plain in enumerate((low, middle, high))]
    whole = merged([one for one in layers if isinstance(one, Table)], Table({}, HERE))

    for path, node in leaves(whole):
        if not path:
            continue
        found = [dict(leaves(layer)).get(path) for layer in layers]
        by = int(node.origin.place)
        assert found[by] == node
        assert all(one is None or is_missing(one) for one in found[by + 1 :])
