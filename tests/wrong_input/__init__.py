"""Every public function of the package, and every wrong input it may be given.

``kinds`` says which inputs are wrong for a kind of argument, the other files hold one
row for each function, room by room. ``tests/test_wrong_input.py`` calls them all.
"""

from wrong_input import networks, pictures, rooms, worlds
from wrong_input.kinds import Row

ROWS: list[Row] = [*rooms.ROWS, *networks.ROWS, *pictures.ROWS, *worlds.ROWS]
