"""Send the health figures of a commit to where a team already looks, one file a place."""
