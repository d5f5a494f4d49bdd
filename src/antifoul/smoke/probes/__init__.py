"""Act on a program and record what it did."""
