"""What a lesson teaches is what the package ships, taught once and then imported.

A cell tagged ``taught:course_utils.<module>.<name>`` shows the definition. Both
syntax trees must be equal once documentation, type hints and argument checks are
left out: they guard the mechanism, they are not part of it.
"""

import ast
from collections import Counter, defaultdict

import pytest
from course_files import ROOT, code_cells, lessons, load, tags

# Modules whose every function and class is taught in a lesson ...
TAUGHT_MODULES = (
    "blobs",
    "class_maps",
    "class_attention",
    "conv_attention",
    "cues",
    "guidance",
    "hard_attention",
    "kernel_regression",
    "metrics",
    "noisy_inputs",
    "overlays",
    "plots",
    "scoring",
    "sequence",
    "training",
    "vision_transformer",
)
# ... except these, each for a reason.
SUPPORT = {
    "course_utils.guidance.require_boxes": "an argument check",
    "course_utils.guidance.require_pictures": "an argument check",
    "course_utils.guidance.require_scenes": "an argument check",
    "course_utils.guidance.require_two_axes": "an argument check",
    "course_utils.blobs.require_maps_axes": "an argument check",
    "course_utils.blobs.require_threshold": "an argument check",
    "course_utils.blobs.require_whole": "an argument check",
    "course_utils.blobs.whole_maps": "a small part of the checks",
    "course_utils.blobs.without_broken": "keeps a broken map from ending a run",
    "course_utils.class_maps.maps_and_hits": "measures the small network",
    "course_utils.class_maps.train_map_classifier": "trains the small network",
    "course_utils.class_maps.require_class_index": "an argument check",
    "course_utils.class_maps.require_graph": "an argument check",
    "course_utils.class_maps.require_slope": "an argument check",
    "course_utils.class_maps.require_trainable": "an argument check",
    "course_utils.conv_attention.require_weights": "an argument check",
    "course_utils.sequence.require_step": "an argument check",
    "course_utils.class_maps.require_strides": "an argument check",
    "course_utils.guidance.require_map_batch": "an argument check",
    "course_utils.guidance.require_fine_masks": "an argument check",
    "course_utils.guidance.require_trainable_maps": "an argument check",
    "course_utils.class_attention.train_class_attention": "lesson 04's loop",
    "course_utils.guidance.require_areas": "an argument check",
    "course_utils.guidance.require_window": "an argument check",
    "course_utils.hard_attention.require_one_for_each_look": "an argument check",
    "course_utils.hard_attention.require_places": "an argument check",
    "course_utils.hard_attention.require_table": "an argument check",
    "course_utils.kernel_regression.require_pairs": "an argument check",
    "course_utils.kernel_regression.require_poolable": "an argument check",
    "course_utils.noisy_inputs.require_inputs": "an argument check",
    "course_utils.noisy_inputs.require_leading": "an argument check",
    "course_utils.noisy_inputs.require_moments": "an argument check",
    "course_utils.noisy_inputs.require_problem": "an argument check",
    "course_utils.metrics.require_maps_and_masks": "an argument check",
    "course_utils.metrics.require_finite_sums": "an argument check",
    "course_utils.metrics.require_mass": "an argument check",
    "course_utils.metrics.require_share_of_maximum": "an argument check",
    "course_utils.overlays.describe_overlays": "the words that stand for the picture",
    "course_utils.overlays.draw_key": "a small part of overlay_map",
    "course_utils.overlays.label_overlays": "a small part of overlay_map",
    "course_utils.overlays.outline": "a small part of overlay_map",
    "course_utils.overlays.require_ink": "an argument check",
    "course_utils.overlays.require_overlay": "an argument check",
    "course_utils.metrics.require_rationale": "an argument check",
    "course_utils.plots.CourseFigure": "how a figure carries its alternative text",
    "course_utils.plots.figure": "makes a figure in the course's style",
    "course_utils.plots.picture_bundle": "how a figure carries its alternative text",
    "course_utils.sequence.require_decodable": "an argument check",
    "course_utils.training.progress": "shows a progress bar",
    "course_utils.training.require_usable_loss": "an argument check",
    "course_utils.vision_transformer.require_grid": "an argument check",
    "course_utils.vision_transformer.require_layers_and_heads": "an argument check",
    "course_utils.vision_transformer.require_query": "an argument check",
}


class Bare(ast.NodeTransformer):
    """Leave out documentation, type hints and argument checks."""

    def visit_arg(self, node):
        node.annotation = None
        return node

    def visit_AnnAssign(self, node):
        if node.value is None:
            return None
        return ast.Assign(targets=[node.target], value=node.value)

    def visit_FunctionDef(self, node):
        node.returns = None
        return self.generic_visit(node)

    def visit_Expr(self, node):
        call = node.value
        if isinstance(call, ast.Constant) and isinstance(call.value, str):
            return None
        if isinstance(call, ast.Call) and ast.unparse(call.func).startswith("require_"):
            return None
        return node

    def visit_For(self, node):
        self.generic_visit(node)
        return node if node.body else None  # a loop over argument checks

    def visit_If(self, node):
        if isinstance(node.body[-1], ast.Raise) and not node.orelse:
            return None  # all of it only serves the message
        return self.generic_visit(node)


def definitions(code: str) -> dict[str, ast.AST]:
    """Functions, classes and constants defined at the top of ``code``, by name."""
    found = {}
    for node in ast.parse(code).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found[node.name] = node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
            found[ast.unparse(target)] = node
    return found


def bare(node: ast.AST) -> str:
    """The code of a definition as a lesson shows it."""
    return ast.unparse(ast.fix_missing_locations(Bare().visit(node)))


def package_definitions(module: str) -> dict[str, ast.AST]:
    """The definitions of a room of the package, read without importing it.

    A room is one file, or a folder whose ``__init__`` brings its files together.
    """
    place = ROOT.joinpath(*module.split("."))
    paths = sorted(place.glob("*.py")) or [place.with_suffix(".py")]
    assert paths[0].exists(), f"there is no module {module}"
    found = {}
    for path in paths:
        found.update(definitions(path.read_text(encoding="utf-8")))
    return found


def taught_cells():
    """(lesson, cell, dotted name) for every ``taught:`` tag."""
    return [
        (path, cell, tag.removeprefix("taught:"))
        for path in lessons()
        for cell in code_cells(load(path))
        for tag in tags(cell)
        if tag.startswith("taught:")
    ]


@pytest.mark.parametrize(
    ("path", "cell", "name"),
    [
        pytest.param(path, cell, name, id=f"{path.stem}-{name.split('.')[-1]}")
        for path, cell, name in taught_cells()
    ],
)
def test_lesson_shows_what_the_package_ships(path, cell, name):
    module, _, short = name.rpartition(".")
    shipped = package_definitions(module)
    assert short in shipped, f"{path.stem}, {cell['id']}: {module} has no {short}"
    shown = definitions(cell["source"])
    assert short in shown, f"{path.stem}, {cell['id']}: does not define {short}"
    assert bare(shown[short]) == bare(shipped[short]), (
        f"{path.stem}, {cell['id']}: {short} differs from {module}; change both"
    )


def test_a_name_is_taught_in_one_lesson():
    counts = Counter(name for _, _, name in taught_cells())
    assert [name for name, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("module", TAUGHT_MODULES)
def test_every_public_name_is_taught_or_named_as_support(module):
    public = {
        f"course_utils.{module}.{name}"
        for name, node in package_definitions(f"course_utils.{module}").items()
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and name[0] != "_"
    }
    taught = {name for _, _, name in taught_cells()}
    support = {name for name in SUPPORT if name.split(".")[1] == module}
    assert sorted(public - taught - support) == [], "teach it, or add it to SUPPORT"
    assert sorted(support & taught) == [], "taught: take it out of SUPPORT"
    assert sorted(support - public) == [], "no longer there: take it out of SUPPORT"


def test_taught_names_are_imported_elsewhere_not_defined_again():
    home = {name.rpartition(".")[2]: path.stem for path, _, name in taught_cells()}
    again = defaultdict(list)
    for path in lessons():
        for cell in code_cells(load(path)):
            for name, node in definitions(cell["source"]).items():
                defines = isinstance(node, ast.FunctionDef | ast.ClassDef)
                if defines and home.get(name, path.stem) != path.stem:
                    again[f"{path.stem}, {cell['id']}"].append(name)
    assert dict(again) == {}


# ----------------------------------------------------------- the comparison itself

SHIPPED = '''
def weights(scores: Tensor, mask: Tensor | None = None, dim: int = -1) -> Tensor:
    """The weights."""
    require_tensor("scores", scores)
    for axis in (0, 1):
        require_size("scores", scores, axis, 3, "as built")
    if mask is not None and mask.dtype != torch.bool:
        raise TypeError("mask: expected booleans")
    total: Tensor = scores.exp().sum(dim)  # a comment
    return scores.exp() / total
'''
SHOWN = """
def weights(scores, mask=None, dim=-1):
    total = scores.exp().sum(dim)  # (queries,)
    return scores.exp() / total
"""


@pytest.mark.parametrize(
    ("shown", "equal"),
    [
        (SHOWN, True),
        (SHOWN.replace("dim=-1", "dim=0"), False),
        (SHOWN.replace("/ total", "* total"), False),
        (SHOWN.replace("    return", "    scores = scores - 1\n    return"), False),
        (
            SHOWN.replace("    return", "    if dim:\n        dim = 1\n    return"),
            False,
        ),
    ],
)
def test_comparison_sees_the_mechanism_only(shown, equal):
    trees = definitions(SHIPPED)["weights"], definitions(shown)["weights"]
    assert (bare(trees[0]) == bare(trees[1])) is equal


def test_comparison_reaches_into_classes():
    shipped = (
        'class A(B):\n    """Doc."""\n\n    size: int = 3\n\n'
        '    def f(self, x: int) -> int:\n        """Doc."""\n        return x\n'
    )
    shown = "class A(B):\n    size = 3\n\n    def f(self, x):\n        return x\n"
    trees = definitions(shipped)["A"], definitions(shown)["A"]
    assert bare(trees[0]) == bare(trees[1])
