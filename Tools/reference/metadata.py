"""Essentia's metadata JSON for a graph, with true shapes."""

import json
from pathlib import Path

from model_shape import MEL_BANDS

LABEL_FOLDER = Path(__file__).resolve().parent / "labels"
FRAMEWORK_VERSION = "2.13.1"


def label_names(count, path=None):
    """From the file given, else Discogs' 400 or 519 styles, else "label 0", "label 1" ..."""
    known = LABEL_FOLDER / f"discogs{count}.txt"
    source = path or (known if known.exists() else None)
    if source is None:
        return [f"label {index}" for index in range(count)]
    names = Path(source).read_text(encoding="utf-8").splitlines()
    if len(names) != count:
        raise ValueError(f"{source} has {len(names)} labels, the model has {count}")
    return names


def function_style_schema(shape):
    """Version 1: outputs are numbered in the alphabetical order of the exporter's names."""
    entries = {"activations": activations_entry(shape), "logits": logits_entry(shape)}
    for index in range(shape.blocks):
        entries[f"layer_{index}_tokens"] = block_entry(shape, index + 1)
    outputs = [
        {"name": f"StatefulPartitionedCall:{place}", **entries[name]}
        for place, name in enumerate(sorted(entries))
    ]
    return schema("serving_default_melspectrogram", shape, outputs)


def flat_style_schema(shape):
    """Version 2: logits, then the blocks in order, then activations."""
    entries = [logits_entry(shape)]
    entries += [block_entry(shape, number) for number in range(1, shape.blocks + 1)]
    entries += [activations_entry(shape)]
    outputs = [
        {"name": "PartitionedCall/Identity" + (f"_{place}" if place else ""), **entry}
        for place, entry in enumerate(entries)
    ]
    return schema("melspectrogram", shape, outputs)


def schema(input_name, shape, outputs):
    inputs = [{"name": input_name, "type": "float", "shape": ["batch_size", shape.frames, MEL_BANDS]}]
    return {"inputs": inputs, "outputs": outputs}


def logits_entry(shape):
    return {"type": "float", "shape": ["batch_size", shape.labels],
            "op": "Linear", "output_purpose": "logits"}


def activations_entry(shape):
    return {"type": "float", "shape": ["batch_size", shape.labels],
            "op": "Sigmoid", "output_purpose": "predictions"}


def block_entry(shape, number):
    entry = {"type": "float", "shape": ["batch_size", shape.tokens, shape.width],
             "op": "Linear", "description": f"embeddings from layer {number}"}
    if number == 7:
        entry["output_purpose"] = "embeddings"
    return entry


def write_metadata(path, version, labels, graph_schema, model_types, about):
    """`about` replaces entries that describe a model with random weights."""
    document = {
        "name": "MAEST",
        "type": "Music style classification and embeddings",
        "link": "",
        "version": version,
        "description": "MAEST-shaped model with seeded random weights, for tests",
        "author": "",
        "email": "",
        "release_date": "",
        "framework": "tensorflow",
        "framework_version": FRAMEWORK_VERSION,
        "classes": labels,
        "model_types": model_types,
        "dataset": {"name": "none", "citation": "", "size": "0",
                    "metrics": {"mean average precision (validation test)": "N/A"}},
        "schema": graph_schema,
        "citation": "",
        "inference": {"sample_rate": 16000, "algorithm": "TensorflowPredictMAEST"},
        **about,
    }
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
