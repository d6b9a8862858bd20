"""Plain values on their way between two processes: numbers, words, tensors, lists.

Nothing that is received is ever unpickled or run. Used by ``judge``.
"""

import base64
import math

import torch
from torch import Tensor

DTYPES = {
    str(dtype).removeprefix("torch."): dtype
    for dtype in (
        torch.float64,
        torch.float32,
        torch.float16,
        torch.bfloat16,
        torch.int64,
        torch.int32,
        torch.int16,
        torch.int8,
        torch.uint8,
        torch.bool,
    )
}
MOST_NUMBERS = 1 << 22  # in one tensor


class NotPlain(TypeError):
    """A value that cannot cross: a function, a class, an object of one's own."""


def encode(value: object) -> dict:
    """Return a value as something that JSON can hold.

    Raises:
        NotPlain: it is none of the kinds named above.
    """
    if isinstance(value, Tensor):
        data = value.detach().cpu()
        if data.numel() > MOST_NUMBERS:
            raise NotPlain(f"a tensor of {data.numel()} numbers")
        flat = data.reshape(-1).clone(memory_format=torch.contiguous_format)
        raw = flat.view(torch.uint8).numpy().tobytes()
        return {
            "tensor": base64.b64encode(raw).decode(),
            "dtype": str(data.dtype).removeprefix("torch."),
            "shape": list(data.shape),
        }
    if isinstance(value, bool | str | type(None) | int):
        return {"plain": value}
    if isinstance(value, float):
        return {"float": value.hex()}
    if isinstance(value, list | tuple):
        kind = "tuple" if isinstance(value, tuple) else "list"
        return {kind: [encode(part) for part in value]}
    if isinstance(value, dict):
        return {"dict": [[encode(k), encode(v)] for k, v in value.items()]}
    if type(value).__module__ == "numpy":
        return {"numpy": encode(torch.as_tensor(value))}
    raise NotPlain(
        f"{type(value).__name__} cannot be handed from one process to the other"
    )


def decode(code: dict) -> object:
    """Return the value that ``encode`` was given.

    Raises:
        ValueError: not something that ``encode`` makes.
    """
    if not isinstance(code, dict) or not code:
        raise ValueError("not a value")
    kind = next(iter(code))
    content = code[kind]
    if kind == "tensor":
        shape = [int(size) for size in code["shape"]]
        count = math.prod(shape)
        if count > MOST_NUMBERS or any(size < 0 for size in shape):
            raise ValueError("a tensor of this size is not accepted")
        raw = bytearray(base64.b64decode(content))
        dtype = DTYPES[code["dtype"]]
        if not raw:
            return torch.empty(shape, dtype=dtype)
        return torch.frombuffer(raw, dtype=torch.uint8).view(dtype).reshape(shape)
    if kind == "plain" and isinstance(content, bool | str | type(None) | int):
        return content
    if kind == "float":
        return float.fromhex(content)
    if kind in ("list", "tuple"):
        parts = [decode(part) for part in content]
        return tuple(parts) if kind == "tuple" else parts
    if kind == "dict":
        return {decode(k): decode(v) for k, v in content}
    if kind == "numpy":
        return decode(content).numpy()
    raise ValueError(f"not a value: {kind}")


def tensors_in(value: object) -> list[Tensor]:
    """Return the tensors in a value, from left to right."""
    if isinstance(value, Tensor):
        return [value]
    if isinstance(value, list | tuple):
        return [tensor for part in value for tensor in tensors_in(part)]
    if isinstance(value, dict):
        return [tensor for part in value.values() for tensor in tensors_in(part)]
    return []


def with_tensors(value: object, tensors: list[Tensor]) -> object:
    """Return the value with its tensors replaced, from left to right."""
    waiting = iter(tensors)

    def fill(part: object) -> object:
        if isinstance(part, Tensor):
            return next(waiting)
        if isinstance(part, list | tuple):
            return type(part)(map(fill, part))
        if isinstance(part, dict):
            return {key: fill(inner) for key, inner in part.items()}
        return part

    return fill(value)
