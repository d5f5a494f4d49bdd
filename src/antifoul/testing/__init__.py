"""What people's own tests import: `parametrize_with_laws`, and the pieces behind the fixtures."""

from antifoul.testing.laws import Law, Tried, parametrize_with_laws, tried
from antifoul.testing.runs import Ran, run

__all__ = ["Law", "Ran", "Tried", "parametrize_with_laws", "run", "tried"]
