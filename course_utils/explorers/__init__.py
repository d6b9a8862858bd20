"""The interactive pieces of the lessons: one explorer a lesson.

An explorer runs wholly in the page: its arithmetic is JavaScript, so it also moves
where no Python runs, in the web book and in slides. ``base`` says how to write one.
"""

from importlib import import_module

HOMES = {
    "Taste": "taste",
    "VisualSearch": "visual_search",
    "Temperature": "temperature",
    "Bandwidth": "bandwidth",
    "LearnedWidth": "learned_width",
    "Scores": "scores",
    "NoisyInputs": "noisy_inputs",
    "OneLook": "one_look",
    "ReviewWeights": "review_weights",
    "DateDecoder": "date_decoder",
    "PositionClocks": "position_clocks",
    "Gates": "gates",
    "PlacePairs": "place_pairs",
    "OneQuery": "one_query",
    "LabelBudget": "label_budget",
    "BlobFlow": "blob_flow",
    "HarbourRanking": "harbour_ranking",
    "Regions": "regions",
    "PatchShares": "patch_shares",
    "SoftMask": "soft_mask",
    "ErasingSteps": "erasing_steps",
    "BugInSight": "bug_in_sight",
}


def __getattr__(name: str) -> object:
    """Import an explorer when it is first asked for."""
    if name not in HOMES:
        raise AttributeError(
            f"course_utils.explorers has no {name}; it has {', '.join(HOMES)}"
        )
    return getattr(import_module(f"{__name__}.{HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(HOMES)
