"""Mend: a source in, the mended text out, and a proof that nothing else changed."""
