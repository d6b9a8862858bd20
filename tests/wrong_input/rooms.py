"""Rows of the rooms on scores, cues, kernels, looks, noise and matrices."""

import torch

from course_utils import cues, hard_attention, metrics, noisy_inputs, scoring
from course_utils import kernel_regression as kernels
from wrong_input.kinds import (
    EMPTY,
    SAME,
    SHOWS,
    WIDER,
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
    tensors,
    thing,
    weights,
    works,
)

BROADCAST = works("it broadcasts")
FEEL = Outcome("a score is what its numbers make it", SHOWS.check)
SATURATED = works("tanh of infinity is 1")
HIDDEN = Outcome(
    "a score of minus infinity counts as masked",
    lambda r, usual: tensors(r)[-1].view(-1)[0] == 0,
)
UNSEEN = works("a score of minus infinity counts as masked")
Q, K, V = (
    floats(2, 3, 5, fit=(0, 2)),
    floats(2, 7, 5, fit=(0, 2)),
    floats(2, 7, 3, fit=(0, 1)),
)
PAIR, ATTEND = {"queries": Q, "keys": K}, {"queries": Q, "keys": K, "values": V}
MASK = {"mask": optional(masks(2, 3, 7, fit=(0, 1, 2)))}
GENERATOR = optional(thing(torch.Generator().manual_seed(0)))
DROPOUT = {"dropout": share(0.0)}
EMPTY_PAIR = {
    "queries: no entry": about("keys", "no sample"),
    "keys: no entry": about("keys", "no sample"),
}
NOT_FINITE_PAIR = {"queries: NaN, inf, -inf": FEEL, "keys: NaN, inf, -inf": FEEL}
NO_SIZE = Outcome("a size of 0 is refused with the other argument", None, "keys")

SCORING = [
    Row(
        "scoring.masked_softmax",
        scoring.masked_softmax,
        {
            "scores": floats(3, 5, free=True),
            "mask": optional(masks(3, 5, fit=(0, 1))),
            "dim": count(1, -2).but("negative", **{"too large": 2}),
        },
        {"scores: -inf": HIDDEN, "mask: fewer axes": BROADCAST},
    ),
    Row(
        "scoring.masked_softmax",
        scoring.masked_softmax,
        {"scores": floats(3, 5, free=True)},
        {"scores: -inf": HIDDEN, "scores: empty, no entry": EMPTY},
    ),
    Row(
        "scoring.lengths_to_mask",
        scoring.lengths_to_mask,
        {"valid_lens": indices(3, below=6), "size": count(5)},
        {
            "valid_lens: more axes": works("lengths for each query"),
            "valid_lens: empty": EMPTY,
        },
    ),
    Row("scoring.dot_score", scoring.dot_score, PAIR, NOT_FINITE_PAIR),
    Row("scoring.scaled_dot_score", scoring.scaled_dot_score, PAIR, NOT_FINITE_PAIR),
    Row("scoring.Attention", scoring.Attention, DROPOUT),
    Row(
        "scoring.DotProductAttention",
        scoring.DotProductAttention,
        {**DROPOUT, "scaled": flag()},
    ),
    Row(
        "scoring.Attention.forward",
        scoring.DotProductAttention(),
        ATTEND | MASK,
        {
            "queries: NaN, inf, -inf": about("scores"),
            "keys: NaN, -inf": about("scores"),
            "keys: inf": UNSEEN,
            "mask: fewer axes": BROADCAST,
            "values: NaN, inf, -inf": FEEL,
            "values: empty": EMPTY,
        },
    ),
    Row(
        "scoring.DotProductAttention.score",
        scoring.DotProductAttention().score,
        PAIR,
        NOT_FINITE_PAIR,
    ),
    Row(
        "scoring.BilinearAttention",
        scoring.BilinearAttention,
        {
            "query_size": count(5),
            "key_size": count(5),
            "rank": optional(count(2)),
            **DROPOUT,
        },
    ),
    Row(
        "scoring.BilinearAttention.score",
        scoring.BilinearAttention(5, 5).score,
        PAIR,
        NOT_FINITE_PAIR,
    ),
    Row(
        "scoring.AdditiveAttention",
        scoring.AdditiveAttention,
        {
            "query_size": count(5),
            "key_size": count(5),
            "hidden_size": count(2),
            **DROPOUT,
        },
    ),
    Row(
        "scoring.AdditiveAttention.score",
        scoring.AdditiveAttention(5, 5, 3).score,
        PAIR,
        {
            "queries: NaN": FEEL,
            "keys: NaN": FEEL,
            "queries: inf, -inf": SATURATED,
            "keys: inf, -inf": SATURATED,
        },
    ),
]

FEATURES = {"features": floats(2, 4, 3, 5)}
RADIUS, TEMPERATURE = {"radius": count(1)}, {"temperature": positive(0.5)}
SEEK = {"features": floats(2, 4, 3, 5, fit=(0, 1)), "queries": floats(2, 4, fit=(0, 1))}
NO_DISPLAY = {"features: no entry": EMPTY}
CUES = [
    Row("cues.centre_surround", cues.centre_surround, FEATURES | RADIUS, NO_DISPLAY),
    Row("cues.saliency_scores", cues.saliency_scores, FEATURES | RADIUS, NO_DISPLAY),
    Row("cues.query_scores", cues.query_scores, SEEK, {"features: empty": EMPTY}),
    Row(
        "cues.attention_map",
        cues.attention_map,
        {"scores": floats(2, 3, 5), **TEMPERATURE},
        {"scores: no entry": EMPTY},
    ),
    Row(
        "cues.saliency_map",
        cues.saliency_map,
        FEATURES | RADIUS | TEMPERATURE,
        NO_DISPLAY,
    ),
    Row(
        "cues.query_map",
        cues.query_map,
        SEEK | TEMPERATURE,
        {"features: empty": about("scores")},
    ),
    Row(
        "cues.read_out",
        cues.read_out,
        {
            "weights": floats(2, 3, 5, fit=(0, 1, 2)),
            "values": floats(2, 3, 5, 4, fit=(0, 1, 2)),
        },
        {"weights: inf, -inf": FEEL, "values: inf, -inf": FEEL, "values: empty": EMPTY},
    ),
]

KERNEL = {"bandwidth": positive(0.7), "kernel": choice("gaussian")}
KEYS = {"keys": floats(5, fit=(0,)), "values": floats(5, fit=(0,))}
KERNELS = [
    Row(
        f"kernel_regression.{name}",
        kernel,
        {"u": floats(3, 5, free=True)},
        {
            "u: empty, no entry": EMPTY,
            "u: inf, -inf": works("far away the kernel is 0"),
        },
    )
    for name, kernel in kernels.KERNELS.items()
] + [
    Row(
        "kernel_regression.kernel_weights",
        kernels.kernel_weights,
        {"distances": at_least_0(3, 5), **KERNEL},
        {
            "distances: empty": about("keys", "the second axis"),
            "distances: no entry": EMPTY,
        },
    ),
    Row(
        "kernel_regression.nadaraya_watson",
        kernels.nadaraya_watson,
        {
            "queries": floats(3).but(float64=drawn(3).double()),
            **KEYS,
            **KERNEL,
            "out_of_reach": choice("raise"),
        },
        {"queries: empty": EMPTY},
    ),
    Row(
        "kernel_regression.leave_one_out_error",
        kernels.leave_one_out_error,
        KEYS | KERNEL,
    ),
    Row(
        "kernel_regression.LearnedKernelPooling",
        kernels.LearnedKernelPooling,
        {"initial_w": number(1.0)},
    ),
    Row(
        "kernel_regression.LearnedKernelPooling.forward",
        kernels.LearnedKernelPooling(0.7),
        {
            "queries": floats(3, free=True).but(float64=drawn(3).double()),
            **KEYS,
            "mask": optional(masks(3, 5, fit=(0, 1))),
        },
        {"mask: fewer axes": BROADCAST, "queries: empty": about("mask")},
    ),
]

LOOKS = {
    "scores": floats(4, 5, fit=(0,)),
    "places": indices(4, below=5, fit=(0,)),
    "rewards": floats(4, fit=(0,)),
}
HARD = [
    Row(
        "hard_attention.reinforce_surrogate",
        hard_attention.reinforce_surrogate,
        LOOKS
        | {
            "baseline": number(0.3),
            "mask": optional(masks(valid=torch.ones(4, 5).bool(), fit=(0, 1))),
        },
        {
            "scores: float64": WIDER,
            "rewards: float64": WIDER,
            "mask: fewer axes": BROADCAST,
        },
    ),
    Row(
        "hard_attention.gumbel_noise",
        hard_attention.gumbel_noise,
        {"like": floats(2, 3, free=True), "generator": GENERATOR},
        {
            "like: empty, no entry": EMPTY,
            "like: NaN, inf, -inf": works("only shape, type and device count"),
        },
    ),
    Row(
        "hard_attention.gumbel_softmax_attention",
        hard_attention.gumbel_softmax_attention,
        {
            "scores": floats(3, 5, free=True, fit=(1,)),
            "values": floats(5, 2, free=True, fit=(0,)),
            "temperature": positive(0.7),
            "hard": flag(),
            "mask": optional(masks(3, 5, fit=(0, 1))),
            "generator": GENERATOR,
        },
        {
            "scores: -inf": HIDDEN,
            "mask: fewer axes": BROADCAST,
            "values: NaN, inf, -inf": FEEL,
            "values: empty": EMPTY,
        },
    ),
]

MOMENTS = floats(valid=drawn(3, 9) @ drawn(3, 9).T / 9, free=True, fit=(0, 1))
VARIANCES = at_least_0(3, free=True, fit=(0,))
NOISE = {
    "second_moments": MOMENTS,
    "relevance": floats(3, free=True, fit=(0,)),
    "noise_variances": VARIANCES,
}
NOISY = [
    Row(
        "noisy_inputs.inverse_variance_weights",
        noisy_inputs.inverse_variance_weights,
        {"noise_variances": at_least_0(2, 3, free=True).but(zero=torch.zeros(2, 3))},
        {"noise_variances: no entry": EMPTY},
    ),
    Row("noisy_inputs.best_weights", noisy_inputs.best_weights, NOISE),
    Row(
        "noisy_inputs.expected_error",
        noisy_inputs.expected_error,
        {
            "weights": floats(3, free=True, fit=(0,)),
            **NOISE,
            "target_power": number(2.0, 0),
        },
    ),
]

SQUARE = {"weights": weights(2, 4, 4, free=True, fit=(1,)).but("float64")}
NO_MATRIX = {"weights: no entry": EMPTY}
SPREAD = {"weights": weights(3, 5, free=True)}
NOTHING = works("a query without keys attends to nothing: 0")
MATRICES = [
    Row(
        f"metrics.matrices.{function.__name__}",
        function,
        SPREAD,
        {"weights: empty": NOTHING, "weights: no entry": EMPTY},
    )
    for function in (metrics.row_entropy, metrics.effective_keys)
] + [
    Row("metrics.matrices.self_score", metrics.self_score, SQUARE, NO_MATRIX),
    Row(
        "metrics.matrices.previous_token_score",
        metrics.previous_token_score,
        SQUARE,
        NO_MATRIX,
    ),
    Row(
        "metrics.matrices.block_score",
        metrics.block_score,
        SQUARE
        | {"blocks": indices(4, below=2, valid=torch.tensor([0, 0, 1, 1]), fit=(0,))},
        NO_MATRIX
        | {
            "blocks: float, bool, complex": SAME,
            "blocks: negative, too large": works("any number may name a block"),
        },
    ),
    Row(
        "metrics.matrices.band_score",
        metrics.band_score,
        SQUARE | {"width": count(1, 0)},
        NO_MATRIX,
    ),
]

ALIGNED = {
    "weights": weights(2, 3, 5, fit=(0, 1)),
    "alignment": masks(2, 3, 5, fit=(0, 1, 2)),
}
MAPS = {
    "maps": floats(3, 4, 5, fit=(0, 1, 2)).but("float64"),
    "masks": masks(3, 4, 5, fit=(0, 1, 2)),
}
AMOUNTS = MAPS | {"maps": at_least_0(3, 4, 5, fit=(0, 1, 2)).but("float64")}
BLOBS = {
    "maps": floats(3, 4, 5).but(huge=torch.full((1, 4, 5), 1e38)),
    "connectivity": choice(8),
}
INFINITE = works("infinity has a rank")
METRICS = [
    Row(
        "metrics.alignment.alignment_accuracy",
        metrics.alignment_accuracy,
        ALIGNED | {"tolerance": count(1, 0)},
        {"weights: float64": works("the same in float64")},
    ),
    Row(
        "metrics.alignment.alignment_mass",
        metrics.alignment_mass,
        ALIGNED,
        {"weights: float64": WIDER},
    ),
    Row(
        "metrics.blob_maps.blobs_per_map",
        metrics.blobs_per_map,
        BLOBS,
        {"maps: no entry": EMPTY},
    ),
    Row("metrics.blob_maps.heaviest_blob", metrics.heaviest_blob, BLOBS),
    Row(
        "metrics.blob_maps.measure_maps",
        metrics.measure_maps,
        {
            "scores": floats(3, 2, 4, 4, fit=(0,)).but("float64"),
            "masks": masks(3, 8, 8, fit=(0,)),
        },
    ),
    Row(
        "metrics.coverage.recall_and_precision",
        metrics.recall_and_precision,
        AMOUNTS | {"threshold": share(0.4)},
    ),
    Row(
        "metrics.maps.hit_rate",
        metrics.hit_rate,
        {
            "maps": floats(3, 4, 5, fit=(0,)).but("float64"),
            "targets": indices(3, below=20, fit=(0,)),
        },
        {"maps: inf, -inf": INFINITE},
    ),
    Row(
        "metrics.maps.pointing_game",
        metrics.pointing_game,
        MAPS,
        {"maps: inf, -inf": INFINITE},
    ),
    Row("metrics.maps.mass_inside", metrics.mass_inside, AMOUNTS),
    Row(
        "metrics.maps.intersection_over_union",
        metrics.intersection_over_union,
        AMOUNTS | {"threshold": optional(share(0.4))},
    ),
    Row("metrics.maps.intersection_over_union", metrics.intersection_over_union, MAPS),
    Row(
        "metrics.null_maps.random_maps",
        metrics.random_maps,
        {"maps": count(2), "height": count(3), "width": count(4), "seed": seed()},
    ),
    Row(
        "metrics.null_maps.centre_map",
        metrics.centre_map,
        {"height": count(3), "width": count(4), "spread": positive(0.2)},
    ),
    Row(
        "metrics.null_maps.edge_maps",
        metrics.edge_maps,
        {"pictures": floats(2, 3, 4, 5)},
    ),
    Row(
        "metrics.rationales.rationale_recall",
        metrics.rationale_recall,
        {
            "scores": floats(3, 5, fit=(0, 1)).but("float64"),
            "rationale": masks(3, 5, fit=(0, 1)),
            "mask": optional(masks(valid=torch.ones(3, 5).bool(), fit=(0, 1))),
        },
        {"mask: fewer axes": BROADCAST},
    ),
]

ROWS = SCORING + CUES + KERNELS + HARD + NOISY + MATRICES + METRICS
