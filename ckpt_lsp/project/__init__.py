"""What the rest of the project says: its files and its interpreter.  Reads, and executes nothing."""
