"""How a law on a run tells what it found: a title, then lines of a label and a text."""

from antifoul.facts.finding import Hit, Severity


def told(title: str, *lines: str, anchor: str = "", severity: Severity = "error") -> Hit:
    """A hit with these lines, empty ones left out. Its anchor is the title unless another is given."""
    message = "\n".join([title, *(line for line in lines if line)])
    return Hit(line=1, anchor=anchor or title, severity=severity, message=message)


def seen_in(text: str) -> str:
    """The line that names public bugs of this kind; "" where none is known."""
    return f"seen in: {text}" if text else ""
