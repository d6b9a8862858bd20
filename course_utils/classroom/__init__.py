"""For teachers: making exercises from their sources, and grading what comes back.

``release`` writes ``exercises/`` from ``solutions/``.
"""
