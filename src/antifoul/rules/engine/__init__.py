"""Rules whose judge is another program."""
