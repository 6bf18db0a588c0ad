"""The trail: one row per change, read, reveal, print, export and refusal, in the transaction that did it (SEC-003).

`trail.action` makes a write a transaction that cannot forget its row; `trail.record` writes it.
"""
