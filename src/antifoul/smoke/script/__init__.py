"""A training script left as it is: run in a process of its own, a step at a time, with stand-ins for what is large."""
