"""Stored results come back as they were written, and say how to make them again."""

import pytest

from course_utils.experiments import load, store


def test_rows_come_back_rounded_with_the_command(tmp_path):
    rows = ({"seed": seed, "loss": seed + 1 / 3, "kind": "mean"} for seed in (2, 5))
    assert store("sample", rows, tmp_path) == tmp_path / "sample.json"
    stored = load("sample", tmp_path)
    assert stored.rows == [
        {"seed": 2, "loss": 2.333, "kind": "mean"},
        {"seed": 5, "loss": 5.333, "kind": "mean"},
    ]
    assert stored.note.startswith("python benchmarks/experiments/sample.py: 0 CPU")


def test_nothing_stored_names_the_command(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"python benchmarks/experiments/sa"):
        load("sample", tmp_path)
