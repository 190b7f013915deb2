"""ONNX -> TensorFlow SavedModel -> the two styles of .pb, through onnx-tf."""

import tensorflow
from onnx_tf.backend import prepare
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

from float16_constants import with_float16_constants

# Frozen graphs name the inlined call after the signature's call node; the
# published flat graphs carry this name instead.
INLINED_CALL = "StatefulPartitionedCall"
PUBLISHED_CALL = "PartitionedCall"


def export_saved_model(onnx_model, folder):
    """Writes the SavedModel; its signature lists the outputs in alphabetical order."""
    prepare(onnx_model).export_graph(str(folder))


def write_function_style(saved_model, path):
    """Version 1: the SavedModel's GraphDef as it is, with its function library."""
    with tensorflow.compat.v1.Session(graph=tensorflow.Graph()) as session:
        tensorflow.compat.v1.saved_model.load(session, ["serve"], str(saved_model))
        write_graph(session.graph.as_graph_def(), path)


def write_flat_style(saved_model, output_names, path, float16_constants=False):
    """Version 2: the signature with all calls inlined and all captures made constants.

    `output_names` are the ONNX model's, in the order in which the outputs are numbered.
    With `float16_constants` the weights are stored in half precision.
    """
    signature = tensorflow.saved_model.load(str(saved_model)).signatures["serving_default"]
    graph = convert_variables_to_constants_v2(signature).graph.as_graph_def()
    if graph.library.function:
        raise RuntimeError(f"{len(graph.library.function)} functions are left after inlining")
    rename_nodes(graph, published_names(graph, output_names))
    write_graph(with_float16_constants(graph) if float16_constants else graph, path)


def published_names(graph, output_names):
    """{name after inlining: published name} of every node inside the inlined call.

    TensorFlow numbers the outputs in alphabetical order, the published graphs in
    the order of the ONNX model.
    """
    names = {node.name: node.name.replace(INLINED_CALL, PUBLISHED_CALL) for node in graph.node}
    for place, output in enumerate(sorted(output_names)):
        names[f"{INLINED_CALL}/{numbered('Identity', place)}"] = (
            f"{PUBLISHED_CALL}/{numbered('Identity', output_names.index(output))}")
    return names


def numbered(name, place):
    return f"{name}_{place}" if place else name


def rename_nodes(graph, names):
    """Renames nodes, and the inputs (`name`, `name:1`, `^name`) that refer to them."""
    for node in graph.node:
        node.name = names[node.name]
        node.input[:] = [renamed_input(name, names) for name in node.input]


def renamed_input(text, names):
    control = "^" if text.startswith("^") else ""
    name, colon, port = text.removeprefix("^").partition(":")
    return control + names[name] + colon + port


def write_graph(graph, path):
    path.write_bytes(graph.SerializeToString(deterministic=True))
