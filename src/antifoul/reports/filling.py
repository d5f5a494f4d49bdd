"""Fill a template in jinja2's sandbox: it sees the page's data, and nothing that it could call or change."""

from typing import TYPE_CHECKING, Any

from antifoul.facts.errors import UsageError

if TYPE_CHECKING:
    from jinja2 import Environment


def filled(environment: "Environment", template: str, data: dict[str, Any]) -> str:
    """The template with its data.

    Raises:
        UsageError: the template is wrong, or asks for what the sandbox does not give.
    """
    from jinja2 import TemplateError

    try:
        return environment.from_string(template).render(data)
    except TemplateError as problem:
        line = getattr(problem, "lineno", None)
        raise UsageError(f"the template{f', line {line}' if line else ''}: {problem.message or problem}") from None
    except (TypeError, ValueError, ZeroDivisionError, OverflowError, RecursionError) as problem:
        raise UsageError(f"the template: {problem}") from None
