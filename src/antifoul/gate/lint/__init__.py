"""Lint configs and launch commands: what they ask for, held against the code that is asked."""
