"""What the charts share."""

from typing import Any, TypeAlias

Spec: TypeAlias = dict[str, Any]

VEGA = "https://vega.github.io/schema/vega/v6.json"
VEGA_LITE = "https://vega.github.io/schema/vega-lite/v6.json"
# The page fills these in, by its theme, before it draws.
RAMP, INK, PAPER, LINE, FAINT, THREAD = "$ramp", "$ink", "$paper", "$line", "$faint", "$thread"


def vega_lite(**parts: Any) -> Spec:  # noqa: ANN401  JSON
    """A specification as wide as its place on the page."""
    return {"$schema": VEGA_LITE, "width": "container", "autosize": {"type": "fit-x", "contains": "padding"}, **parts}


def as_wide_as_its_place(height: int) -> list[Spec]:
    """The signals of a Vega chart that is as wide as its place on the page, which fills the width in."""
    return [{"name": "width", "value": "$wide"}, {"name": "height", "value": height}]
