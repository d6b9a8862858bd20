"""Argument checks that speak: what was expected, what came, the way out.

Public functions call these first. A lesson leaves them out when it shows the
same definition: they guard the mechanism, they are not part of it.
"""

from course_utils.arguments.attending import (
    require_alignment,
    require_attention,
    require_head_mask,
    require_lengths,
    require_mask,
    require_queries_and_keys,
    require_same_tokens,
    require_some_key,
)
from course_utils.arguments.scalars import (
    require_choice,
    require_count,
    require_divisor,
    require_even,
    require_number,
    require_positive,
    require_reducible,
    require_share,
)
from course_utils.arguments.tensors import (
    require_axis,
    require_cell,
    require_cells,
    require_feature_map,
    require_finite,
    require_index_type,
    require_indices,
    require_invertible,
    require_layer_dtype,
    require_no_nan,
    require_not_negative,
    require_same_dtype,
    require_size,
    require_some,
    require_tensor,
    require_whole_numbers,
)
from course_utils.arguments.things import (
    require_callable,
    require_fields,
    require_generator,
    require_instance,
)

__all__ = [
    "require_alignment",
    "require_attention",
    "require_axis",
    "require_callable",
    "require_cell",
    "require_cells",
    "require_choice",
    "require_count",
    "require_divisor",
    "require_even",
    "require_feature_map",
    "require_fields",
    "require_finite",
    "require_generator",
    "require_head_mask",
    "require_index_type",
    "require_indices",
    "require_instance",
    "require_invertible",
    "require_layer_dtype",
    "require_lengths",
    "require_mask",
    "require_no_nan",
    "require_not_negative",
    "require_number",
    "require_positive",
    "require_queries_and_keys",
    "require_reducible",
    "require_same_dtype",
    "require_same_tokens",
    "require_share",
    "require_size",
    "require_some",
    "require_some_key",
    "require_tensor",
    "require_whole_numbers",
]
