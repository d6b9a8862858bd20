"""What gives away code that interferes with its own checks.

After the student's cells come a few that must fail (0 == 1, a comparison of zeros
with ones, each check of ``course_utils.checks`` on wrong input) and one number to
print. Code that turned the checks off makes them pass, and is seen. Code that
interferes with some checks only is not: tests that share a process with a
student's code can be fooled. ``judge`` keeps them apart.
"""

import ast

from course_utils.classroom.protocol import DROPPED, TIMEOUTS

MUST_FAIL = {
    "assert": "assert 0 == 1",
    "numpy": "import numpy as _np\n_np.testing.assert_allclose(0.0, 1.0)",
    "torch": "import torch as _t\nassert _t.allclose(_t.zeros(2), _t.ones(2))",
    "comparison": "import torch as _t\nassert (_t.zeros(2) == _t.ones(2)).any()",
    "expect": "from course_utils import checks as _c\n_c.expect(False, '', '', '')",
    "expect_tensor": "from course_utils import checks as _c\n"
    "_c.expect_tensor(None, '')",
    "expect_close": "from course_utils import checks as _c\n"
    "_c.expect_close(_t.zeros(2), _t.ones(2), '', '')",
    "expect_parts": "from course_utils import checks as _c\n"
    "_c.expect_parts(None, '', ['a', 'b'])",
    "expect_rows_sum_to_one": "from course_utils import checks as _c\n"
    "_c.expect_rows_sum_to_one(_t.ones(2, 2), '')",
    "expect_unchanged": "from course_utils import checks as _c\n"
    "_c.expect_unchanged(lambda a: a.zero_(), [_t.ones(2)], '')",
}


def canaries_that_sang(cells: list, number: int) -> list[str]:
    """Return what the cells after the student's show that they should not."""
    odd = [
        f"Tampered: {name} no longer fails where it must"
        for name, outputs in zip(MUST_FAIL, cells, strict=False)
        if not any(output["output_type"] == "error" for output in outputs or [])
    ]
    shown = [
        output["data"].get("text/plain")
        for output in (cells[-1] if cells else None) or []
        if output["output_type"] == "execute_result"
    ]
    if shown != [str(number + 1)]:
        odd.append("Tampered: a result is not displayed as it is")
    return odd


def forged_results(code: list) -> list[str]:
    """Return the check cells that show a result which no line of theirs gives.

    nbgrader reads points from the first result that a check shows.
    """
    odd = []
    for cell in code:
        graded = cell.metadata.get("nbgrader", {})
        results = [o for o in cell.outputs if o.output_type == "execute_result"]
        if not (graded.get("grade") and results):
            continue
        earned = _is_share_of(results[0], graded["points"])
        if len(results) > _gives_points(cell.source) or not earned:
            odd.append(f"Tampered: {graded['grade_id']} shows a forged result")
    return odd


def _gives_points(source: str) -> bool:
    """Whether a check ends in points: in an expression that is no ``passed(...)``."""
    try:
        last = ast.parse(source).body[-1:]
    except SyntaxError:
        return False
    if not last or not isinstance(last[0], ast.Expr):
        return False
    call = last[0].value
    return not (isinstance(call, ast.Call) and ast.unparse(call.func) == "passed")


def _is_share_of(result: dict, points: float) -> bool:
    """Whether a result is a number from 0 to ``points``."""
    try:
        return 0 <= float(result["data"].get("text/plain", "")) <= points
    except ValueError:
        return False


def limits_met(code: list) -> list[str]:
    """Return the limits that single cells ran into."""
    notes = []
    for place, cell in enumerate(code, 1):
        name = cell.metadata.get("nbgrader", {}).get("grade_id", f"code cell {place}")
        if any(output.get("ename") in TIMEOUTS for output in cell.outputs):
            notes.append(f"{name} ran past its time")
        if any(DROPPED in output.get("text", "") for output in cell.outputs):
            notes.append(f"{name} printed so much that output was dropped")
    return notes
