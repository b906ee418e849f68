"""How the result of a `check` is written down: one file per format behind one interface."""
