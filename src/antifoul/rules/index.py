from antifoul.rules.registry import Entry

ENTRIES: tuple[Entry, ...] = ()
