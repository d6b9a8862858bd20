"""Which property holds for which public function, or why none is stated.

``COVERED`` names, for each property test, the functions and classes that it is about;
a class stands for its methods. ``NONE`` gives the reasons of the others.
"""

import ast
import inspect
import textwrap

import pytest
import test_properties
import test_properties_layers
import test_properties_maps
import test_properties_worlds
from test_wrong_input import public_names

FILES = (
    test_properties,
    test_properties_layers,
    test_properties_maps,
    test_properties_worlds,
)
COVERED = {
    "test_blobs_do_not_depend_on_unit_and_direction": """
        blobs.BlobEntropyLoss blobs.blob_entropy""",
    "test_the_heaviest_blob_is_one_and_is_a_part": """
        blobs.label_blobs metrics.blob_maps.blobs_per_map
        metrics.blob_maps.heaviest_blob""",
    "test_a_score_is_made_of_shares": """
        capstone.evaluation.score_network capstone.networks.Settings
        capstone.networks.build_network capstone.training.train_on_harbour
        worlds.harbour.harbour""",
    "test_what_is_handed_in_comes_out_again": """
        capstone.submission.load_submission capstone.submission.save_submission""",
    "test_a_check_accepts_the_right_answer_of_any_type": """
        checks.expect_close checks.expect_parts checks.expect_rows_sum_to_one
        checks.expect_tensor checks.expect_unchanged""",
    "test_a_gate_selects_and_moves_nothing": """
        conv_attention.gates.SpatialGate conv_attention.gates.SqueezeExcitation""",
    "test_pooling_by_attention_ignores_the_order_of_patches": """
        class_attention.ClassAttention class_maps.attention_pool.AttentionPool""",
    "test_networks_classify_each_picture_alone": """
        class_attention.ClassAttentionNetwork class_maps.classifier.MapClassifier
        class_maps.classifier.maps_and_hits class_maps.pools.average_pool_logits
        class_maps.pools.max_pool_logits""",
    "test_scores_of_class_attention_become_shares": """
        class_attention.as_weights""",
    "test_a_class_map_averages_to_its_logit": """
        class_maps.maps.class_activation_map class_maps.maps.grad_cam""",
    "test_soft_pools_lie_between_mean_and_maximum": """
        class_maps.pools.lse_pool_logits""",
    "test_convolutions_keep_the_sizes_they_promise": """
        conv_attention.gates.ChannelSpatialGate
        conv_attention.twin_network.at_pixels conv_attention.twin_network.conv_block""",
    "test_attention_over_places_begins_as_the_identity": """
        conv_attention.pairs.NonLocal2d conv_attention.pairs.as_tokens""",
    "test_the_twin_network_is_measured_in_shares": """
        conv_attention.pairs.SelfAttention2d conv_attention.twin_network.TwinNetwork
        conv_attention.twin_network.peaks_on_twin
        conv_attention.twin_network.right_colours
        conv_attention.twin_network.where_it_looks""",
    "test_the_fused_kernel_averages_as_the_plain_one": """
        conv_attention.pairs.fused_attention""",
    "test_maps_of_attention_share_out_one": """
        cues.attention_map""",
    "test_contrast_ignores_a_shift_and_follows_a_scale": """
        cues.centre_surround cues.saliency_scores""",
    "test_a_query_of_zeros_sees_nothing_and_scores_are_linear": """
        cues.query_map cues.query_scores cues.read_out cues.saliency_map""",
    "test_what_is_stored_is_loaded_to_four_digits": """
        experiments.load experiments.store""",
    "test_supervision_moves_pixels_by_epsilon_and_costs_add_up": """
        guidance.annotation.AnnotationLoss guidance.annotation.annotation_cost
        guidance.boxes.adversarial_images guidance.boxes.boxes_of
        guidance.mining.mine_attention""",
    "test_a_slider_reaches_both_of_its_ends": """
        explorers.base.choice explorers.base.slider""",
    "test_a_written_number_is_near_the_number": """
        explorers.base.fixed""",
    "test_doubt_is_at_most_even_and_the_doubtful_are_chosen": """
        guidance.annotation.choose_to_annotate
        guidance.annotation.prediction_entropy""",
    "test_a_box_holds_its_mask_and_nothing_outside_it_costs": """
        guidance.boxes.box_loss guidance.supervision.mask_loss""",
    "test_regions_have_the_size_that_was_asked_for": """
        guidance.erasing.erase guidance.erasing.region_of_area
        guidance.erasing.strong_region guidance.erasing.window_at_peak""",
    "test_merged_and_soft_masks_lie_between_0_and_1": """
        guidance.erasing.merge_maps guidance.mining.soft_mask""",
    "test_gumbel_noise_is_finite_and_repeats": """
        hard_attention.gumbel_noise""",
    "test_a_noisy_look_shares_out_one_and_a_hard_one_sees_one_value": """
        hard_attention.gumbel_softmax_attention""",
    "test_no_baseline_and_no_shift_moves_the_average_of_all_looks": """
        hard_attention.reinforce_surrogate""",
    "test_the_unit_of_distances_does_not_matter": """
        kernel_regression.LearnedKernelPooling kernel_regression.kernel_weights
        kernel_regression.leave_one_out_error kernel_regression.nadaraya_watson""",
    "test_alignment_is_a_share_and_tolerance_only_helps": """
        metrics.alignment.alignment_accuracy metrics.alignment.alignment_mass""",
    "test_six_numbers_on_maps_are_what_their_names_say": """
        metrics.blob_maps.measure_maps""",
    "test_scores_of_maps_are_shares_and_masks_share_them_out": """
        metrics.coverage.recall_and_precision metrics.maps.hit_rate
        metrics.maps.intersection_over_union metrics.maps.mass_inside
        metrics.maps.pointing_game""",
    "test_matrix_scores_are_shares_that_belong_together": """
        metrics.matrices.band_score metrics.matrices.block_score
        metrics.matrices.effective_keys metrics.matrices.previous_token_score
        metrics.matrices.row_entropy metrics.matrices.self_score""",
    "test_maps_that_know_nothing": """
        metrics.null_maps.centre_map metrics.null_maps.edge_maps
        metrics.null_maps.random_maps""",
    "test_rationales_do_not_depend_on_order_or_padding": """
        metrics.rationales.rationale_recall""",
    "test_no_other_weights_have_a_smaller_error": """
        noisy_inputs.best_weights noisy_inputs.expected_error
        noisy_inputs.inverse_variance_weights""",
    "test_an_enlarged_map_invents_nothing": """
        overlays.enlarge_maps overlays.tint""",
    "test_a_heat_map_shows_its_largest_weight": """
        plots.show_heatmaps""",
    "test_padding_is_neither_read_nor_written": """
        sequence.decoder.AttentionDecoder sequence.decoder.TextEncoder
        sequence.decoder.Translator""",
    "test_learned_scores_follow_the_order_of_keys": """
        scoring.BilinearAttention scoring.AdditiveAttention scoring.Attention""",
    "test_hidden_keys_and_values_cannot_be_felt": """
        scoring.DotProductAttention""",
    "test_dot_products_do_not_care_who_asks": """
        scoring.dot_score scoring.scaled_dot_score""",
    "test_a_causal_mask_lets_the_past_through": """
        scoring.lengths_to_mask sequence.causal.causal_mask
        sequence.causal.future_leak""",
    "test_a_row_has_between_one_and_all_keys": """
        scoring.masked_softmax""",
    "test_a_fixed_context_lies_between_the_values": """
        sequence.decoder.FixedContext""",
    "test_a_context_vector_weighs_what_is_allowed": """
        sequence.hierarchical.ContextAttention
        sequence.hierarchical.RecurrentEncoder""",
    "test_a_document_does_not_feel_what_fills_it_up": """
        sequence.hierarchical.HierarchicalAttention""",
    "test_self_attention_sees_a_set_and_a_triangle_hides_the_future": """
        sequence.multi_head.MultiHeadAttention""",
    "test_dates_decide_their_answers_and_flags_change_sides": """
        worlds.dates.decode_answers worlds.dates.encode_texts
        worlds.dates.written_dates worlds.harbour.repaint_flags""",
    "test_positions_are_clocks_that_turn": """
        sequence.positions.clock_speeds sequence.positions.position_rotation
        sequence.positions.sinusoidal_positions""",
    "test_training_repeats_itself_and_moves_by_the_learning_rate": """
        training.fit""",
    "test_a_transformer_sees_a_set_until_places_are_added": """
        vision_transformer.TransformerBlock vision_transformer.VisionTransformer""",
    "test_patch_maps_and_rollout_share_out_one": """
        vision_transformer.attention_rollout vision_transformer.patch_map""",
    "test_a_world_is_its_seed_and_knows_its_answer": """
        worlds.animals.animals worlds.autoregressive.autoregressive
        worlds.boats.boats_and_cars worlds.cluttered_digits.cluttered_digits
        worlds.curves.noisy_curve worlds.gate_tasks.gate_task
        worlds.glimpses.glimpses worlds.objects.object_scenes
        worlds.reviews.cinema_reviews worlds.search.visual_search
        worlds.twins.find_the_twin""",
    "test_the_tide_comes_back_and_the_river_slows": """
        worlds.curves.slowing_river worlds.curves.water_level""",
    "test_the_order_blind_ceiling_is_a_share": """
        worlds.reversal.order_blind_ceiling worlds.reversal.reversals""",
    "test_kernels_are_even_and_highest_at_0": """
        kernel_regression.boxcar kernel_regression.triangular
        kernel_regression.epanechnikov kernel_regression.gaussian""",
}
FURTHER = [  # more properties of functions that stand above
    "test_a_map_sums_to_one_and_peaks_where_the_scores_peak",
    "test_a_prediction_lies_between_the_values",
    "test_a_shift_of_all_scores_and_the_order_of_keys_change_nothing",
    "test_inverse_variances_beat_the_mean_and_the_best_channel",
    "test_weights_are_shares_of_what_is_allowed",
]
NONE = {
    "an exhibit of the museum: test_museum shows what it does wrong": """
        museum.pictures.published_above_mean museum.pictures.published_coverage
        museum.pictures.published_epanechnikov museum.pictures.published_erase
        museum.pictures.published_limits museum.pictures.published_non_local
        museum.pictures.published_soft_masks museum.rivals.attend
        museum.rivals.case_of_size museum.rivals.check_at_size
        museum.rivals.published_check museum.sentences.published_causal
        museum.sentences.published_leave_one_out
        museum.sentences.published_masked_softmax museum.sentences.published_next_codes
        museum.sentences.published_positions museum.sentences.published_scores
        museum.sentences.published_word_weights
        museum.sentences.published_zero_scores""",
    "judges a learner's test: tried case by case in test_museum": """
        museum.verdicts.Disguised museum.verdicts.call museum.verdicts.catches
        museum.verdicts.judge_fix museum.verdicts.judge_test
        museum.verdicts.pins_down museum.verdicts.verdict""",
    "a figure: it is looked at, and its parts are tested one by one": """
        heatmap_parts.add_colour_bars heatmap_parts.as_grid heatmap_parts.gap_beside
        heatmap_parts.label_panels heatmap_parts.panel_size heatmap_parts.panel_width
        heatmap_parts.relative_luminance heatmap_parts.show_ticks
        heatmap_parts.write_values overlays.draw_key overlays.label_overlays
        equivalence_ladder.draw_ladder equivalence_ladder.lesson_of
        equivalence_ladder.shown
        overlays.outline overlays.overlay_map plots.CourseFigure plots.figure
        plots.picture_bundle""",
    "words": """
        capstone.submission.printable checks.fail checks.passed
        heatmap_words.count heatmap_words.describe_heatmaps
        heatmap_words.describe_place_of_largest heatmap_words.describe_row_sums
        heatmap_words.panel_name overlays.describe_overlays""",
    "trains for seconds: measured seed by seed in the experiments": """
        class_attention.train_class_attention
        class_maps.classifier.train_map_classifier
        conv_attention.twin_network.train_on_twins""",
    "a network of torchvision: compared with it number by number": """
        conv_attention.backbone.dilate conv_attention.backbone.dilated_backbone""",
    "imports, seeds, shows or says something": """
        arguments.tensors.autocast_converts capstone.submission.NotASubmission
        checks.expect d2l_peer.load_d2l explorers.base.Explorer lesson.begin
        torchvision_peer.import_torchvision training.progress""",
    "a part of a function that is covered": """
        blobs.as_stack blobs.excess_of blobs.label_stack blobs.whole_maps
        blobs.without_broken capstone.submission.with_weights
        capstone.training.few_with_masks metrics.blob_maps.above_mean
        worlds.cluttered_digits.split_digits
        worlds.reversal.rows_with_counts_up_to""",
}
# Called under another name: out of a table, or by a subclass.
ALIASES = dict.fromkeys(("boxcar", "triangular", "epanechnikov", "gaussian"), "KERNELS")
ALIASES["Attention"] = "AdditiveAttention"


def names(table: dict[str, str], key: str | None = None) -> list[str]:
    """The functions of one entry of a table, or of all."""
    kept = [key] if key else table
    return [name for entry in kept for name in table[entry].split()]


def used_by(test: str) -> set[str]:
    """The names that the code of a property test uses."""
    (module,) = [each for each in FILES if hasattr(each, test)]
    function = getattr(module, test)
    assert getattr(function, "is_hypothesis_test", False), f"{test} draws nothing"
    code = textwrap.dedent(inspect.getsource(function.hypothesis.inner_test))
    if "MAKERS" in code:
        makers = inspect.getsource(module).partition("MAKERS = ")[2]
        code += "\n" + makers.partition("\n}\n")[0] + "}"
    nodes = list(ast.walk(ast.parse(code)))
    return {node.id for node in nodes if isinstance(node, ast.Name)} | {
        node.attr for node in nodes if isinstance(node, ast.Attribute)
    }


@pytest.mark.parametrize("test", COVERED)
def test_the_property_is_about_what_the_table_says(test):
    used = used_by(test)
    for name in names(COVERED, test):
        short = name.rpartition(".")[2]
        assert ALIASES.get(short, short) in used, f"{test} does not use {short}"


def test_every_function_has_a_property_or_a_reason():
    public = public_names()
    whole = {name for name in public if name.rpartition(".")[0] not in public}
    listed = names(COVERED) + names(NONE)
    assert len(listed) == len(set(listed)), "listed twice"
    assert sorted(whole - set(listed)) == [], "state a property, or why there is none"
    assert sorted(set(listed) - whole) == [], "no longer there: take it out"


def test_every_property_is_in_the_table():
    tests = {name for module in FILES for name in vars(module) if name[:5] == "test_"}
    assert sorted(tests - set(COVERED) - set(FURTHER)) == []
    assert sorted({*COVERED, *FURTHER} - tests) == []
