"""The Language Server Protocol in and out: thin, decides nothing that the command line would not."""
