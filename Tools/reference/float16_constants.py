"""Rewrites a flat graph so that its weights are stored in half precision."""

import numpy
from tensorflow.core.framework import graph_pb2, node_def_pb2, types_pb2
from tensorflow.python.framework import tensor_util


def with_float16_constants(graph):
    """A copy in which each float array is a DT_HALF Const and a Cast back to float32.

    The Cast has the old constant's name, the Const that name with `/float16`
    after it. Scalars (epsilons, scales) stay as they are.
    """
    rewritten = graph_pb2.GraphDef()
    rewritten.CopyFrom(graph)
    del rewritten.node[:]
    for node in graph.node:
        rewritten.node.extend(half_and_cast(node) if is_float_array(node) else [node])
    return rewritten


def is_float_array(node):
    return (node.op == "Const" and node.attr["dtype"].type == types_pb2.DT_FLOAT
            and len(node.attr["value"].tensor.tensor_shape.dim) > 0)


def half_and_cast(node):
    """(the Const in half precision, the Cast that takes the place of `node`)."""
    values = tensor_util.MakeNdarray(node.attr["value"].tensor)
    halves = values.astype(numpy.float16)
    if not numpy.isfinite(halves).all():
        raise ValueError(f"{node.name} has values that half precision cannot hold")
    constant = node_def_pb2.NodeDef(name=f"{node.name}/float16", op="Const", device=node.device)
    constant.input[:] = node.input
    constant.attr["dtype"].type = types_pb2.DT_HALF
    constant.attr["value"].tensor.CopyFrom(tensor_util.make_tensor_proto(halves))
    cast = node_def_pb2.NodeDef(name=node.name, op="Cast", input=[constant.name], device=node.device)
    cast.attr["SrcT"].type = types_pb2.DT_HALF
    cast.attr["DstT"].type = types_pb2.DT_FLOAT
    cast.attr["Truncate"].b = False
    return constant, cast
