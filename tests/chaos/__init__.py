"""Random crashes and concurrency (R-02): two loaders, three readers, a nemesis, and a checker of what they saw.

``python -m tests.chaos 90 --seed 7 --database postgresql`` runs it for 90 seconds and ends with exit code 1 if one of
the six invariants (``checker``) does not hold. The suite runs it for seconds, and with ``--broken`` variants, which
must be found.
"""
