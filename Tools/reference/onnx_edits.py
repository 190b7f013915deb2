"""Edits of exported ONNX files for modern_exports.py: local functions, onnxruntime's optimisers, changed operators."""

import tempfile
from pathlib import Path

import numpy
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.transformers.onnx_model import OnnxModel
from onnxruntime.transformers.optimizer import optimize_model

DOMAIN = "reference.functions"


def edited(model, edit):
    """The model after the edits of these names, separated by spaces."""
    for name in edit.split():
        model = EDITS[name](model)
    return model


# Model-local functions

def with_functions(model):
    """LayerNormalization, Gelu and Attention become calls of local functions; the exact GELU's calls a second one."""
    opset = opset_version(model)
    made = {
        "LayerNormalization": [norm_function(opset)],
        "Gelu": [erf_half_function(opset), gelu_function(opset)],
        "Attention": [attention_function(opset, masked(model))],
    }
    used = [name for name in made if any(node.op_type == name for node in model.graph.node)]
    for node in model.graph.node:
        if node.op_type in used:
            if node.op_type == "Attention":
                del node.attribute[:]
            node.domain, node.op_type = DOMAIN, made[node.op_type][-1].name
    for name in used:
        model.functions.extend(made[name])
    model.opset_import.append(helper.make_opsetid(DOMAIN, 1))
    model.ir_version = max(model.ir_version, 8)
    return model


def norm_function(opset):
    """Norm(tokens, weight, bias) of one's own name around LayerNormalization, its attributes handed on."""
    node = helper.make_node("LayerNormalization", ["tokens", "weight", "bias"], ["result"])
    for name, kind in (("epsilon", onnx.AttributeProto.FLOAT), ("axis", onnx.AttributeProto.INT)):
        attribute = node.attribute.add()
        attribute.name = attribute.ref_attr_name = name
        attribute.type = kind
    return function("Norm", ["tokens", "weight", "bias"], [node], opset, ["epsilon", "axis", "stash_type"])


def erf_half_function(opset):
    """HalfPlusErf(x) = (1 + erf(x / sqrt 2)) / 2."""
    return function("HalfPlusErf", ["x"], [
        constant("root", 2 ** 0.5), constant("one", 1.0), constant("half", 0.5),
        helper.make_node("Div", ["x", "root"], ["scaled"]),
        helper.make_node("Erf", ["scaled"], ["error"]),
        helper.make_node("Add", ["error", "one"], ["sum"]),
        helper.make_node("Mul", ["sum", "half"], ["result"]),
    ], opset)


def gelu_function(opset):
    return function("ExactGelu", ["x"], [
        helper.make_node("HalfPlusErf", ["x"], ["share"], domain=DOMAIN),
        helper.make_node("Mul", ["x", "share"], ["result"]),
    ], opset, ["approximate"])


def masked(model):
    """Whether the Attention nodes have a mask; one of torch's with Transformers 5 is all true."""
    return any(len(node.input) > 3 and node.input[3] for node in nodes_of(model, "Attention"))


def attention_function(opset, has_mask):
    """SelfAttention(query, key, value[, mask]), the first three [batch, head, token, size]; the scale is computed."""
    scores = "hidden" if has_mask else "scores"
    hiding = [
        constant("zero", 0.0), constant("lowest", float("-inf")),
        helper.make_node("Where", ["mask", "zero", "lowest"], ["addend"]),
        helper.make_node("Add", ["scores", "addend"], [scores]),
    ] if has_mask else []
    return function("SelfAttention", ["query", "key", "value", *(["mask"] if has_mask else [])], [
        helper.make_node("Shape", ["query"], ["sizes"], start=3),
        helper.make_node("Cast", ["sizes"], ["size"], to=TensorProto.FLOAT),
        helper.make_node("Sqrt", ["size"], ["root"]),
        helper.make_node("Div", ["query", "root"], ["scaled"]),
        helper.make_node("Transpose", ["key"], ["turned"], perm=[0, 1, 3, 2]),
        helper.make_node("MatMul", ["scaled", "turned"], ["scores"]),
        *hiding,
        helper.make_node("Softmax", [scores], ["weights"], axis=-1),
        helper.make_node("MatMul", ["weights", "value"], ["result"]),
    ], opset)


def function(name, inputs, nodes, opset, attributes=()):
    imports = [helper.make_opsetid("", opset), helper.make_opsetid(DOMAIN, 1)]
    return helper.make_function(DOMAIN, name, inputs, ["result"], nodes, imports, list(attributes))


def constant(name, value):
    return helper.make_node("Constant", [], [name], value=helper.make_tensor(name, TensorProto.FLOAT, [], [value]))


def without_metadata(model):
    """Less what torch tells of each node (its Python stack, its modules), three quarters of a small file."""
    for part in (*model.graph.node, *model.graph.value_info, *model.graph.input, *model.graph.output):
        del part.metadata_props[:]
    del model.graph.metadata_props[:]
    return model


# onnxruntime

def optimized_by_runtime(level):
    def optimize(model):
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = level
        options.log_severity_level = 3
        return saved_by(model, lambda source, target: save_optimized(options, source, target))
    return optimize


def save_optimized(options, source, target):
    options.optimized_model_filepath = target
    onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])


def fused_for_transformers(model):
    """onnxruntime.transformers' optimiser, as for a ViT."""
    def save(source, target):
        optimize_model(source, model_type="vit", opt_level=0).save_model_to_file(target)
    return saved_by(model, save)


def saved_by(model, write):
    with tempfile.TemporaryDirectory(prefix="onnx_edits-") as folder:
        source, target = str(Path(folder, "source.onnx")), str(Path(folder, "target.onnx"))
        onnx.save(model, source)
        write(source, target)
        return onnx.load(target)


def half_precision(model):
    """Weights and operators in half precision, inputs and outputs in single."""
    converted = OnnxModel(model)
    converted.convert_float_to_float16(keep_io_types=True)
    converted.topological_sort()
    return converted.model


# Changed operators; of Attention, LayerNormalization and Dropout the second in the graph.

def attention_attribute(**attributes):
    def change(model):
        node = nodes_of(model, "Attention")[1]
        for name, value in attributes.items():
            kept = [old for old in node.attribute if old.name != name]
            del node.attribute[:]
            node.attribute.extend([*kept, helper.make_attribute(name, value)])
        return model
    return change


def attention_mask(hidden, shown):
    """Another mask, a constant, that hides the last token from all."""
    def change(model):
        tokens = token_count(model)
        mask = numpy.full((tokens, tokens), shown)
        mask[:, -1] = hidden
        model.graph.initializer.append(numpy_helper.from_array(mask, "reference_mask"))
        node = nodes_of(model, "Attention")[1]
        node.input[:] = [*node.input[:3], "reference_mask"]
        return model
    return change


def simplified_norm(model):
    """LayerNormalization becomes onnxruntime's SimplifiedLayerNormalization, an RMS norm, in its ONNX domain."""
    node = nodes_of(model, "LayerNormalization")[2]
    node.op_type = "SimplifiedLayerNormalization"
    del node.input[2:]
    return model


def dropout_in_training(model):
    """A Dropout with training_mode true after the second Softmax."""
    node = nodes_of(model, "Softmax")[1]
    result = node.output[0]
    node.output[0] = f"{result}_before_dropout"
    model.graph.initializer.extend([
        helper.make_tensor("reference_ratio", TensorProto.FLOAT, [], [0.1]),
        helper.make_tensor("reference_training", TensorProto.BOOL, [], [True])])
    place = list(model.graph.node).index(node) + 1
    model.graph.node.insert(place, helper.make_node(
        "Dropout", [node.output[0], "reference_ratio", "reference_training"], [result], name="reference_dropout"))
    return model


def nodes_of(model, operator):
    return [node for node in model.graph.node if node.op_type == operator]


def token_count(model):
    value = next(value for value in model.graph.output if value.name.endswith("_embeddings"))
    return value.type.tensor_type.shape.dim[1].dim_value


def opset_version(model):
    return next(entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx"))


LEVELS = onnxruntime.GraphOptimizationLevel
EDITS = {
    "functions": with_functions,
    "without-metadata": without_metadata,
    "runtime-basic": optimized_by_runtime(LEVELS.ORT_ENABLE_BASIC),
    "runtime-extended": optimized_by_runtime(LEVELS.ORT_ENABLE_EXTENDED),
    "runtime-all": optimized_by_runtime(LEVELS.ORT_ENABLE_ALL),
    "fused-for-transformers": fused_for_transformers,
    "half-precision": half_precision,
    "attention-causal": attention_attribute(is_causal=1),
    "attention-softcap": attention_attribute(softcap=30.0),
    "attention-scale": attention_attribute(scale=0.1),
    "attention-score-mode": attention_attribute(qk_matmul_output_mode=3),
    "attention-mask": attention_mask(numpy.float32(-100), numpy.float32(0)),
    "attention-bool-mask": attention_mask(False, True),
    "simplified-norm": simplified_norm,
    "dropout-in-training": dropout_in_training,
}
