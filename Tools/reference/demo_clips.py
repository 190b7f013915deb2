"""The clips beside the demo model: each the sound that its name says, and a medley that changes every five seconds."""

import subprocess
from dataclasses import dataclass

import numpy

from demo_sounds import LABELS, SOUNDS
from mel_bands import HOP, SAMPLE_RATE

PEAK = 0.5
# Samples from the start of a patch to the next, 313 frames, and those of one patch and a frame more.
PATCH_HOP = 313 * HOP
PATCH = 317 * HOP
FADE = 800
# Samples are multiples of this, so that FLAC leaves out the lowest bits of each; the noise of it is 59 dB below PEAK.
GRAIN = 64
# Nothing of the encoder's own in the file, so that the same version writes the same bytes.
REPRODUCIBLE = ("-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact")


@dataclass(frozen=True)
class Clip:
    name: str
    labels: tuple
    samples: int

    @property
    def file_name(self):
        return f"{self.name}.flac"

    def signal(self, seed):
        """[sample]: the sounds of `labels`, each as long as a patch's hop, the last until the end."""
        parts = []
        for place, label in enumerate(self.labels):
            is_last = place == len(self.labels) - 1
            samples = self.samples - place * PATCH_HOP if is_last else PATCH_HOP
            parts.append(faded(SOUNDS[label](numpy.random.default_rng((seed, LABELS.index(label))), samples)))
        return numpy.concatenate(parts)


CLIPS = (
    Clip("breakbeat", ("Drums---Breakbeat",), PATCH_HOP + PATCH),
    Clip("minor-chord", ("Chord---Minor",), 6 * SAMPLE_RATE),
    Clip("rising-scale", ("Notes---Scale Up",), 6 * SAMPLE_RATE),
    Clip("bell", ("Instrument---Bell",), 6 * SAMPLE_RATE),
    Clip("talking", ("Voice---Talking",), 6 * SAMPLE_RATE),
    Clip("medley", ("Motion---Siren", "Drums---Four on the Floor", "Instrument---Organ", "Notes---Arpeggio Down"),
         3 * PATCH_HOP + PATCH),
)


def faded(signal):
    """At PEAK, in and out within a twentieth of a second."""
    ramp = numpy.minimum(1, numpy.arange(len(signal)) / FADE)
    return PEAK * signal / numpy.abs(signal).max() * ramp * ramp[::-1]


def write_clips(folder, seed, ffmpeg="ffmpeg"):
    """Writes all clips as FLAC; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for clip in CLIPS:
        paths.append(folder / clip.file_name)
        samples = (GRAIN * numpy.round(32767 / GRAIN * clip.signal(seed))).astype("<i2")
        subprocess.run(
            [ffmpeg, "-hide_banner", "-loglevel", "error", "-y", "-f", "s16le", "-ar", str(SAMPLE_RATE), "-ac", "1",
             "-i", "-", "-compression_level", "12", *REPRODUCIBLE, str(paths[-1])],
            input=samples.tobytes(), check=True)
    return paths


def ffmpeg_version(ffmpeg="ffmpeg"):
    return subprocess.run([ffmpeg, "-version"], capture_output=True, text=True, check=True).stdout.split("\n")[0]
