"""Rules that judge a run."""
