"""The chart library of the HTML page, as text: Vega, as vl-convert bundles it."""

from functools import cache

from antifoul.facts.errors import UsageError
from antifoul.readers.templates import default_template


@cache
def page_parts() -> dict[str, str]:
    """The style, the script and the chart library of a page.

    Raises:
        UsageError: the extra `html` is not installed.
    """
    try:
        from vl_convert import javascript_bundle  # noqa: PLC0415  80 MB, an extra
    except ImportError:
        raise UsageError("the format html draws its charts with vl-convert, which is not installed").with_remedy(
            "pip install 'antifoul[html]'"
        ) from None
    # Never from a cache: what others can write to must not become a script.
    return {
        "library": javascript_bundle("window.vegaEmbed = vegaEmbed;"),
        "css": default_template("page.css"),
        "script": default_template("page.js"),
    }
