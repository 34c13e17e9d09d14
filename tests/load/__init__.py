"""Many viewers at once: what they send, and tests of the rows P-01 to P-04.

``python -m tests.load --viewers 500 --seconds 300`` is the long form of P-01.
"""
