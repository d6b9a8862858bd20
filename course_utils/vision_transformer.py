"""A small vision transformer that hands out its maps, and how to add them up.

A picture is cut into patches, each patch becomes a token, and one more token, the
**class token** (CLS), stands for the whole picture. Every layer lets all tokens
attend to all tokens; the last layer's class token is classified. Token 0 is the
class token, token 1 the patch at the top left, then row by row.

A layer's weights are (batch, heads, tokens, tokens). One row of such a matrix, cut
to the patches and folded back, is a map over the picture: ``patch_map``. Over
several layers, ``attention_rollout`` multiplies them.
"""

import torch
from torch import Tensor, nn

from course_utils.arguments import (
    require_attention,
    require_count,
    require_divisor,
    require_layer_dtype,
    require_same_tokens,
    require_size,
    require_tensor,
)
from course_utils.sequence import MultiHeadAttention

AS_BUILT = "as this network was built (see channels and side)"


class TransformerBlock(nn.Module):
    """One layer: tokens attend to tokens, then each token thinks for itself.

    Both parts are added to what comes in, and see it normalised:

        x = x + attention(norm(x))
        x = x + mlp(norm(x))

    Called with tokens (batch, tokens, size) and a boolean mask, True = may be
    attended, as ``MultiHeadAttention`` takes it. Returns the tokens, in the same
    shape, and the weights (batch, heads, tokens, tokens).

    Raises:
        TypeError, ValueError: ``heads`` that do not divide ``size``, tokens of other
            axes, size or type than the block was built for, a mask that does not fit.

    Source: Dosovitskiy et al. 2020, arXiv 2010.11929; the norm stands before each
        part, and not behind it as in Vaswani et al. 2017, arXiv 1706.03762.
    """

    def __init__(self, size: int, heads: int) -> None:
        require_count("size", size)
        super().__init__()
        self.norm_1, self.norm_2 = nn.LayerNorm(size), nn.LayerNorm(size)
        self.attention = MultiHeadAttention(size, heads)
        self.mlp = nn.Sequential(
            nn.Linear(size, 2 * size), nn.GELU(), nn.Linear(2 * size, size)
        )

    def forward(self, tokens: Tensor, mask: Tensor | None = None) -> tuple:
        """Return ``(tokens, weights)``; see the class for the shapes."""
        require_tensor("tokens", tokens, "batch, tokens, size")
        require_size("tokens", tokens, 2, len(self.norm_1.weight), "as built")
        require_layer_dtype("tokens", tokens, self.norm_1.weight)
        x = self.norm_1(tokens)
        attended, weights = self.attention(x, x, x, mask)
        tokens = tokens + attended
        return tokens + self.mlp(self.norm_2(tokens)), weights


class VisionTransformer(nn.Module):
    """Classifies square pictures from patches, and returns every layer's weights.

    Called with pictures (batch, channels, side, side). Returns the logits (batch,
    classes) and the weights (batch, layers, heads, tokens, tokens), where tokens =
    1 + (side / patch)^2 and rows are queries.

    Raises:
        ValueError: a ``patch`` that does not divide ``side``, ``heads`` that do not
            divide ``size``, pictures of another shape than the network was built for.

    Source: Dosovitskiy et al. 2020, arXiv 2010.11929.
    """

    def __init__(
        self,
        side: int = 28,
        patch: int = 4,
        classes: int = 4,
        size: int = 32,
        heads: int = 4,
        layers: int = 2,
        channels: int = 1,
    ) -> None:
        require_count("side", side)
        require_count("patch", patch)
        require_divisor("patch", patch, "side", side)
        require_count("layers", layers)
        require_count("classes", classes)
        require_count("size", size)
        require_count("channels", channels)
        super().__init__()
        self.side, self.grid = side, side // patch  # pixels and patches in a row
        # A convolution that steps by its own width: one product for each patch.
        self.embed = nn.Conv2d(channels, size, patch, stride=patch)
        self.class_token = nn.Parameter(torch.zeros(1, 1, size))
        places = torch.randn(1, 1 + self.grid**2, size)
        self.places = nn.Parameter(0.02 * places)  # learned positions
        self.blocks = nn.ModuleList(
            TransformerBlock(size, heads) for _ in range(layers)
        )
        self.norm, self.head = nn.LayerNorm(size), nn.Linear(size, classes)

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """Return ``(logits, weights)``; see the class for the shapes."""
        require_tensor("pictures", pictures, "batch, channels, side, side")
        require_size("pictures", pictures, 1, self.embed.in_channels, AS_BUILT)
        for axis in (2, 3):
            require_size("pictures", pictures, axis, self.side, AS_BUILT)
        require_layer_dtype("pictures", pictures, self.embed.weight)
        patches = self.embed(pictures).flatten(2).mT  # (batch, patches, size)
        first = self.class_token.expand(len(patches), -1, -1)
        tokens = torch.cat([first, patches], dim=1) + self.places
        layers = []
        for block in self.blocks:
            tokens, weights = block(tokens)
            layers.append(weights)
        logits = self.head(self.norm(tokens[:, 0]))  # (batch, classes)
        return logits, torch.stack(layers, dim=1)


def patch_map(weights: Tensor, query: int = 0) -> Tensor:
    """Return where one token looks, as a map over the grid of patches.

    Row ``query`` of each matrix, without the class token's column, folded into rows
    of patches. What the query gives to the class token is left out, so a map sums
    to 1 minus that share: report the share beside the map.

    Args:
        weights: (..., tokens, tokens), rows sum to one; token 0 is the class token
            and the others are the patches of a square grid, row by row.
        query: the token that looks; 0 is the class token, 1 + row * grid + column
            a patch.

    Returns:
        (..., grid, grid), from 0 to 1.

    Raises:
        TypeError: not a floating-point tensor.
        ValueError: not attention weights, not square, patches that are no square
            grid, or a query that is none of the tokens.
    """
    require_attention("weights", weights)
    require_same_tokens("weights", weights, least=2)
    require_grid("weights", weights)
    require_query("query", query, weights)
    row = weights[..., query, 1:]  # (..., patches)
    grid = round(row.shape[-1] ** 0.5)
    return row.unflatten(-1, (grid, grid))  # (..., grid, grid)


def attention_rollout(weights: Tensor) -> Tensor:
    """Return how much of each input token reaches each output token, by weight.

    A layer adds what it attends to what it had, so half of a token is itself:
    ``A_hat = 0.5 A + 0.5 I``, with A the mean over the heads. Layers multiply, the
    last one on the left: ``R = A_hat_L ... A_hat_2 A_hat_1``. Row i says from which
    input tokens output token i is mixed; rows sum to one.

    It is a rule of thumb: values, projections, MLPs and norms are left out.

    Args:
        weights: (batch, layers, heads, tokens, tokens), rows sum to one; layer 0
            is the first.

    Returns:
        (batch, tokens, tokens), rows sum to one.

    Raises:
        TypeError: not a floating-point tensor.
        ValueError: another number of axes, not attention weights, not square, no
            layer or no head.

    Source: Abnar and Zuidema, "Quantifying Attention Flow in Transformers", 2020,
        arXiv 2005.00928.
    """
    require_tensor("weights", weights, "batch, layers, heads, tokens, tokens")
    require_attention("weights", weights)
    require_same_tokens("weights", weights)
    require_layers_and_heads("weights", weights)
    mean = weights.mean(dim=2)  # (batch, layers, tokens, tokens)
    itself = torch.eye(mean.shape[-1], dtype=mean.dtype, device=mean.device)
    mixed = 0.5 * mean + 0.5 * itself  # (batch, layers, tokens, tokens)
    rollout = itself.expand_as(mean[:, 0])  # (batch, tokens, tokens)
    for layer in mixed.unbind(dim=1):
        rollout = layer @ rollout
    return rollout


def require_grid(name: str, weights: Tensor) -> None:
    """Raise unless the tokens are one class token and a square number of patches."""
    patches = weights.shape[-1] - 1
    if round(patches**0.5) ** 2 != patches:
        raise ValueError(
            f"{name}: expected 1 + grid * grid tokens, got {patches + 1}; is the class "
            "token there, as token 0, and are the patches a square?"
        )


def require_query(name: str, query: int, weights: Tensor) -> None:
    """Raise unless ``query`` is the number of a token."""
    require_count(name, query, least=0)
    if query >= weights.shape[-1]:
        raise ValueError(
            f"{name}: expected a token from 0 to {weights.shape[-1] - 1}, got {query}; "
            "the patch in a row and a column is 1 + row * grid + column"
        )


def require_layers_and_heads(name: str, weights: Tensor) -> None:
    """Raise unless there is a layer and a head to average."""
    if 0 in weights.shape[1:3]:
        raise ValueError(
            f"{name}: expected at least one layer and one head, got shape "
            f"{tuple(weights.shape)}"
        )
