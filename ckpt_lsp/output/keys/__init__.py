"""What is inside a checkpoint, for people and for programs.

`contents` makes a tree of a record, `modules` folds its keys by module and by likeness, `difference` compares two;
`text` and `json` write them.
"""
