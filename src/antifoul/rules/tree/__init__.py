"""Rules that judge a tree."""
