"""The student's side of ``judge``, inside the sandbox: defines, and answers calls.

Requests are lines of JSON: ``define`` (code to run), ``call`` (a name and plain
values) or ``slope`` (the gradient of an earlier call). Nothing of the checks is in
this process.
"""

import contextlib
import io
import json

import torch

from course_utils.classroom.protocol import own_channels, place_files, say
from course_utils.classroom.values import decode, encode, tensors_in

MOST_CALLS = 500  # whose graphs are kept: the latest


class Answers:
    """The names that a student's cells defined, and the calls made so far."""

    def __init__(self) -> None:
        self.names: dict = {"__name__": "__main__"}
        self.calls: dict[int, tuple[list, list]] = {}

    def define(self, request: dict) -> dict:
        """Run a cell; return what it printed."""
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(request["define"], "<cell>", "exec"), self.names)
        return {"printed": printed.getvalue()[:10_000]}

    def call(self, request: dict) -> dict:
        """Call a function; return its result and the arguments that it changed."""
        arguments = decode(request["arguments"])
        options = decode(request["options"])
        given = tensors_in([arguments, options])
        leaves = [given[place].requires_grad_() for place in request["leaves"]]
        before = [tensor.detach().clone() for tensor in given]
        function = self.names[request["call"]]
        with contextlib.redirect_stdout(io.StringIO()):
            result = function(*arguments, **options)
        outputs = tensors_in(result)
        self.calls[request["number"]] = leaves, outputs
        if len(self.calls) > MOST_CALLS:
            del self.calls[min(self.calls)]
        changed = {
            place: encode(after)
            for place, (was, after) in enumerate(zip(before, given, strict=True))
            if not torch.equal(was.nan_to_num(), after.detach().nan_to_num())
        }
        return {
            "result": encode(result),
            "changed": changed,
            "differentiable": [tensor.requires_grad for tensor in outputs],
        }

    def slope(self, request: dict) -> dict:
        """Return the gradient of an earlier call, as autograd gives it."""
        leaves, outputs = self.calls[request["slope"]]
        pairs = [
            (output, decode(gradient))
            for output, gradient in zip(outputs, request["gradients"], strict=True)
            if gradient is not None and output.requires_grad
        ]
        if not pairs:
            return {"slopes": [None] * len(leaves)}
        ends, gradients = zip(*pairs, strict=True)
        slopes = torch.autograd.grad(
            ends, leaves, gradients, retain_graph=True, allow_unused=True
        )
        return {"slopes": [None if s is None else encode(s) for s in slopes]}


def serve_answers() -> None:
    """Answer requests until there are no more; the first brings the files."""
    torch.set_num_threads(1)
    requests, replies = own_channels()
    say(replies, {"ready": True})
    answers = Answers()
    place_files(json.loads(requests.readline())["files"])
    say(replies, {})
    for line in requests:
        request = json.loads(line)
        kind = next(name for name in ("define", "call", "slope") if name in request)
        try:
            reply = getattr(answers, kind)(request)
        except BaseException as error:
            reply = {"error": [type(error).__name__, str(error)[:2000]]}
        say(replies, reply)
