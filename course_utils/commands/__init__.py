"""What stands behind ``python3 -m course_utils``: set-up, notebooks, tests.

Lessons need none of it. ``main`` holds the commands; ``environment``,
``requirements``, ``installing``, ``pip_runs``, ``inventory`` and ``doctor`` set the
course up with the standard library alone; ``notebooks`` and ``normal_form`` run and
store the notebooks; ``testing`` runs everything that CI runs.
"""
