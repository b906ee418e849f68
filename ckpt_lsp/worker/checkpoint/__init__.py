"""Inert readers of checkpoint files: keys, shapes, dtypes and globals, without executing or importing anything.

Standard library only.  `read.read` is the front door, `records.Record` what comes back, `order.steps` the order
in which a record's nodes can be built.
"""
