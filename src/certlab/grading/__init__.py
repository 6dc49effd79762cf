"""Variants, probes, comparison, batches, gradebook, reports.

Import the module that does what you need; this package imports none of them, because a probe's
value is encoded inside the submission's own process, which should load nothing else.
"""
