"""What stands behind ``python3 -m course_utils``: set-up, notebooks, tests.

Lessons need none of it. ``main`` holds the commands; ``environment``,
``requirements``, ``installing``, ``pip_runs``, ``inventory`` and ``doctor`` set the
course up with the standard library alone; ``notebooks`` and ``normal_form`` run and
store the notebooks; ``book``, ``slides``, ``pages``, ``live_explorers`` and ``vendor``
make the web book and the lecture slides; ``testing`` runs everything that CI runs.
"""
