"""A configuration as a stack of layers: values that know where they were set, and how layers become one."""
