"""Work done after the answer: jobs enqueued in the caller's transaction, schedules, and the worker that runs them.

`defer.defer("lab.file_message", message_id=7)` enqueues by name; each module's `jobs.py` registers what the names mean.
"""
