"""Makes a small MAEST-shaped tf.Module with variables: a SavedModel, a frozen graph, and TensorFlow's numbers.

    make_tf_module.py --out /tmp/module
    make_tf_module.py --frames 46 --width 24 --blocks 3 --heads 3 --out /tmp/module
    make_tf_module.py --dynamic-batch --out /tmp/module

Where make_graph.py's SavedModels hold constants, this one's weights are variables: they stand in the checkpoint
(`variables/`) beside the graph. Written to the folder:

    NAME-savedmodel/   signature serving_default: melspectrogram [1, frames, 96] -> logits, layer_N_tokens,
                       activations
    NAME-frozen.pb     the same with its variables made constants
    NAME-input.npy     a seeded input; NAME-OUTPUT.npy what TensorFlow gives for it
    NAME-passport.json sizes, seed, versions, checksums, command

With --dynamic-batch the same weights compute the same in other operations, on [None, frames, 96]: tensordot with shapes
computed while the graph runs, CLS and DIST repeated over the batch, reshapes to a batch that is read from the tensor,
norms by tf.nn.moments and tf.nn.batch_normalization, and queries times keys divided by a root.
"""

import argparse
import math
import os
import shutil
from dataclasses import asdict
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy
import tensorflow
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

from model_shape import LAYER_NORM_EPSILON, MEL_BANDS, PATCH_SIDE, PATCH_STRIDE, ModelShape
from passport import command_line, sha256, tool_versions, write_passport

HEAD_NORM_EPSILON = 1e-5


class Weights:
    """Seeded variables. Many share a name, as in modules that are built without name scopes."""

    def __init__(self, seed):
        self.generator = numpy.random.Generator(numpy.random.PCG64(seed))

    def normal(self, name, shape, deviation, center=0.0):
        values = self.generator.standard_normal(shape, dtype=numpy.float32)
        return tensorflow.Variable(numpy.float32(center) + numpy.float32(deviation) * values, name=name)


class Dense(tensorflow.Module):
    def __init__(self, weights, inputs, outputs):
        super().__init__()
        self.weight = weights.normal("weight", (inputs, outputs), 1 / math.sqrt(inputs))
        self.bias = weights.normal("bias", (outputs,), 0.1)

    def __call__(self, x):
        return tensorflow.matmul(x, self.weight) + self.bias


class LayerNorm(tensorflow.Module):
    def __init__(self, weights, width, epsilon):
        super().__init__()
        self.scale = weights.normal("scale", (width,), 0.2, center=1.0)
        self.bias = weights.normal("bias", (width,), 0.2)
        self.epsilon = epsilon

    def __call__(self, x):
        centered = x - tensorflow.reduce_mean(x, axis=-1, keepdims=True)
        variance = tensorflow.reduce_mean(tensorflow.square(centered), axis=-1, keepdims=True)
        return centered * tensorflow.math.rsqrt(variance + self.epsilon) * self.scale + self.bias


class Attention(tensorflow.Module):
    def __init__(self, weights, width, heads):
        super().__init__()
        self.query = Dense(weights, width, width)
        self.key = Dense(weights, width, width)
        self.value = Dense(weights, width, width)
        self.output = Dense(weights, width, width)
        self.heads = heads
        self.scale = (width // heads) ** -0.5

    def __call__(self, x):
        query, key, value = (self.split(layer(x)) for layer in (self.query, self.key, self.value))
        scores = tensorflow.nn.softmax(tensorflow.matmul(query, key, transpose_b=True) * self.scale)
        merged = tensorflow.transpose(tensorflow.matmul(scores, value), [0, 2, 1, 3])
        return self.output(tensorflow.reshape(merged, x.shape))

    def split(self, x):
        """[1, tokens, width] -> [1, heads, tokens, width / heads]"""
        parts = tensorflow.reshape(x, [1, x.shape[1], self.heads, x.shape[2] // self.heads])
        return tensorflow.transpose(parts, [0, 2, 1, 3])


class Block(tensorflow.Module):
    def __init__(self, weights, shape):
        super().__init__()
        self.attention_norm = LayerNorm(weights, shape.width, LAYER_NORM_EPSILON)
        self.attention = Attention(weights, shape.width, shape.heads)
        self.feed_forward_norm = LayerNorm(weights, shape.width, LAYER_NORM_EPSILON)
        self.expansion = Dense(weights, shape.width, shape.mlp)
        self.contraction = Dense(weights, shape.mlp, shape.width)

    def __call__(self, x):
        x = x + self.attention(self.attention_norm(x))
        hidden = tensorflow.nn.gelu(self.expansion(self.feed_forward_norm(x)), approximate=False)
        return x + self.contraction(hidden)


class Transformer(tensorflow.Module):
    def __init__(self, shape, seed):
        super().__init__()
        weights = Weights(seed)
        self.shape = shape
        kernel = (PATCH_SIDE, PATCH_SIDE, 1, shape.width)
        self.kernel = weights.normal("kernel", kernel, 1 / PATCH_SIDE)
        self.kernel_bias = weights.normal("bias", (shape.width,), 0.1)
        self.class_token = weights.normal("token", (1, 1, shape.width), 1.0)
        self.distillation_token = weights.normal("token", (1, 1, shape.width), 1.0)
        self.position = weights.normal("position", (1, shape.tokens, shape.width), 0.5)
        self.blocks = [Block(weights, shape) for _ in range(shape.blocks)]
        self.final_norm = LayerNorm(weights, shape.width, LAYER_NORM_EPSILON)
        self.head_norm = LayerNorm(weights, shape.width, HEAD_NORM_EPSILON)
        self.head = Dense(weights, shape.width, shape.labels)

    def __call__(self, melspectrogram):
        image = tensorflow.expand_dims(tensorflow.transpose(melspectrogram, [0, 2, 1]), -1)
        grid = tensorflow.nn.conv2d(image, self.kernel, strides=PATCH_STRIDE, padding="VALID") + self.kernel_bias
        grid = tensorflow.reshape(grid, [1, -1, self.shape.width])
        x = tensorflow.concat([self.class_token, self.distillation_token, grid], axis=1) + self.position
        outputs = {}
        for index, block in enumerate(self.blocks):
            x = outputs[f"layer_{index}_tokens"] = block(x)
        x = self.final_norm(x)
        logits = self.head(self.head_norm((x[:, 0] + x[:, 1]) / 2))
        return {**outputs, "logits": logits, "activations": tensorflow.sigmoid(logits)}


class DynamicTransformer(Transformer):
    """The same weights, with a batch that is known only when the graph runs."""

    def __call__(self, melspectrogram):
        image = tensorflow.transpose(melspectrogram, [0, 2, 1])[..., tensorflow.newaxis]
        grid = tensorflow.nn.conv2d(image, self.kernel, strides=PATCH_STRIDE, padding="VALID")
        grid = tensorflow.nn.bias_add(grid, self.kernel_bias)
        batch = tensorflow.shape(grid)[0]
        leading = [tensorflow.repeat(token, batch, axis=0) for token in (self.class_token, self.distillation_token)]
        patches = tensorflow.reshape(grid, [batch, self.shape.tokens - 2, self.shape.width])
        x = tensorflow.concat([*leading, patches], axis=1) + self.position
        outputs = {}
        for index, block in enumerate(self.blocks):
            x = outputs[f"layer_{index}_tokens"] = dynamic_block(block, x)
        x = dynamic_norm(self.final_norm, x)
        pooled = dynamic_norm(self.head_norm, (x[:, 0] + x[:, 1]) / 2)
        logits = tensorflow.nn.bias_add(tensorflow.matmul(pooled, self.head.weight), self.head.bias)
        return {**outputs, "logits": logits, "activations": tensorflow.sigmoid(logits)}


def dynamic_block(block, x):
    batch = tensorflow.shape(x)[0]
    x = x + dynamic_attention(block.attention, dynamic_norm(block.attention_norm, x), batch)
    hidden = dynamic_dense(block.expansion, dynamic_norm(block.feed_forward_norm, x))
    return x + dynamic_dense(block.contraction, tensorflow.nn.gelu(hidden, approximate=False))


def dynamic_attention(attention, x, batch):
    _, tokens, width = x.shape
    head_width = width // attention.heads

    def split(layer):
        """[batch, tokens, width] -> [batch, heads, tokens, width / heads]"""
        parts = tensorflow.reshape(dynamic_dense(layer, x), [batch, tokens, attention.heads, head_width])
        return tensorflow.transpose(parts, [0, 2, 1, 3])

    scores = tensorflow.matmul(split(attention.query), split(attention.key), transpose_b=True)
    scores = tensorflow.nn.softmax(scores / math.sqrt(head_width))
    merged = tensorflow.transpose(tensorflow.matmul(scores, split(attention.value)), [0, 2, 1, 3])
    return dynamic_dense(attention.output, tensorflow.reshape(merged, [batch, tokens, width]))


def dynamic_dense(layer, x):
    return tensorflow.nn.bias_add(tensorflow.tensordot(x, layer.weight, axes=1), layer.bias)


def dynamic_norm(norm, x):
    mean, variance = tensorflow.nn.moments(x, axes=[-1], keepdims=True)
    return tensorflow.nn.batch_normalization(x, mean, variance, norm.bias, norm.scale, norm.epsilon)


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for size, value in dict(frames=36, width=16, blocks=2, heads=2, mlp=32, labels=5).items():
        parser.add_argument(f"--{size}", type=int, default=value, metavar="N", help=f"default: {value}")
    parser.add_argument("--seed", type=int, default=1, help="of weights and input (default: 1)")
    parser.add_argument("--dynamic-batch", action="store_true", help="any number of patches at once")
    parser.add_argument("--name", help="beginning of the file names (default: maest-module or maest-module-dynamic)")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    arguments = parser.parse_args()
    arguments.name = arguments.name or ("maest-module-dynamic" if arguments.dynamic_batch else "maest-module")
    sizes = ("frames", "width", "blocks", "heads", "mlp", "labels")
    arguments.shape = ModelShape(**{size: getattr(arguments, size) for size in sizes})
    try:
        arguments.shape.check()
    except ValueError as error:
        parser.error(str(error))
    return arguments


def save(module, arguments):
    """Writes the SavedModel and its frozen form; returns the loaded model and the paths."""
    shape = [None if arguments.dynamic_batch else 1, arguments.shape.frames, MEL_BANDS]
    function = tensorflow.function(
        module.__call__, input_signature=[tensorflow.TensorSpec(shape, tensorflow.float32, "melspectrogram")])
    folder = arguments.out / f"{arguments.name}-savedmodel"
    shutil.rmtree(folder, ignore_errors=True)
    options = tensorflow.saved_model.SaveOptions(save_debug_info=False)
    tensorflow.saved_model.save(module, str(folder), signatures=function, options=options)
    model = tensorflow.saved_model.load(str(folder))  # keeps the signature's variables alive
    graph = convert_variables_to_constants_v2(model.signatures["serving_default"]).graph.as_graph_def()
    frozen = arguments.out / f"{arguments.name}-frozen.pb"
    frozen.write_bytes(graph.SerializeToString(deterministic=True))
    return model, [frozen, *(path for path in folder.rglob("*") if path.is_file())]


def save_numbers(model, arguments):
    generator = numpy.random.Generator(numpy.random.PCG64(arguments.seed + 1))
    patch = generator.standard_normal((1, arguments.shape.frames, MEL_BANDS), dtype=numpy.float32)
    arrays = {"input": patch}
    for name, value in model.signatures["serving_default"](melspectrogram=tensorflow.constant(patch)).items():
        arrays[name] = value.numpy()
    made = []
    for name, array in arrays.items():
        made.append(arguments.out / f"{arguments.name}-{name}.npy")
        numpy.save(made[-1], array)
    return made


def main():
    arguments = parse_arguments()
    arguments.out.mkdir(parents=True, exist_ok=True)
    transformer = DynamicTransformer if arguments.dynamic_batch else Transformer
    model, made = save(transformer(arguments.shape, arguments.seed), arguments)
    made += save_numbers(model, arguments)
    write_passport(arguments.out / f"{arguments.name}-passport.json", {
        "seed": arguments.seed,
        "shape": {**asdict(arguments.shape), "tokens": arguments.shape.tokens},
        "command": command_line(),
        "versions": tool_versions(("tensorflow-cpu", "numpy")),
        "sha256": {str(path.relative_to(arguments.out)): sha256(path) for path in sorted(made)},
    })
    for path in sorted(made):
        print(f"{path}  {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
