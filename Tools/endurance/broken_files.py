"""Writes the files of a generated library that must fail."""

import numpy

from good_files import encode, run_ffmpeg
from library_sounds import music

RATE = 44100
SECONDS = 40
# By extension, for kinds that come in several formats.
ENCODER_OF_EXTENSION = {".flac": "flac16", ".ogg": "vorbis", ".mp3": "mp3-cbr", ".wav": "pcm_s16le"}


class Maker:
    """Makes one file; `chance` is a numpy generator of its own."""

    def __init__(self, track, path, bank, chance):
        self.track, self.path, self.bank, self.chance = track, path, bank, chance

    def sound(self, seconds=SECONDS, channels=2, rate=RATE):
        self.track.sample_rate, self.track.channels, self.track.seconds = rate, channels, seconds
        return music(self.bank, self.chance, round(seconds * rate), channels)

    def encode(self, encoder, samples, more=()):
        encode(encoder, samples, self.track.sample_rate, self.path, more)

    def cut(self, share):
        contents = self.path.read_bytes()
        self.path.write_bytes(contents[:int(len(contents) * share)])

    def empty(self):
        self.path.write_bytes(b"")

    def m4a_cut(self):
        """The index of the sound is at the end, and is gone."""
        self.encode("aac", self.sound())
        self.cut(0.6)

    def m4a_picture_only(self):
        run_ffmpeg(["-f", "lavfi", "-i", "color=red:s=64x64:d=0.1:r=10", "-c:v", "mjpeg", "-pix_fmt", "yuvj420p",
                    "-fflags", "+bitexact", "-flags:v", "+bitexact", "-f", "mov", f"file:{self.path}"])

    def text(self):
        self.path.write_text("<html><body>404: this track is no longer available.</body></html>\n" * 40,
                             encoding="utf-8")

    def random(self):
        self.path.write_bytes(self.chance.bytes(50_000))

    def mp3_tags_only(self):
        """An ID3 tag of 1000 bytes with nothing in it, and nothing behind it."""
        self.path.write_bytes(b"ID3\3\0\0" + bytes([0, 0, 7, 104]) + bytes(1000))

    def wav_header_cut(self):
        self.encode("pcm_s16le", self.sound(6))
        self.path.write_bytes(self.path.read_bytes()[:20])

    def wav_no_samples(self):
        self.encode("pcm_s16le", self.sound(0))

    def wav_one_sample(self):
        self.encode("pcm_s16le", self.sound(1 / RATE, channels=1))

    def short(self):
        """No patch of 5 s is full."""
        self.encode(ENCODER_OF_EXTENSION[self.path.suffix], self.sound(3))

    def with_value(self, value):
        samples = self.sound()
        samples[len(samples) // 3, 0] = value
        self.encode("pcm_f32le", samples)

    def wav_nan(self):
        self.with_value(numpy.nan)

    def wav_infinite(self):
        self.with_value(-numpy.inf)

    def wav_too_loud(self):
        self.with_value(1e30)

    def wav_16_hertz(self):
        """More than 256 times below the model's rate."""
        self.encode("pcm_s16le", self.sound(60, rate=16))


def write_broken(track, path, bank, chance):
    maker = Maker(track, path, bank, chance)
    getattr(maker, track.kind.replace("-", "_"))()
