"""Frees a recogniser's network from its fixed height, so that clear writing can be read in fewer rows."""

from __future__ import annotations

from functools import cache
from typing import Any

_OPTIONAL, _REPEATED = 1, 3
_INT64, _STRING, _INT32, _MESSAGE = 3, 9, 5, 11

_SCHEMA: dict[str, tuple[tuple[str, int, int, int | str], ...]] = {
    "Model": (("graph", 7, _OPTIONAL, "Graph"),),
    "Graph": (("node", 1, _REPEATED, "Node"), ("input", 11, _REPEATED, "Value")),
    "Node": (("input", 1, _REPEATED, _STRING), ("output", 2, _REPEATED, _STRING), ("op_type", 4, _OPTIONAL, _STRING),
             ("attribute", 5, _REPEATED, "Attribute")),
    "Attribute": (("name", 1, _OPTIONAL, _STRING), ("i", 3, _OPTIONAL, _INT64), ("ints", 8, _REPEATED, _INT64),
                  ("type", 20, _OPTIONAL, _INT32)),
    "Value": (("type", 2, _OPTIONAL, "Type"),),
    "Type": (("tensor_type", 1, _OPTIONAL, "Tensor"),),
    "Tensor": (("shape", 2, _OPTIONAL, "Shape"),),
    "Shape": (("dim", 1, _REPEATED, "Dimension"),),
    "Dimension": (("dim_value", 1, _OPTIONAL, _INT64), ("dim_param", 2, _OPTIONAL, _STRING)),
}
"""The few parts of the ONNX format (onnx.proto, version 3) that are touched here; whatever else a file holds is
carried over as it is. Each field: name, number, label, type or message."""

_INT, _INTS = 2, 7
"""AttributeProto.AttributeType."""


def any_height(model: bytes) -> bytes:
    """The ONNX network with its rows left open; the same bytes when it is not built as expected.

    PP-OCR's recognisers halve their input four times and then average what is left of its rows, three when 48 came
    in. The average over all rows there are is the same for 48 and defined for every other multiple of 16.
    """
    network = _model().FromString(model)
    pools = [place for place, node in enumerate(network.graph.node)
             if node.op_type == "AveragePool" and _ints(node, "kernel_shape")[:1] == [_ROWS_LEFT]]
    if len(pools) != 1 or len(network.graph.input) != 1:
        return model
    dimension = network.graph.input[0].type.tensor_type.shape.dim[2]
    dimension.ClearField("dim_value")
    dimension.dim_param = "rows"
    _average_rows(network.graph, pools[0])
    return bytes(network.SerializeToString())


_ROWS_LEFT = 3


def _average_rows(graph: Any, place: int) -> None:
    """The pool narrowed to one row, and a mean over the rows put behind it."""
    pool = graph.node[place]
    for attribute in pool.attribute:
        if attribute.name in ("kernel_shape", "strides"):
            attribute.ints[0] = 1
    out = pool.output[0]
    pool.output[0] = f"{out}.rows"
    mean = type(pool)(input=[pool.output[0]], output=[out], op_type="ReduceMean")
    mean.attribute.add(name="axes", type=_INTS, ints=[2])
    mean.attribute.add(name="keepdims", type=_INT, i=1)
    graph.node.insert(place + 1, mean)


def _ints(node: Any, name: str) -> list[int]:
    return next((list(attribute.ints) for attribute in node.attribute if attribute.name == name), [])


@cache
def _model() -> Any:
    """The class of the schema's outermost message."""
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

    pool = descriptor_pool.DescriptorPool()
    file = descriptor_pb2.FileDescriptorProto(name="graph.proto", package="graph", syntax="proto2")
    for title, fields in _SCHEMA.items():
        message = file.message_type.add(name=title)
        for field, number, label, kind in fields:
            of = {"type": _MESSAGE, "type_name": f".graph.{kind}"} if isinstance(kind, str) else {"type": kind}
            message.field.add(name=field, number=number, label=label, **of)
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("graph.Model"))
