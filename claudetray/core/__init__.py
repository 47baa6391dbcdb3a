"""Values and rules: the standard library only, no clock and no I/O."""
