"""What the code says: where load sites are, what they depend on, how a fix is written.  Pure; executes nothing."""
