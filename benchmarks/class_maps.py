"""Class maps of a small network against captum and pytorch-grad-cam.

All calls start from the pictures: the network runs forward inside the clock on both
sides. captum gives Grad-CAM at the size of the layer. pytorch-grad-cam brings each
map to between 0 and 1 and to the size of the picture; the layer here has that size,
and our side does the same scaling. A class-activation map has no peer of its own in
either package: captum's Grad-CAM without its ReLU is the same map divided by the
number of patches, where the head is an average.
"""

import importlib
from dataclasses import replace

import torch
from comparing import FORWARD, Pair, compare
from measuring import Settings, one_thread
from table import Part, Row
from torch import Tensor, nn

from course_utils.class_maps import MapClassifier, class_activation_map, grad_cam
from course_utils.torchvision_peer import import_torchvision

TITLE = "Class maps"
SIDES, TINY = (16, 32, 64), (5,)
BATCH, TARGET = 8, 1
HOW_TO_INSTALL = {
    "captum": "python -m pip install captum",
    "pytorch_grad_cam": (
        "python -m pip install --no-deps --target FOLDER grad-cam ttach "
        "opencv-python-headless, then --peers FOLDER"
    ),
}


class Logits(nn.Module):
    """The network as both packages want it: pictures in, logits out."""

    def __init__(self, network: MapClassifier) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: Tensor) -> Tensor:
        return self.network(images)[0]


def our_grad_cam(network: MapClassifier, images: Tensor) -> Tensor:
    """Return Grad-CAM of the last features, from the pictures on."""
    with torch.enable_grad():
        features = network.features(images)
        logits = network.pool(network.scores(features))
        return grad_cam(features, logits, TARGET).detach()


def our_class_map(network: MapClassifier, images: Tensor) -> Tensor:
    """Return the class-activation map, from the pictures on; it asks no gradient."""
    weight = network.scores.weight.flatten(1)  # (classes, channels)
    return class_activation_map(network.features(images), weight, TARGET)


def from_zero_to_one(maps: Tensor) -> Tensor:
    """Return each map between 0 and 1, with the peer's small number below."""
    maps = maps - maps.amin(dim=(1, 2), keepdim=True)
    return maps / (1e-7 + maps.amax(dim=(1, 2), keepdim=True))


def captum_pairs(network: MapClassifier, images: Tensor) -> list[Pair]:
    peer = importlib.import_module("captum.attr").LayerGradCam(
        Logits(network), network.features
    )

    def theirs(x: Tensor) -> Tensor:
        with torch.enable_grad():
            found = peer.attribute(x, target=TARGET, relu_attributions=True)
        return found[:, 0].detach()

    def signed(x: Tensor) -> Tensor:
        with torch.enable_grad():
            found = peer.attribute(x, target=TARGET)[:, 0].detach()
        return found * found[0].numel()

    return [
        pair("grad_cam", "captum LayerGradCam", our_grad_cam, theirs, network, images),
        pair(
            "class_activation_map",
            "captum LayerGradCam without ReLU, times patches",
            our_class_map,
            signed,
            network,
            images,
        ),
    ]


def grad_cam_pairs(network: MapClassifier, images: Tensor) -> list[Pair]:
    package = importlib.import_module("pytorch_grad_cam")
    targets = importlib.import_module("pytorch_grad_cam.utils.model_targets")
    peer = package.GradCAM(model=Logits(network), target_layers=[network.features])
    chosen = [targets.ClassifierOutputTarget(TARGET)] * len(images)

    def ours(network: MapClassifier, x: Tensor) -> Tensor:
        once = from_zero_to_one(our_grad_cam(network, x))
        return from_zero_to_one(once)  # as the peer does, which scales twice

    def theirs(x: Tensor) -> Tensor:
        with torch.enable_grad():
            return torch.from_numpy(peer(input_tensor=x, targets=chosen))

    return [
        pair(
            "grad_cam, scaled to 0..1",
            "pytorch-grad-cam GradCAM",
            ours,
            theirs,
            network,
            images,
        )
    ]


def pair(what, peer, ours, theirs, network, images) -> Pair:
    return Pair(
        what,
        peer,
        lambda x: ours(network, x),
        theirs,
        [images],
        ([], []),
        passes=(FORWARD,),
    )


def measure(settings: Settings) -> Part:
    """Return the part; ``settings.tiny`` for pictures that take no time."""
    one_thread()
    import_torchvision()  # pytorch-grad-cam imports it, and may not manage alone
    part = Part(TITLE)
    makers = {}
    for package, make in (
        ("captum", captum_pairs),
        ("pytorch_grad_cam", grad_cam_pairs),
    ):
        try:
            importlib.import_module(package)
            makers[package] = make
        except ImportError as error:
            part.missing.append(
                f"{package} ({error}); to get it: {HOW_TO_INSTALL[package]}"
            )
    for make in makers.values():
        for side in TINY if settings.tiny else SIDES:
            network = MapClassifier(strides=(1, 1, 1)).eval()
            images = torch.rand(BATCH, 3, side, side)
            for each in make(network, images):
                part.rows += [
                    named(row)
                    for row in compare(
                        each, f"{side} x {side}", "class_maps", settings.budget
                    )
                ]
    part.notes.append(
        f"{BATCH} pictures; the network's forward pass is inside the clock on both "
        "sides, and so is the backward pass that Grad-CAM takes."
    )
    return part


def named(row: Row) -> Row:
    """Return the row without the name of a pass: there is only one."""
    return replace(row, what=row.what.removesuffix(f", {FORWARD}"))
