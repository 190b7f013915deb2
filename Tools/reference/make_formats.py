"""Writes one seeded synthetic signal in the formats that people have: wav, flac, ogg and mp3, by ffmpeg.

    make_formats.py --out /tmp/formats
    make_formats.py --only 'mp3*-44100-*' 'wav16-8000-mono' --seconds 30 --out /tmp/formats
    make_formats.py --list

The files are NAME-RATE-mono and NAME-RATE-stereo, at 44100, 48000, 22050 and 8000 Hz, for the NAMEs

    wav16, wav24, wav32f    PCM of 16 and 24 bits, float
    flac                    16 bits
    ogg                     Vorbis, quality 6
    mp3                     192 kbit/s, or what the rate allows, with a Xing header that tells the encoder's delay
    mp3-plain               the same without that header
    mp3-foreign             the same with a Xing header in which no encoder has left its name and delay

and passport.json. The signal is that of make_audio.py, made once at 48000 Hz with two channels; ffmpeg resamples it.
"""

import argparse
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import make_audio
from passport import command_line, sha256, tool_versions, write_passport

SOURCE_RATE = 48000
RATES = (44100, 48000, 22050, 8000)
CHANNELS = {"mono": 1, "stereo": 2}
# Extension and ffmpeg's options.
FORMATS = {
    "wav16": (".wav", ["-c:a", "pcm_s16le"]),
    "wav24": (".wav", ["-c:a", "pcm_s24le"]),
    "wav32f": (".wav", ["-c:a", "pcm_f32le"]),
    "flac": (".flac", ["-c:a", "flac", "-sample_fmt", "s16"]),
    "ogg": (".ogg", ["-c:a", "libvorbis", "-q:a", "6"]),
    "mp3": (".mp3", ["-c:a", "libmp3lame", "-b:a", "192k"]),
    "mp3-plain": (".mp3", ["-c:a", "libmp3lame", "-b:a", "192k", "-write_xing", "0", "-id3v2_version", "0"]),
}
FORMATS["mp3-foreign"] = FORMATS["mp3"]
# Bytes of a Xing header from the encoder's name on: name, settings, delay, checksums.
ENCODER_FIELDS = 36
# What makes the same command give the same bytes.
REPRODUCIBLE = ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact"]


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", metavar="PATTERN", help="names to make, with * and ? (default: all)")
    parser.add_argument("--seconds", type=float, default=12.0, help="default: 12")
    parser.add_argument("--seed", type=int, default=1, help="default: 1")
    parser.add_argument("--ffmpeg", default="ffmpeg", metavar="PATH", help="default: ffmpeg")
    parser.add_argument("--list", action="store_true", help="print the names and make nothing")
    parser.add_argument("--out", type=Path, metavar="FOLDER")
    arguments = parser.parse_args()
    if arguments.seconds <= 0:
        parser.error("--seconds must be positive")
    if not (arguments.out or arguments.list):
        parser.error("where to? give --out")
    if not chosen(arguments.only):
        parser.error("no name fits --only; --list shows all")
    return arguments


def chosen(patterns):
    """{name: (format, rate, channel count)} of the files whose names fit one of the patterns, or of all."""
    names = {f"{name}-{rate}-{layout}": (name, rate, count)
             for name in FORMATS for rate in RATES for layout, count in CHANNELS.items()}
    return {name: choice for name, choice in names.items()
            if patterns is None or any(fnmatch(name, pattern) for pattern in patterns)}


def encode(ffmpeg, signal, path, rate, channel_count, options):
    """Writes float32 `signal` [sample, channel] to the file."""
    command = [ffmpeg, "-hide_banner", "-loglevel", "error", "-y",
               "-f", "f32le", "-ar", str(SOURCE_RATE), "-ac", str(signal.shape[1]), "-i", "-",
               "-ar", str(rate), "-ac", str(channel_count), *options, *REPRODUCIBLE, str(path)]
    try:
        result = subprocess.run(command, input=signal.tobytes(), capture_output=True)
    except OSError as error:
        sys.exit(f"make_formats: {ffmpeg}: {error.strerror}; install it, such as with apt-get install ffmpeg")
    if result.returncode != 0:
        sys.exit(f"make_formats: {path.name}: {result.stderr.decode(errors='replace').strip()}")


def remove_encoder(path):
    """Overwrites with zeros what the encoder says of itself in the Xing header."""
    contents = bytearray(path.read_bytes())
    place = contents.find(b"Lavf", max(contents.find(b"Info"), contents.find(b"Xing")))
    if place < 0:
        sys.exit(f"make_formats: {path.name}: no Xing header with ffmpeg's name in it")
    contents[place:place + ENCODER_FIELDS] = bytes(ENCODER_FIELDS)
    path.write_bytes(contents)


def ffmpeg_version(ffmpeg):
    return subprocess.run([ffmpeg, "-version"], capture_output=True, text=True).stdout.split("\n")[0]


def main():
    arguments = parse_arguments()
    files = chosen(arguments.only)
    if arguments.list:
        print("\n".join(files))
        return
    arguments.out.mkdir(parents=True, exist_ok=True)
    signal = make_audio.channels(arguments.seconds, SOURCE_RATE, 2, arguments.seed).astype("<f4")
    entries = []
    for name, (kind, rate, channel_count) in files.items():
        extension, options = FORMATS[kind]
        path = arguments.out / (name + extension)
        encode(arguments.ffmpeg, signal, path, rate, channel_count, options)
        if kind == "mp3-foreign":
            remove_encoder(path)
        entries.append({"file": path.name, "sha256": sha256(path)})
    write_passport(arguments.out / "passport.json", {
        "command": command_line(), "seed": arguments.seed, "files": entries,
        "versions": {**tool_versions(("numpy",)), "ffmpeg": ffmpeg_version(arguments.ffmpeg)}})
    print(f"{arguments.out}  {len(entries)} files")


if __name__ == "__main__":
    main()
