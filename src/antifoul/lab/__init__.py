"""The good way: what experiment code imports."""
