"""What code declares: the options of classes, the flags of parsers, and which of them a config or command meets."""
