"""The small package behind the attention course.

Importing it loads nothing heavy: no PyTorch, no NumPy, no Matplotlib. Each
lesson imports the room it needs, for example ``from course_utils.scoring
import masked_softmax``. The commands live in ``python3 -m course_utils``.
"""

__version__ = "0.1.0"
