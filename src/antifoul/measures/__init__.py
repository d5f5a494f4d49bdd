"""Count: facts in, numbers out."""
