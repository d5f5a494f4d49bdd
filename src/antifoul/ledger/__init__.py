"""Measure once: numbers kept by content."""
