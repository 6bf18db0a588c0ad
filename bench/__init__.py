"""Kefu measured against its database: every figure is a ratio to the same work as plain SQL, taken in turn in the same run.

`make bench SIZES=10k,100k,1m` runs it; docs/benchmarks.md says what is measured and how to read it.
"""
