"""Numbers people read out: archive, order and slip numbers, issued in order under a lock."""
