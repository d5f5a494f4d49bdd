"""The text of the templates that come with antifoul."""

from importlib.resources import files


def default_template(name: str) -> str:
    """The text of a template in the package."""
    return files("antifoul").joinpath("templates", name).read_text(encoding="utf-8")
