"""What a script asked for and got a stand-in of, with the line that asked."""

from pathlib import Path
from traceback import walk_stack


class Notes:
    """Replacements, each once, in order."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._found: dict[str, None] = {}

    def add(self, text: str) -> None:
        """Note one, with the place in the user's code that it comes from."""
        place = self.place()
        self._found.setdefault(f"{place}: {text}" if place else text)

    def say(self, text: str) -> None:
        """Note one that has no place."""
        self._found.setdefault(text)

    @property
    def all(self) -> tuple[str, ...]:
        """All of them."""
        return tuple(self._found)

    def place(self) -> str:
        """The innermost line of the user's code that is running, as file:line; "" where none is."""
        here = ((frame.f_code.co_filename, line) for frame, line in walk_stack(None))
        return next((place for file, line in here if (place := self.of(file, line))), "")

    def of(self, file: str, line: int) -> str:
        """The line as file:line from the repository's root, if it is in the user's code."""
        path = Path(file)
        if not path.is_relative_to(self._root) or "site-packages" in path.parts:
            return ""
        return f"{path.relative_to(self._root).as_posix()}:{line}"
