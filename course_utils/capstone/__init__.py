"""The final project: build a network for the harbour, hand it in, have it scored."""

from course_utils.capstone.evaluation import Score, score_network
from course_utils.capstone.networks import Settings, build_network
from course_utils.capstone.submission import load_submission, save_submission
from course_utils.capstone.training import train_on_harbour

__all__ = [
    "Score",
    "Settings",
    "build_network",
    "load_submission",
    "save_submission",
    "score_network",
    "train_on_harbour",
]
