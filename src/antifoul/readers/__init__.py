"""Ask the world, return facts."""
