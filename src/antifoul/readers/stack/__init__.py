"""Read the layers of a configuration: files, variables, flags. Nothing that they name is run."""
