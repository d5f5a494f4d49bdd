"""Many items, each on its own: on local processes, or on Ray. A lost item is a result that says so."""
