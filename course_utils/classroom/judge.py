"""The judge: checks in one process, the student's code in another.

Whoever shares a process with the checks can change them. Here the student's cells
run in the sandbox, and the checks run on the teacher's side; only plain values
cross: numbers, words, tensors, lists of them. Gradients cross too, one call at a
time, and so does the news that a function changed its arguments. What cannot
cross are functions and objects: a task whose answer takes or gives one is marked
"cannot be judged apart" and needs another mode.

It takes longer than ``fork`` (a process for each notebook, a message for each
call), so it is meant for what counts: exam items.
"""

import ast
import contextlib
import io
import traceback
from collections.abc import Callable

import torch
from torch import Tensor

from course_utils.classroom.protocol import error_output, stream_output
from course_utils.classroom.values import (
    NotPlain,
    decode,
    encode,
    tensors_in,
    with_tensors,
)


class StudentsError(Exception):
    """What a student's function raised, or that it did not answer."""


class Student:
    """A student's process, behind ``ask``: request in, reply out."""

    def __init__(self, ask: Callable[[dict], dict]) -> None:
        self._ask = ask
        self.calls = 0
        self.refused = ""  # what could not cross, in the check that runs now

    def ask(self, request: dict) -> dict:
        """Return the reply.

        Raises:
            StudentsError: the student's code raised, died or took too long.
        """
        reply = self._ask(request)
        if "error" in reply:
            raise StudentsError(": ".join(map(str, reply["error"]))[:2000])
        return reply

    def function(self, name: str) -> Callable:
        """Return a function that calls the student's function of this name."""

        def call(*arguments: object, **options: object) -> object:
            return self.call(name, arguments, options)

        call.__name__ = name
        return call

    def call(self, name: str, arguments: tuple, options: dict) -> object:
        """Return what the student's function returns, with its gradient."""
        given = tensors_in([arguments, options])
        wanted = torch.is_grad_enabled()
        leaves = [
            place
            for place, tensor in enumerate(given)
            if wanted and tensor.requires_grad and tensor.is_floating_point()
        ]
        self.calls += 1
        number = self.calls
        request = {"call": name, "number": number, "leaves": leaves}
        try:
            request["arguments"] = encode(list(arguments))
            request["options"] = encode(options)
        except NotPlain as error:
            self.refused = str(error)
            raise
        reply = self.ask(request)
        for place, code in reply["changed"].items():
            with torch.no_grad():
                given[int(place)].copy_(decode(code))
        result = decode(reply["result"])
        outputs = tensors_in(result)
        flags = reply["differentiable"]
        if leaves and any(flags):
            inputs = [given[place] for place in leaves]
            joined = _Call.apply(self, number, outputs, flags, *inputs)
            result = with_tensors(result, list(joined))
        return result


class _Call(torch.autograd.Function):
    """Joins the student's outputs to our inputs; backward asks the student."""

    @staticmethod
    def forward(ctx, student, number, outputs, flags, *inputs):
        ctx.student, ctx.number = student, number
        fresh = tuple(output.clone() for output in outputs)
        constant = [o for o, flag in zip(fresh, flags, strict=True) if not flag]
        ctx.mark_non_differentiable(*constant)
        return fresh

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, *gradients: Tensor):
        codes = [None if g is None else encode(g) for g in gradients]
        reply = ctx.student.ask({"slope": ctx.number, "gradients": codes})
        slopes = [None if s is None else decode(s) for s in reply["slopes"]]
        return None, None, None, None, *slopes


def judge_cells(cells: list, setup: list[str], student: Student) -> list[list[dict]]:
    """Return the outputs of each code cell of a restored notebook.

    Checks run here, after the set's own ``setup`` cells, with the student's
    functions in place of the answers. Every cell that a student could change runs
    at the student's.
    """
    here: dict = {"__name__": "__main__"}
    for source in setup:
        _check(source, here, student)
    outputs = []
    for cell in cells:
        graded = cell.metadata.get("nbgrader", {})
        if graded.get("grade") and not graded.get("solution"):
            outputs.append(_check(cell.source, here, student))
        else:
            outputs.append(_define(cell.source, here, student))
    return outputs


def _define(source: str, here: dict, student: Student) -> list[dict]:
    """Run a student's cell at the student's; offer its functions to the checks."""
    try:
        reply = student.ask({"define": _without_magic(source)})
    except StudentsError as error:
        return [error_output("StudentsError", str(error))]
    for name in _functions(source):
        here[name] = student.function(name)
    printed = str(reply.get("printed", ""))
    return [stream_output(printed)] if printed else []


def _without_magic(source: str) -> str:
    lines = source.splitlines()
    return "\n".join(
        "pass" if line.lstrip().startswith(("%", "!")) else line for line in lines
    )


def _functions(source: str) -> list[str]:
    """Return the names of functions that a cell defines at its top level."""
    try:
        body = ast.parse(_without_magic(source)).body
    except SyntaxError:
        return []
    named = [node.name for node in body if isinstance(node, ast.FunctionDef)]
    for node in body:  # soften = lambda ...
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda):
            named += [t.id for t in node.targets if isinstance(t, ast.Name)]
    return named


def _check(source: str, here: dict, student: Student) -> list[dict]:
    """Run a check here; return what it printed or raised."""
    printed = io.StringIO()
    outputs = []
    student.refused = ""
    with contextlib.redirect_stdout(printed):
        try:
            exec(compile(source, "<check>", "exec"), here)
        except BaseException as error:
            lines = traceback.format_exception(error)
            outputs.append(error_output(type(error).__name__, str(error), lines))
    if student.refused:  # also where the check caught the error
        words = f"cannot be judged apart: {student.refused}"
        outputs = [error_output("NotJudged", words)]
    text = printed.getvalue()
    return [*([stream_output(text)] if text else []), *outputs]


def judge(
    notebook: str,
    files: dict[str, str],
    setup: list[str],
    ask: Callable[[dict], dict],
) -> dict:
    """Return a notebook with the outputs of its cells, and notes.

    ``setup`` is the code that the set itself brings before its tasks. ``ask``
    hands a request to a fresh student's process and returns its reply.
    """
    import nbformat

    parsed = nbformat.reads(notebook, 4)
    code = [cell for cell in parsed.cells if cell.cell_type == "code"]
    ask({"files": files})
    notes = []
    judged = judge_cells(code, setup, Student(ask))
    for cell, outputs in zip(code, judged, strict=True):
        cell.execution_count = None
        cell.outputs = [nbformat.from_dict(output) for output in outputs]
        if any(output.get("ename") == "NotJudged" for output in outputs):
            name = cell.metadata.nbgrader.grade_id
            notes.append(f"{name} cannot be judged apart: use another mode")
    return {"notebook": nbformat.writes(parsed), "notes": notes}
