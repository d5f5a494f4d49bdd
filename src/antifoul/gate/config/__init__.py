"""The use cases of `antifoul config`, one file each."""
