"""Rules that judge a change."""
