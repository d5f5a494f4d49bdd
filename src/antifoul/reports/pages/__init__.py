"""The pages of the commands: finished numbers in, blocks out."""
