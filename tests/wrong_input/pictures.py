"""Rows of what looks at maps and draws: guidance, capstone, blobs, plots, checks."""

import tempfile
from pathlib import Path

import torch

from course_utils import (
    blobs,
    capstone,
    experiments,
    guidance,
    lesson,
    overlays,
    plots,
    training,
)
from course_utils.class_maps import MapClassifier
from course_utils.explorers import base
from course_utils.worlds import harbour
from wrong_input.kinds import (
    EMPTY,
    INF,
    NAN,
    SHOWS,
    Kind,
    Outcome,
    Row,
    about,
    at_least_0,
    choice,
    count,
    drawn,
    flag,
    floats,
    indices,
    masks,
    number,
    optional,
    positive,
    seed,
    share,
    thing,
    works,
)

FOLDER = Path(tempfile.mkdtemp(prefix="wrong-input-"))
NET = MapClassifier(channels=4).eval()
SCENES = {
    "images": floats(4, 3, 8, 8, fit=(0, 1)),
    "classes": indices(4, below=2, fit=(0,)),
}
MAPS = {"maps": floats(3, 4, 5)}
TRAINED = {
    "maps": floats(4, 2, 4, 4, fit=(0,), grad=True).but("float64"),
    "classes": indices(4, below=2, fit=(0,)),
}
AREA = {
    "maps": floats(3, 4, 5, fit=(0,)).but("float64"),
    "areas": indices(3, below=21, fit=(0,)),
}
ERASED = {
    "images": floats(2, 3, 6, 7, fit=(0, 2, 3)).but("float64"),
    "maps": floats(2, 6, 7, fit=(0, 1, 2)).but("float64"),
}
BOXES = {"boxes": masks(4, 8, 8, fit=(0, 1, 2))}
NO_MAP = {"maps: no entry": EMPTY}
SHOW = {"maps: NaN, inf, -inf": SHOWS}
CUT = {"maps: NaN, inf": SHOWS, "maps: -inf": works("cut at 0")}
INT8 = TRAINED | {
    "classes": TRAINED["classes"].but(
        int8=torch.zeros(4, dtype=torch.int8), uint8=torch.zeros(4, dtype=torch.uint8)
    )
}


def shows(name: str) -> dict[str, Outcome]:
    """Return that what is not a number stays one."""
    return {f"{name}: NaN, inf, -inf": SHOWS}


LATER = works("the first step tells, when the network is asked")
NO_PICTURE = works("either may be empty")
UNREAD = Kind(None, {})  # not looked at
GUIDANCE = [
    Row(
        "guidance.annotation.annotation_cost",
        guidance.annotation_cost,
        {
            "boxes": count(3, 0),
            "masks": count(2, 0),
            "mask_cost": optional(number(4.0, 0)),
        },
    ),
    Row(
        "guidance.annotation.prediction_entropy",
        guidance.prediction_entropy,
        {"logits": floats(3, 4)},
        {"logits: no entry": EMPTY, "logits: empty": works("no class, no doubt: 0")},
    ),
    Row(
        "guidance.annotation.choose_to_annotate",
        guidance.choose_to_annotate,
        {
            "uncertainties": floats(5),
            "budget": count(2, 0),
            "taken": optional(indices(2, below=5)),
            "seed": seed(),
        },
        {"taken: empty": works("none is taken")},
    ),
    Row(
        "guidance.annotation.AnnotationLoss",
        guidance.AnnotationLoss,
        {
            "network": thing(NET),
            **SCENES,
            "masks": masks(4, 8, 8, fit=(0,)),
            "masked": indices(2, below=4, valid=torch.tensor([0, 2])),
            "boxed": indices(1, below=4),
            "weight": number(10.0, 0),
            "epsilon": number(0.1, 0),
            "seed": seed(),
        },
        {
            "images: float64": LATER,
            "classes: negative, too large": LATER,
            "masked: empty": NO_PICTURE,
            "boxed: empty": NO_PICTURE,
        },
    ),
    Row(
        "guidance.annotation.AnnotationLoss.__call__",
        guidance.AnnotationLoss(
            NET,
            drawn(4, 3, 8, 8),
            torch.zeros(4).int(),
            drawn(4, 8, 8) > 0,
            torch.arange(2),
            torch.arange(2),
        ),
        {"logits": UNREAD, "maps": floats(2, 2, 4, 4, free=True), "batch": UNREAD},
        {
            "maps: empty, no entry, NaN, inf, -inf": works(
                "only the type of the maps counts"
            )
        },
    ),
    Row(
        "guidance.annotation.AnnotationLoss.handful",
        guidance.AnnotationLoss(
            NET,
            drawn(4, 3, 8, 8),
            torch.zeros(4).int(),
            drawn(4, 8, 8) > 0,
            torch.arange(2),
            torch.arange(2),
        ).handful,
        {"chosen": indices(2, below=4)},
        {"chosen: empty": EMPTY},
    ),
    Row(
        "guidance.boxes.boxes_of",
        guidance.boxes_of,
        {"masks": masks(3, 4, 5, free=True)},
        {"masks: empty, no entry": EMPTY},
    ),
    Row("guidance.boxes.box_loss", guidance.box_loss, TRAINED | BOXES, SHOW),
    Row(
        "guidance.boxes.adversarial_images",
        guidance.adversarial_images,
        {"network": thing(NET), **SCENES, **BOXES, "epsilon": number(0.05, 0)},
    ),
    Row(
        "guidance.erasing.window_at_peak",
        guidance.window_at_peak,
        MAPS | {"size": count(2).but(large=5)},
        NO_MAP,
    ),
    Row(
        "guidance.erasing.strong_region",
        guidance.strong_region,
        MAPS | {"threshold": share(0.4)},
        NO_MAP,
    ),
    Row(
        "guidance.erasing.erase",
        guidance.erase,
        ERASED | {"size": optional(count(2).but(large=7)), "value": number(0.0)},
        shows("images"),
    ),
    Row(
        "guidance.erasing.erase",
        guidance.erase,
        ERASED | {"threshold": optional(share(0.4))},
        shows("images"),
    ),
    Row(
        "guidance.erasing.erase",
        guidance.erase,
        ERASED
        | {"size": Kind(2, {"None": None}), "threshold": Kind(None, {"both": 0.4})},
        shows("images"),
    ),
    Row(
        "guidance.erasing.merge_maps", guidance.merge_maps, {"maps": floats(2, 3, 4, 5)}
    ),
    Row(
        "guidance.erasing.region_of_area",
        guidance.region_of_area,
        AREA,
        {"maps: inf, -inf": works("infinity has a rank")},
    ),
    Row(
        "guidance.mining.soft_mask",
        guidance.soft_mask,
        MAPS | {"sigma": share(0.5), "omega": positive(10.0)},
        CUT | NO_MAP,
    ),
    Row(
        "guidance.mining.mine_attention",
        guidance.mine_attention,
        {
            "network": thing(NET),
            **SCENES,
            **TRAINED,
            "sigma": share(0.5),
            "omega": positive(10.0),
            "shared": flag(),
        },
        CUT | shows("images"),
    ),
    Row(
        "guidance.supervision.mask_loss",
        guidance.mask_loss,
        INT8 | {"masks": masks(4, 8, 8, fit=(0, 1, 2))},
        SHOW,
    ),
]

SETTINGS = capstone.Settings(channels=8, depth=0)
BUILT = capstone.build_network(SETTINGS)
SAVED = FOLDER / "team.npz"
capstone.save_submission(BUILT, SETTINGS, SAVED)
PLACE = Kind(
    SAVED, {"number": 1.5, "None": None, "text": "three", "list": [1], "folder": FOLDER}
)
CAPSTONE = [
    Row(
        "capstone.evaluation.score_network",
        capstone.score_network,
        {
            "network": thing(BUILT),
            "seeds": Kind(
                [3],
                {
                    "number": 3,
                    "None": None,
                    "text": "three",
                    "none": [],
                    "negative": [-1],
                    "fraction": [1.5],
                },
            ),
            "scenes": count(4),
        },
    ),
    Row(
        "capstone.networks.Settings",
        capstone.Settings,
        {
            "middle": choice("gate"),
            "pool": choice("lse"),
            "r": number(8.0, 0.1, 50),
            "scale": number(7.0, 0.1, 50),
            "channels": count(8, 8).but(uneven=9, large=68),
            "depth": count(1, 0).but(deep=5),
        },
    ),
    Row("capstone.networks.Settings.as_dict", SETTINGS.as_dict, {}),
    Row(
        "capstone.networks.Settings.from_dict",
        capstone.Settings.from_dict,
        {"values": Kind({"r": 2.0}, {"list": [1], "None": None, "text": "three"})},
        {"values: list, None, text": about("settings", "the words of a file")},
    ),
    Row(
        "capstone.networks.build_network",
        capstone.build_network,
        {"settings": thing(SETTINGS, dict={"r": 2.0})},
    ),
    Row(
        "capstone.submission.save_submission",
        capstone.save_submission,
        {"network": thing(BUILT), "settings": thing(SETTINGS), "path": PLACE},
    ),
    Row(
        "capstone.submission.load_submission",
        capstone.load_submission,
        {"path": PLACE},
        {
            "path: text": about("three", "the name of the file"),
            "path: folder": about("wrong-input", "its name"),
        },
    ),
    Row(
        "capstone.training.train_on_harbour",
        capstone.train_on_harbour,
        {
            "network": thing(BUILT),
            "world": thing(harbour(8)),
            "seed": seed(),
            "masked": share(0.5),
            "mask_weight": number(10.0, 0),
            "blob_weight": number(0.1, 0),
            "steps": count(1),
        },
    ),
]

CONNECTIVITY = {"connectivity": choice(8)}
THRESHOLD = {
    "threshold": Kind(
        0.1,
        {
            "text": "three",
            "None": None,
            "list": [1],
            "complex": 1j,
            "NaN": NAN,
            "inf": INF,
            "bool": True,
            "huge": 4e38,
        },
    )
}
BROKEN = {"maps": floats(3, 4, 5, free=True)}
FREE = {"maps: no entry": EMPTY}
BLOBS = [
    Row(
        "blobs.label_blobs",
        blobs.label_blobs,
        {"masks": masks(3, 4, 5, free=True), **CONNECTIVITY},
        {"masks: no entry": EMPTY},
    ),
    Row(
        "blobs.blob_entropy",
        blobs.blob_entropy,
        BROKEN | THRESHOLD | CONNECTIVITY,
        FREE,
    ),
    Row("blobs.BlobEntropyLoss", blobs.BlobEntropyLoss, THRESHOLD | CONNECTIVITY),
    Row(
        "blobs.BlobEntropyLoss.forward",
        blobs.BlobEntropyLoss(),
        {"maps": floats(3, 4, 5, free=True).but("NaN", "inf", "-inf")},
        {"maps: no entry": works("nothing to gather: 0")},
    ),
]


def trained(loss, parameters, **rest):
    """Call fit; the right loss is made of the parameters."""
    usual = loss == "usual"
    given = (lambda step: parameters[0].sum()) if usual else loss
    return training.fit(parameters, given, **rest)


TRAINING = [
    Row(
        "training.fit",
        trained,
        {
            "parameters": Kind(
                [torch.ones(2, requires_grad=True)],
                {"none": [], "None": None, "number": 1.5, "text": "three"},
            ),
            "loss": thing(
                "usual",
                number_of_it=(lambda step: 1.5),
                vector=(lambda step: torch.ones(2)),
                NaN=(lambda step: torch.tensor(NAN, requires_grad=True)),
                loose=(lambda step: torch.tensor(1.0)),
            ),
            "steps": count(2),
            "learning_rate": positive(0.01),
            "seed": seed(),
        },
    ),
    Row("training.progress", training.progress, {"steps": count(2, 0)}),
    Row("lesson.begin", lesson.begin, {"seed": seed()}),
    Row(
        "experiments.store",
        experiments.store,
        {
            "name": Kind("tried", {"number": 1.5, "None": None, "list": [1]}),
            "rows": Kind(
                [{"seed": 1}],
                {"None": None, "number": 1.5, "text": "three", "numbers": [1, 2]},
            ),
            "folder": Kind(FOLDER, {"number": 1.5, "None": None}),
        },
    ),
    Row(
        "experiments.load",
        experiments.load,
        {
            "name": Kind("attention_maps", {"number": 1.5, "None": None, "list": [1]}),
            "folder": Kind(experiments.FOLDER, {"number": 1.5, "None": None}),
        },
    ),
]

GRID = {
    "matrices": Kind(
        drawn(2, 3).softmax(-1),
        {
            "text": "three",
            "None": None,
            "list of tensors": [drawn(2, 3)],
            "vector": drawn(3).abs(),
            "three axes": drawn(2, 2, 3).abs(),
            "empty": torch.zeros(0, 3),
            "NaN": torch.full((2, 3), NAN),
            "inf": torch.full((2, 3), INF),
            "negative": -torch.ones(2, 3),
            "complex": drawn(2, 3).abs() + 1j,
        },
    )
}


def labels(*valid: str) -> Kind:
    """Return the kind of a list of so many labels."""
    return Kind(list(valid), {"number": 3, "too many": [*valid, "more"]})


LEGEND = {
    "titles": labels("one"),
    "row_titles": labels("row"),
    "query_labels": labels("a", "b"),
    "key_labels": labels("x", "y", "z"),
}
SIZE = Kind(
    (5.0, 4.0),
    {
        "number": 3,
        "text": "three",
        "negative": (-1.0, 2.0),
        "three": (1, 2, 3),
        "NaN": (NAN, 2.0),
    },
)
ALT = Kind(
    "A picture of nothing much",
    {"number": 3, "short": "picture", "empty": " " * 30, "list": [1]},
)
PICTURES = {
    "pictures": floats(2, 6, 8, valid=torch.rand(2, 6, 8), fit=(0,)).but(
        "float64", negative=-torch.ones(2, 6, 8), bytes=255 * torch.ones(2, 6, 8)
    ),
    "maps": at_least_0(2, 3, 4, fit=(0,)).but("float64"),
}
PLOTS = [
    Row(
        "plots.figure",
        plots.figure,
        {"alt": ALT, "rows": count(1), "columns": count(2), "size": SIZE},
    ),
    Row("plots.CourseFigure", plots.CourseFigure, {"alt": ALT}),
    Row(
        "plots.CourseFigure.alt",
        lambda alt: setattr(plots.figure("A picture of nothing much")[0], "alt", alt),
        {"alt": ALT},
    ),
    Row(
        "plots.show_heatmaps",
        plots.show_heatmaps,
        GRID
        | {
            "show_values": flag(),
            "per_panel": flag(),
            "xlabel": Kind("Keys", {}),
            "ylabel": Kind("Queries", {}),
        }
        | LEGEND
        | {
            "vmax": Kind(
                1.0,
                {
                    "low": 0.1,
                    "negative": -1,
                    "NaN": NAN,
                    "inf": INF,
                    "text": "three",
                    "list": [1],
                },
            ),
            "size": SIZE,
            "alt": ALT,
            "cmap": choice("Reds").but("None"),
        },
    ),
    Row(
        "overlays.enlarge_maps",
        overlays.enlarge_maps,
        {
            "maps": floats(2, 3, 4),
            "height": count(6),
            "width": count(8),
            "mode": choice("bilinear"),
        },
        SHOW,
    ),
    Row(
        "overlays.tint",
        overlays.tint,
        {
            "pictures": floats(2, 3, 4, free=True, fit=(0, 1, 2)).but("float64"),
            "shares": floats(2, 3, 4, free=True, fit=(0, 1, 2)).but("float64"),
        },
        shows("pictures") | shows("shares"),
    ),
    Row(
        "overlays.overlay_map",
        overlays.overlay_map,
        PICTURES
        | {
            "titles": labels("one", "two"),
            "masks": masks(
                2,
                6,
                8,
                valid=torch.eye(6, 8).bool().expand(2, -1, -1).clone(),
                fit=(0, 1, 2),
            ).but("None"),
            "vmax": positive(9.0).but("None").but(low=0.01),
            "mode": choice("nearest"),
            "size": SIZE,
            "alt": ALT,
        },
    ),
]

EXPLORERS = [
    Row(
        "explorers.base.fixed",
        base.fixed,
        {"number": number(1.25).but("bool"), "digits": count(2, 0)},
    ),
    Row(
        "explorers.base.slider",
        base.slider,
        {
            "label": Kind("Width", {}),
            "low": number(0.0),
            "high": number(2.0),
            "step": positive(0.5),
            "start": number(1.0),
            "digits": count(1, 0),
        },
    ),
    Row(
        "explorers.base.slider",
        base.slider,
        {
            "label": Kind("Width", {}),
            "values": Kind(
                [0.5, 1, 2],
                {
                    "None": None,
                    "number": 3,
                    "text": "three",
                    "none": [],
                    "texts": ["a"],
                    "NaN": [1, NAN],
                },
            ),
            "start": number(1.0).but("bool"),
            "unit": Kind(" degrees", {}),
        },
        {"values: none": about("start")},
    ),
    Row(
        "explorers.base.choice",
        base.choice,
        {
            "label": Kind("Kernel", {}),
            "options": Kind({"a": "A"}, {"text": "three", "None": None, "empty": {}}),
            "start": choice("a"),
        },
    ),
]

ROWS = GUIDANCE + CAPSTONE + BLOBS + TRAINING + PLOTS + EXPLORERS
