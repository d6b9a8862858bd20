"""Public names without a row, each with the reason."""

APART = {
    "takes no argument, or only itself": """
        capstone.submission.NotASubmission d2l_peer.load_d2l
        torchvision_peer.import_torchvision plots.CourseFigure.png
        explorers.base.Explorer explorers.base.Explorer.controls
        explorers.base.Explorer.module_source
        explorers.base.Explorer.parameters""",
    "an exercise's check: answers everything with an AssertionError, tested below": """
        checks.expect checks.expect_close checks.expect_parts
        checks.expect_rows_sum_to_one checks.expect_tensor checks.expect_unchanged""",
    "writes words": "checks.fail checks.passed capstone.submission.printable",
    "a part of label_blobs and blob_entropy, which check": """
        blobs.as_stack blobs.excess_of blobs.label_stack blobs.whole_maps
        blobs.without_broken metrics.blob_maps.above_mean""",
    "a part of save_submission and load_submission": "capstone.submission.with_weights",
    "a part of train_on_harbour": "capstone.training.few_with_masks",
    "a part of show_heatmaps, which checks": """
        heatmap_parts.add_colour_bars heatmap_parts.as_grid heatmap_parts.gap_beside
        heatmap_parts.label_panels heatmap_parts.panel_size heatmap_parts.panel_width
        heatmap_parts.relative_luminance heatmap_parts.show_ticks
        heatmap_parts.write_values heatmap_words.count
        heatmap_words.describe_heatmaps heatmap_words.describe_place_of_largest
        heatmap_words.describe_row_sums heatmap_words.panel_name""",
    "a part of overlay_map, which checks": """
        overlays.describe_overlays overlays.draw_key overlays.label_overlays
        overlays.outline""",
    "names and numbers of the ladder's rungs, tested with the ladder": """
        equivalence_ladder.draw_ladder equivalence_ladder.lesson_of
        equivalence_ladder.shown""",
    "a part of CourseFigure; Matplotlib makes set": """
        plots.picture_bundle plots.CourseFigure.set""",
    "a part of cluttered_digits": "worlds.cluttered_digits.split_digits",
    "a part of order_blind_ceiling": "worlds.reversal.rows_with_counts_up_to",
    "a subclass defines it; it says so": "scoring.Attention.score",
    "published as it was: a check of its arguments would be no part of the exhibit": """
        museum.pictures.published_above_mean museum.pictures.published_coverage
        museum.pictures.published_epanechnikov museum.pictures.published_erase
        museum.pictures.published_limits museum.pictures.published_non_local
        museum.pictures.published_soft_masks museum.rivals.attend
        museum.rivals.check_at_size museum.rivals.published_check
        museum.sentences.published_causal museum.sentences.published_leave_one_out
        museum.sentences.published_masked_softmax museum.sentences.published_next_codes
        museum.sentences.published_positions museum.sentences.published_scores
        museum.sentences.published_word_weights
        museum.sentences.published_zero_scores""",
    "hands tests and functions to each other; test_museum has the errors": """
        museum.verdicts.Disguised museum.verdicts.Disguised.__call__
        museum.verdicts.call museum.verdicts.catches
        museum.verdicts.judge_fix museum.verdicts.judge_test
        museum.verdicts.pins_down museum.verdicts.verdict""",
    "an argument check": "arguments.tensors.autocast_converts",
}
