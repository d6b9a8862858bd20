"""Rows of the generated worlds."""

import torch

from course_utils import museum, worlds
from course_utils.worlds import curves
from wrong_input.kinds import (
    EMPTY,
    SHOWS,
    Kind,
    Row,
    choice,
    count,
    flag,
    floats,
    indices,
    number,
    seed,
    share,
    thing,
    works,
)

SCENES = {"scenes": count(3), "seed": seed()}
NOISE = {"noise": number(0.1, 0)}
RANGE = {
    "number": 1.5,
    "None": None,
    "text": "three",
    "three": (1, 2, 3),
    "falling": (4, 1),
    "negative": (-1, 2),
    "fractions": (0.5, 2),
}
HOURS = {"hours": floats(4, valid=torch.arange(4.0), free=True)}
REVIEWS = worlds.cinema_reviews(3)
NO_HOUR = {"hours: empty": EMPTY}

ROWS = [
    Row(
        "museum.rivals.case_of_size",
        museum.case_of_size,
        {"size": number(1.0, 0), "seed": seed(), "d": count(5)},
    ),
    Row(
        "worlds.animals.animals",
        worlds.animals,
        SCENES | {"body": share(0.2), "legs": share(0.2), "noise": share(0.1)},
    ),
    Row(
        "worlds.autoregressive.autoregressive",
        worlds.autoregressive,
        {
            "sequences": count(2),
            "length": count(3),
            "size": count(2),
            "correlation": number(0.9, -1, 1),
            "noise_variance": number(0.5, 0),
            "seed": seed(),
        },
    ),
    Row(
        "worlds.boats.boats_and_cars",
        worlds.boats_and_cars,
        SCENES | {"bias": share(1.0), "hatching": share(0.2)},
    ),
    Row(
        "worlds.cluttered_digits.cluttered_digits",
        worlds.cluttered_digits,
        SCENES
        | NOISE
        | {"split": choice("train"), "clutter": count(2, 0), "tile": flag()},
    ),
    Row(
        "worlds.curves.water_level",
        worlds.water_level,
        HOURS,
        NO_HOUR | {"hours: NaN, inf, -inf": SHOWS},
    ),
    Row(
        "worlds.curves.slowing_river",
        worlds.slowing_river,
        HOURS,
        NO_HOUR | {"hours: NaN, inf, -inf": SHOWS},
    ),
    Row(
        "worlds.curves.noisy_curve",
        lambda **how: worlds.noisy_curve(**how)[:2],
        {
            "points": count(5),
            "seed": seed(),
            **NOISE,
            "truth": thing(curves.water_level),
        },
    ),
    Row(
        "worlds.dates.written_dates",
        worlds.written_dates,
        {
            "samples": count(3),
            "words": Kind((0, 2), RANGE),
            "seed": seed(),
            "dates": count(1),
        },
    ),
    Row(
        "worlds.dates.encode_texts",
        worlds.encode_texts,
        {
            "texts": Kind(
                ["3 Mar 1998"],
                {
                    "None": None,
                    "number": 1.5,
                    "none": [],
                    "numbers": [1],
                    "strange": ["Ä"],
                    "text": "one text",
                },
            )
        },
    ),
    Row(
        "worlds.dates.decode_answers",
        worlds.decode_answers,
        {"answers": indices(2, 10, below=12)},
        {
            "answers: empty": works("texts without a character"),
            "answers: no entry": works("no text"),
        },
    ),
    Row(
        "worlds.gate_tasks.gate_task",
        worlds.gate_task,
        {
            "task": choice("both"),
            "samples": count(3),
            "seed": seed(),
            "side": count(4, 4),
        },
    ),
    Row(
        "worlds.glimpses.glimpses",
        worlds.glimpses,
        SCENES | {"side": count(2, 2), "split": choice("test")},
    ),
    Row("worlds.harbour.harbour", worlds.harbour, SCENES | {"bias": share(0.9)}),
    Row(
        "worlds.harbour.repaint_flags",
        worlds.repaint_flags,
        {"world": thing(worlds.harbour(2))},
    ),
    Row(
        "worlds.objects.object_scenes",
        worlds.object_scenes,
        SCENES
        | {"place": choice("centre"), "decoys": count(2, 0), "side": count(20, 20)},
    ),
    Row(
        "worlds.reversal.reversals",
        worlds.reversals,
        {"rows": count(3), "length": count(4), "alphabet": count(5), "seed": seed()},
    ),
    Row(
        "worlds.reversal.order_blind_ceiling",
        worlds.order_blind_ceiling,
        {"length": count(4), "alphabet": count(5)},
    ),
    Row(
        "worlds.reviews.cinema_reviews",
        worlds.cinema_reviews,
        {
            "reviews": count(3),
            "seed": seed(),
            "fillers": Kind((1, 2), RANGE),
            "negation": share(0.3),
        },
    ),
    Row(
        "worlds.reviews.Reviews.text",
        REVIEWS.text,
        {"number": count(1, 0).but(**{"too large": 3})},
    ),
    Row(
        "worlds.search.visual_search",
        worlds.visual_search,
        {
            "displays": count(2),
            "side": count(2, 2),
            "search": choice("colour"),
            "target": choice("any"),
            **NOISE,
            "seed": seed(),
        },
    ),
    Row(
        "worlds.twins.find_the_twin",
        worlds.find_the_twin,
        {"images": count(2), **NOISE, "seed": seed()},
    ),
]
