"""The stored rows of the fifteen networks come from the script beside them."""

import json
import sys

import pytest

from course_utils.experiments import FOLDER, load

sys.path.insert(0, str(FOLDER))
try:
    import attention_maps as script
finally:
    sys.path.remove(str(FOLDER))


@pytest.mark.parametrize("seed", [0, 11])
def test_rows_without_training_come_again(seed):
    stored = load("attention_maps").rows
    for row in script.rows_without_training(seed):
        kept = [
            each
            for each in stored
            if all(each[name] == row[name] for name in ("seed", "kind", "map"))
        ]
        assert len(kept) == 1
        for score in ("pointing", "mass", "iou"):
            # float sums of an untrained network may tie apart on another machine
            slack = 0.02 if row["map"].startswith("untrained") else 0.002
            assert kept[0][score] == pytest.approx(row[score], abs=slack), row


def test_every_network_kind_and_map_has_its_row():
    rows = load("attention_maps").rows
    found = {(row["seed"], row["kind"], row["map"]) for row in rows}
    assert len(found) == len(rows) == 15 * len(script.KINDS) * 10


def test_a_layer_that_attends_evenly_has_even_maps():
    network = script.untrained(0)
    pictures = script.object_scenes(3, seed=1).pictures
    with script.torch.no_grad():
        _, weights = script.attending_evenly(network, 1)(pictures)
        _, before = network(pictures)
    even = script.torch.full_like(weights[:, 1], 1 / 50)
    script.torch.testing.assert_close(weights[:, 1], even)
    script.torch.testing.assert_close(weights[:, 0], before[:, 0])


def test_stored_queries_and_keys_give_the_network_s_weights(monkeypatch, tmp_path):
    from course_utils.explorers import one_query

    network = script.untrained(2)
    monkeypatch.setattr(script, "EXPLORER", tmp_path / "table.json")
    script.write_explorer(network)
    table = json.loads(script.EXPLORER.read_text(encoding="utf-8"))
    monkeypatch.setattr(one_query, "TABLE", table)
    one_query.head_weights.cache_clear()
    try:
        for kind, options in script.KINDS.items():
            scenes = script.object_scenes(script.PICTURES, seed=1000, **options)
            number = script.SHOWN[kind]
            with script.torch.no_grad():
                _, weights = network(scenes.pictures[number][None])
            for layer, head, query in [(1, 1, 0), (2, 4, 0), (1, 3, 17), (2, 2, 49)]:
                got = one_query.head_weights(kind, layer, head, query)
                expected = weights[0, layer - 1, head - 1, query].tolist()
                assert got == pytest.approx(expected, abs=2e-4)
    finally:
        one_query.head_weights.cache_clear()


def test_no_stored_weight_is_above_the_explorer_s_shared_scale():
    from course_utils.explorers.one_query import KINDS, TOP, head_weights

    for kind in KINDS:
        for layer in (1, 2):
            for query in range(50):
                rows = [head_weights(kind, layer, each, query) for each in (1, 2, 3, 4)]
                assert max(max(row[1:]) for row in rows) <= TOP["one"]
                means = [sum(weights) / 4 for weights in zip(*rows, strict=True)]
                assert max(means[1:]) <= TOP["mean"]
