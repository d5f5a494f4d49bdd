"""The commands of `antifoul`, one module a group: each has `COMMANDS`."""
