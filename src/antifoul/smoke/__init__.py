"""Try it: recordings of a few training steps."""
