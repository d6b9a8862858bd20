"""d2l is found where it is installed, and nothing breaks where it is not.

Imports are watched in fresh processes: a module is imported only once in each.
"""

import subprocess
import sys

import pytest

from course_utils import d2l_peer


def run(code):
    """The output of ``code`` in a fresh Python in which warnings are errors."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stderr == ""
    return done.stdout.strip()


@pytest.mark.skipif(d2l_peer.load_d2l() is None, reason=d2l_peer.HOW_TO_INSTALL)
def test_d2l_is_loaded_without_a_warning():
    code = "from course_utils.d2l_peer import load_d2l\n"
    assert run(code + "print(load_d2l().__name__)") == "d2l.torch"


def test_nothing_is_imported_before_it_is_asked_for_and_absence_is_none():
    code = """
import sys
from course_utils.d2l_peer import load_d2l
print([name for name in ("d2l", "torchvision") if name in sys.modules])
for absent in ("torchvision", "d2l.torch", "d2l"):
    sys.modules[absent] = None  # as if it were not installed
    print(load_d2l())
    del sys.modules[absent]
"""
    assert run(code).splitlines() == ["[]", "None", "None", "None"]


def test_a_broken_d2l_is_not_called_absent(monkeypatch):
    def import_module(name):
        raise RuntimeError("something else")

    monkeypatch.setattr(d2l_peer.importlib, "import_module", import_module)
    with pytest.raises(RuntimeError, match="something else"):
        d2l_peer.load_d2l()


def test_the_advice_is_one_command():
    assert "pip install --no-deps d2l==1.0.3" in d2l_peer.HOW_TO_INSTALL
