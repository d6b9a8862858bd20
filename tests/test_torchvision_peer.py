"""torchvision is imported also where its compiled operators do not fit torch."""

import pytest

from course_utils import torchvision_peer


def test_torchvision_with_missing_operators_is_cured(monkeypatch):
    """The first import fails as a mismatched build does; the second succeeds."""
    asked, declared = [], []

    def import_module(name):
        asked.append(name)
        if len(asked) == 1:
            raise RuntimeError("operator torchvision::nms does not exist")
        return name

    class Library:
        def __init__(self, name, kind):
            assert (name, kind) == ("torchvision", "DEF")

        def define(self, schema):
            declared.append(schema.partition("(")[0])

    monkeypatch.setattr(torchvision_peer.importlib, "import_module", import_module)
    monkeypatch.setattr(torchvision_peer.torch.library, "Library", Library)
    monkeypatch.setattr(torchvision_peer, "_declared", [])
    assert torchvision_peer.import_torchvision() == "torchvision"
    assert asked == ["torchvision", "torchvision"]
    assert declared == ["nms", "qnms"]
    assert len(torchvision_peer._declared) == 1


def test_another_failure_of_torchvision_is_not_hidden(monkeypatch):
    def import_module(name):
        raise RuntimeError("something else")

    monkeypatch.setattr(torchvision_peer.importlib, "import_module", import_module)
    with pytest.raises(RuntimeError, match="something else"):
        torchvision_peer.import_torchvision()
