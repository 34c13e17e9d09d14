"""A long life of the wall in a short time: new data at every refresh, restarts and outages between them.

``python -m tests.soak --refreshes 4000`` runs it; a short one is part of the suite (``tests/screens/test_soak.py``).
"""
