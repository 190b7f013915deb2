"""Makes a small MAEST-shaped Keras model with seeded random weights, frozen and as SavedModel.

    make_keras_model.py --out /tmp/keras
    make_keras_model.py --frames 316 --width 48 --blocks 4 --out /tmp/keras

Keras writes what make_graph.py's models have in other operations: attention with Einsum and an axis of heads in its
weights, norms with the scale folded in (tf.nn.batch_normalization), dense layers flattened to matrices (tensordot).
CLS and DIST are averaged by a mean over both, and the head has no norm. Written to the folder:

    NAME-frozen.pb      input melspectrogram; outputs Identity logits, _1 activations, _2 ... the blocks
    NAME-savedmodel/    the same with variables
    NAME-passport.json  sizes, seed, versions, checksums, command
"""

import argparse
import os
from dataclasses import asdict
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import tensorflow
from tensorflow import keras
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

from model_shape import LAYER_NORM_EPSILON, MEL_BANDS, PATCH_SIDE, PATCH_STRIDE, ModelShape
from passport import command_line, sha256, tool_versions, write_passport


def normal(deviation, mean=0.0):
    return keras.initializers.RandomNormal(mean, deviation)


class PatchEmbedding(keras.layers.Layer):
    """[batch, time, mel] -> [batch, token, embedding]: CLS, DIST, then the patches, frequency-major."""

    def __init__(self, shape):
        super().__init__()
        self.shape = shape
        self.convolution = keras.layers.Conv2D(
            shape.width, PATCH_SIDE, PATCH_STRIDE, bias_initializer=normal(0.1))

    def build(self, _):
        width, tokens = self.shape.width, self.shape.tokens
        self.leading = [self.add_weight(name, (1, 1, width), initializer=normal(1.0)) for name in ("cls", "dist")]
        self.position = self.add_weight("position", (1, tokens, width), initializer=normal(0.5))

    def call(self, melspectrogram):
        grid = self.convolution(tensorflow.transpose(melspectrogram, (0, 2, 1))[..., tensorflow.newaxis])
        patches = tensorflow.reshape(grid, (-1, self.shape.tokens - 2, self.shape.width))
        batch = tensorflow.shape(patches)[0]
        leading = [tensorflow.tile(token, (batch, 1, 1)) for token in self.leading]
        return tensorflow.concat([*leading, patches], axis=1) + self.position


def layer_norm(tokens):
    return keras.layers.LayerNormalization(
        epsilon=LAYER_NORM_EPSILON, beta_initializer=normal(0.2), gamma_initializer=normal(0.2, 1.0))(tokens)


def dense(width, **options):
    return keras.layers.Dense(width, bias_initializer=normal(0.1), **options)


def block(tokens, shape):
    normalized = layer_norm(tokens)
    attention = keras.layers.MultiHeadAttention(
        shape.heads, shape.width // shape.heads, bias_initializer=normal(0.1))
    tokens = tokens + attention(normalized, normalized)
    hidden = dense(shape.mlp, activation="gelu")(layer_norm(tokens))
    return tokens + dense(shape.width)(hidden)


def build_model(shape, seed):
    keras.utils.set_random_seed(seed)
    melspectrogram = keras.Input((shape.frames, MEL_BANDS), batch_size=1, name="melspectrogram")
    tokens = PatchEmbedding(shape)(melspectrogram)
    block_outputs = []
    for _ in range(shape.blocks):
        tokens = block(tokens, shape)
        block_outputs.append(tokens)
    pooled = tensorflow.reduce_mean(layer_norm(tokens)[:, :2], axis=1)
    logits = dense(shape.labels)(pooled)
    return keras.Model(melspectrogram, [logits, tensorflow.sigmoid(logits), *block_outputs])


def save(model, arguments):
    folder = arguments.out / f"{arguments.name}-savedmodel"
    model.save(folder, include_optimizer=False)
    specification = tensorflow.TensorSpec((1, arguments.shape.frames, MEL_BANDS), name="melspectrogram")
    function = tensorflow.function(lambda x: model(x)).get_concrete_function(specification)
    frozen = arguments.out / f"{arguments.name}-frozen.pb"
    frozen.write_bytes(
        convert_variables_to_constants_v2(function).graph.as_graph_def().SerializeToString(deterministic=True))
    return [frozen, *(path for path in folder.rglob("*") if path.is_file())]


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    defaults = ModelShape(frames=46, width=24, blocks=2, heads=3, mlp=48, labels=5)
    for size, value in asdict(defaults).items():
        parser.add_argument(f"--{size}", type=int, default=value, metavar="N", help=f"default: {value}")
    parser.add_argument("--seed", type=int, default=3, help="of the weights (default: 3)")
    parser.add_argument("--name", default="maest-keras", help="beginning of the file names")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    arguments = parser.parse_args()
    arguments.shape = ModelShape(**{size: getattr(arguments, size) for size in asdict(defaults)})
    try:
        arguments.shape.check()
    except ValueError as error:
        parser.error(str(error))
    return arguments


def main():
    arguments = parse_arguments()
    arguments.out.mkdir(parents=True, exist_ok=True)
    made = save(build_model(arguments.shape, arguments.seed), arguments)
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
