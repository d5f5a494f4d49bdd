"""Rules about a change and what lies behind it."""
