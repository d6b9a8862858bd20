"""Few annotations: which pictures to annotate, how to learn from them, what they cost.

Every picture has its class. Some have a box, few have a mask. A training step looks
at a whole batch for the classes, and at a handful of annotated pictures, drawn
anew, for the maps: with 8 masks among 400 pictures most batches would hold none.

Which pictures are worth a box? Active choice asks a first network where it is
unsure: of the class (entropy of its prediction) or of the place (entropy of the
blobs of its map, ``course_utils.blobs``). Shapes by axis name.
"""

import torch
from torch import Tensor, nn

from course_utils.arguments import (
    require_callable,
    require_cell,
    require_count,
    require_finite,
    require_index_type,
    require_indices,
    require_mask,
    require_number,
    require_size,
    require_tensor,
    require_whole_numbers,
)
from course_utils.guidance.boxes import adversarial_images, box_loss, boxes_of
from course_utils.guidance.supervision import mask_loss

HANDFUL = 8  # annotated pictures of each kind in a step
SECONDS_BOX = 7.0  # four clicks on the outermost points
SECONDS_MASK = 79.0  # tracing the outline


def annotation_cost(boxes: int, masks: int, mask_cost: float | None = None) -> float:
    """Return what boxes and masks cost together, in boxes.

    Args:
        boxes, masks: how many pictures got each.
        mask_cost: how many boxes one mask costs; None for 79 / 7, about 11.

    Raises:
        TypeError, ValueError: counts or a cost below 0.

    Source: 7 s a box, Papadopoulos and others, "Extreme clicking for efficient
        object annotation", 2017, arXiv 1708.02750; 22 hours for 1000 masks, 79 s a
        mask, Lin and others, "Microsoft COCO", 2014, arXiv 1405.0312.
    """
    require_count("boxes", boxes, least=0)
    require_count("masks", masks, least=0)
    if mask_cost is None:
        mask_cost = SECONDS_MASK / SECONDS_BOX
    require_number("mask_cost", mask_cost, 0)
    return boxes + mask_cost * masks


def prediction_entropy(logits: Tensor) -> Tensor:
    """Return how unsure each prediction is, (batch,), in nats: 0 to ln(classes).

    Raises:
        TypeError, ValueError: not (batch, classes), NaN or infinite.
    """
    require_tensor("logits", logits, "batch, classes")
    require_finite("logits", logits)
    return torch.special.entr(logits.softmax(dim=-1)).sum(dim=-1)


def choose_to_annotate(
    uncertainties: Tensor,
    budget: int,
    taken: Tensor | None = None,
    seed: int = 0,
) -> Tensor:
    """Return the numbers of the ``budget`` most uncertain pictures, (budget,).

    Pictures that tie are drawn at random: many maps have one blob and entropy 0
    exactly, and the first of them in the file are not the better ones. Equal
    uncertainties everywhere are therefore a random choice.

    Args:
        uncertainties: (scenes,), higher is more in need of a label.
        budget: how many to choose, at most the pictures that are left.
        taken: numbers of pictures annotated already; they are not chosen again.
        seed: of the order among ties.

    Raises:
        TypeError, ValueError: NaN, unknown numbers, a budget above what is left.

    Source: Lewis and Gale, "A Sequential Algorithm for Training Text Classifiers",
        1994, arXiv cmp-lg/9407020.
    """
    require_tensor("uncertainties", uncertainties, "scenes")
    require_finite("uncertainties", uncertainties)
    require_count("budget", budget, least=0)
    require_count("seed", seed, least=0)
    free = torch.ones(len(uncertainties), dtype=torch.bool)
    if taken is not None:
        require_tensor("taken", taken, "some", floating=False)
        require_indices("taken", taken, len(uncertainties))
        free[taken.cpu().long()] = False
    if budget > free.sum():
        raise ValueError(
            f"budget: expected at most {int(free.sum())}, the pictures without a "
            f"label, got {budget}"
        )
    draw = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(free), generator=draw)  # ties: in a random order
    order = order[free[order]]
    values = uncertainties.detach().cpu()[order]
    ranks = values.argsort(descending=True, stable=True)
    return order[ranks[:budget]].to(uncertainties.device)


class AnnotationLoss:
    """An extra loss of ``train_map_classifier``: from a few masks and some boxes.

    Called with ``(logits, maps, batch)`` of a step, of which it uses nothing but the
    type of the maps. It draws 8 pictures with a mask and 8 with a box, or as many as
    there are, and sends them through the network: ``mask_loss`` for the ones,
    ``box_loss`` for the others, both times ``weight``.

    Args:
        network: returns ``(logits (batch, classes), maps (batch, classes, h, w))``.
        images: (scenes, 3, height, width).
        classes: (scenes,), of any integer type.
        masks: (scenes, height, width), boolean. Of the ``masked`` rows the masks
            count, of the ``boxed`` ones only the boxes around them, of others nothing.
        masked, boxed: (some,), numbers of pictures, int64 or int32, none twice; either
            may be empty.
        weight: of both losses beside the cross-entropy.
        epsilon: above 0, boxes are learned on adversarial pictures.
        seed: of the draws.

    Raises:
        TypeError, ValueError: shapes or numbers that do not match.
    """

    def __init__(
        self,
        network: nn.Module,
        images: Tensor,
        classes: Tensor,
        masks: Tensor,
        masked: Tensor,
        boxed: Tensor,
        weight: float = 10.0,
        epsilon: float = 0.0,
        seed: int = 0,
    ) -> None:
        require_callable("network", network, "a network that returns logits and maps")
        require_scenes(images, classes, masks)
        for name, given in (("masked", masked), ("boxed", boxed)):
            require_pictures(name, given, len(images))
        require_number("weight", weight, 0)
        require_number("epsilon", epsilon, 0)
        require_count("seed", seed, least=0)
        self.network, self.images = network, images
        self.classes = classes.long()
        self.masks, self.boxes = masks, boxes_of(masks)
        self.masked, self.boxed = masked, boxed
        self.weight, self.epsilon = weight, epsilon
        self.draw = torch.Generator().manual_seed(seed)

    def handful(self, chosen: Tensor) -> Tensor:
        """Return a few of the chosen pictures, none of them twice."""
        require_pictures("chosen", chosen, len(self.images))
        order = torch.randperm(len(chosen), generator=self.draw)
        return chosen[order[:HANDFUL]]

    def __call__(self, logits: Tensor, maps: Tensor, batch: Tensor) -> Tensor:
        """Return the loss of this step's handful, one number."""
        require_tensor("maps", maps)
        total = maps.new_zeros(())
        few = self.handful(self.masked)
        if len(few):
            _, seen = self.network(self.images[few])  # (few, classes, h, w)
            total = total + mask_loss(seen, self.classes[few], self.masks[few])
        few = self.handful(self.boxed)
        if len(few):
            images = self.images[few]
            told = self.classes[few], self.boxes[few]
            if self.epsilon:
                images = adversarial_images(self.network, images, *told, self.epsilon)
            total = total + box_loss(self.network(images)[1], *told)
        return self.weight * total


def require_pictures(name: str, given: object, scenes: int) -> None:
    """Raise unless ``given`` numbers some of the pictures, none of them twice."""
    require_tensor(name, given, "some", floating=False)
    require_indices(name, given, scenes)
    require_index_type(name, given)
    if len(given.unique()) < len(given):
        raise ValueError(
            f"{name}: expected each picture once, got {len(given)} numbers of "
            f"{len(given.unique())} pictures; a handful would hold one of them twice"
        )


def require_scenes(images: object, classes: object, masks: object) -> None:
    """Raise unless there are a class and a boolean mask for each picture."""
    require_tensor("images", images, "scenes, 3, height, width")
    require_size("images", images, 1, 3, "for three colours")
    require_finite("images", images)
    require_cell("images", images)
    require_tensor("classes", classes, "scenes", floating=False)
    require_tensor("masks", masks, "scenes, height, width", floating=False)
    require_mask("masks", masks, masks.shape)
    require_cell("masks", masks)
    require_whole_numbers("classes", classes, "convert them with classes.long()")
    for name, given in (("classes", classes), ("masks", masks)):
        require_size(name, given, 0, len(images), "with one per picture")
