"""Rules that judge a config."""
