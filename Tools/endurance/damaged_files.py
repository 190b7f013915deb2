"""Writes the files of a generated library that are damaged, or odd in a way that programs take for damage."""

import struct

from broken_files import Maker as BrokenMaker

# Pieces of a joined or chained file have so many seconds each.
PIECE_SECONDS = 20


class Maker(BrokenMaker):
    """Makes one file: a whole one first, then what is done to its bytes. Sets the track's `seconds` to those that the
    whole sound has."""

    def change(self, body):
        contents = bytearray(self.path.read_bytes())
        self.path.write_bytes(body(contents) or contents)

    def overwrite_middle(self, make, share=None, count=None):
        """Replaces bytes in the middle by make(count)."""
        def body(contents):
            length = count or int(len(contents) * share)
            middle = len(contents) // 2
            contents[middle:middle + length] = make(length)
        self.change(body)

    def joined(self, encoder, rates):
        """Whole files of these sample rates, one behind the other."""
        pieces = []
        for rate in rates:
            self.encode(encoder, self.sound(PIECE_SECONDS, rate=rate))
            pieces.append(self.path.read_bytes())
        self.path.write_bytes(b"".join(pieces))
        self.track.sample_rate, self.track.seconds = rates[0], PIECE_SECONDS * len(rates)

    # FLAC

    def flac_bad_frame(self):
        self.encode("flac16", self.sound())
        self.overwrite_middle(lambda count: bytes(count), count=64)

    def flac_garbage(self):
        self.encode("flac16", self.sound())
        self.overwrite_middle(self.chance.bytes, share=0.1)

    def flac_cut(self):
        self.encode("flac16", self.sound())
        self.cut(0.7)

    def flac_mostly_cut(self):
        """Cut far enough that less than half is left, however loud its beginning is."""
        self.encode("flac16", self.sound())
        self.cut(0.15)

    def flac_tag_behind(self):
        """A tag of the first kind, as for mp3."""
        self.encode("flac16", self.sound())
        self.change(lambda contents: contents + b"TAG" + b"Title".ljust(125, b"\0"))

    # MPEG

    def mp3_zeros_inside(self):
        self.encode("mp3-cbr", self.sound())
        self.overwrite_middle(lambda count: bytes(count), count=8192)

    def mp3_junk_inside(self):
        self.encode("mp3-vbr", self.sound())
        self.overwrite_middle(self.chance.bytes, count=8192)

    def mp3_cut(self):
        self.encode("mp3-cbr", self.sound())
        self.cut(0.7)

    def mp3_joined(self):
        self.joined("mp3-vbr", (44100, 44100))

    # Ogg

    def ogg_cut(self):
        self.encode("vorbis", self.sound())
        self.cut(0.7)

    def ogg_page_missing(self):
        """Without the page in the middle, and what is behind it begins with a page again."""
        self.encode("vorbis", self.sound())

        def body(contents):
            start = contents.index(b"OggS", len(contents) // 2)
            end = contents.index(b"OggS", start + 4)
            return contents[:start] + contents[end:]
        self.change(body)

    def ogg_chained(self):
        self.joined("vorbis", (44100, 22050))

    def opus_chained(self):
        self.joined("opus", (48000, 48000))

    # WAV

    def wav_cut(self):
        self.encode("pcm_s16le", self.sound())
        self.cut(0.7)

    def wav_junk_behind(self):
        self.encode("pcm_s16le", self.sound())
        self.change(lambda contents: contents + self.chance.bytes(300))

    def with_sizes(self, size):
        """The sizes of the whole and of the samples, as the header says them."""
        self.encode("pcm_s16le", self.sound())

        def body(contents):
            place = contents.index(b"data") + 4
            contents[4:8] = contents[place:place + 4] = struct.pack("<I", size)
        self.change(body)

    def wav_sizes_zero(self):
        self.with_sizes(0)

    def wav_sizes_unknown(self):
        self.with_sizes(0xFFFFFFFF)

    # MPEG-4

    def m4a_cut_behind_index(self):
        """The index is there, the end of the sound is not."""
        self.encode("aac", self.sound(), ["-movflags", "+faststart"])
        self.cut(0.7)


def write_damaged(track, path, bank, chance):
    maker = Maker(track, path, bank, chance)
    getattr(maker, track.kind.replace("-", "_"))()
