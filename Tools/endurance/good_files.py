"""Writes the good files of a generated library with ffmpeg."""

import struct
import subprocess

from library_plan import GOOD_KINDS
from library_sounds import SOUNDS

# ffmpeg's container and options for each encoder of a kind; the fast settings, the sounds need no care.
ENCODERS = {
    **{name: ("wav", ["-c:a", name]) for name in ("pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_f32le")},
    **{name: ("aiff", ["-c:a", name]) for name in ("pcm_s16be", "pcm_s24be")},
    "flac16": ("flac", ["-c:a", "flac", "-sample_fmt", "s16", "-compression_level", "3"]),
    "flac24": ("flac", ["-c:a", "flac", "-sample_fmt", "s32", "-bits_per_raw_sample", "24", "-compression_level", "3"]),
    "vorbis": ("ogg", ["-c:a", "libvorbis", "-q:a", "3"]),
    "opus": ("opus", ["-c:a", "libopus", "-compression_level", "1"]),
    "mp3-cbr": ("mp3", ["-c:a", "libmp3lame", "-b:a", "128k", "-compression_level", "9"]),
    "mp3-vbr": ("mp3", ["-c:a", "libmp3lame", "-q:a", "4", "-compression_level", "9"]),
    "mp3-plain": ("mp3", ["-c:a", "libmp3lame", "-b:a", "128k", "-compression_level", "9", "-write_xing", "0",
                          "-id3v2_version", "0"]),
    "aac": ("ipod", ["-c:a", "aac", "-aac_coder", "fast"]),
    "alac": ("ipod", ["-c:a", "alac"]),
}
# What makes the same command give the same bytes.
REPRODUCIBLE = ["-threads", "1", "-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact"]


class EncodingError(Exception):
    pass


def run_ffmpeg(arguments, standard_input=b""):
    command = ["ffmpeg", "-hide_banner", "-loglevel", "error", "-y", *arguments]
    try:
        done = subprocess.run(command, input=standard_input, capture_output=True, check=False)
    except OSError as error:
        raise EncodingError(f"ffmpeg: {error.strerror}; install it, such as with apt-get install ffmpeg") from error
    if done.returncode != 0:
        raise EncodingError(f"{' '.join(command)}: {done.stderr.decode(errors='replace').strip()}")


def encode(encoder, samples, sample_rate, path, more=()):
    """Writes float32 `samples` [frame, channel] to the file."""
    container, options = ENCODERS[encoder]
    run_ffmpeg(["-f", "f32le", "-ar", str(sample_rate), "-ac", str(samples.shape[1]), "-i", "-", *options, *more,
                *REPRODUCIBLE, "-f", container, f"file:{path}"], samples.astype("<f4").tobytes())


def add_cover(path):
    """An ID3 tag with a picture, larger than any decoder looks ahead, before the sound."""
    picture = b"\0image/jpeg\0\3\0" + bytes(range(256)) * 1500
    frame = b"APIC" + struct.pack(">IH", len(picture), 0) + picture
    # The tag's size in seven bits a byte.
    size = bytes(len(frame) >> shift & 0x7F for shift in (21, 14, 7, 0))
    path.write_bytes(b"ID3\3\0\0" + size + frame + path.read_bytes())


def add_trailer(path):
    """A chunk of another program behind the samples."""
    with path.open("ab") as file:
        file.write(b"LIST" + struct.pack("<I", 12) + b"INFOISFT\0\0\0\0")


CHANGES = {"cover": add_cover, "trailer": add_trailer}


def write_good(track, path, bank, chance):
    kind = GOOD_KINDS[track.kind]
    frame_count = round(track.seconds * track.sample_rate)
    samples = SOUNDS[kind.sound](bank, chance, frame_count, track.channels)
    encode(kind.encoder, samples, track.sample_rate, path)
    if kind.change:
        CHANGES[kind.change](path)
