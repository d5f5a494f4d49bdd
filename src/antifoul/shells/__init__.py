"""Thin: the doors in. No logic."""
