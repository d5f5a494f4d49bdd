"""A quality gate for LLM post-training repositories: hooks and an Action, a pytest plugin, a command line."""

__version__ = "0.1.0"
