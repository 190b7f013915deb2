"""What is run, and how presets are judged: python3 -m unittest discover Benchmarks/comparison"""

import argparse
import unittest
from pathlib import Path

from bars import judge
from contenders import DEFAULT_PEERS, server_command, settle
from preparation import Materials
from presets import ROW_PEERS
from rounds import check_records, tasks
from sample_results import of_library, of_row, report_of
from server import ServerError


class PresetTests(unittest.TestCase):
    def test_patches_in_a_row_are_held_against_the_better_mode(self):
        bar, = judge(of_row(openvino=11.0, openvino_throughput=10.9))
        self.assertEqual((bar["measured"]["value"], bar["measured"]["peer"]), (1.09, "openvino-throughput"))
        self.assertEqual((bar["meets_bar"], bar["meets_aim"]), (True, False))
        bar, = judge(of_row(openvino=10.5, openvino_throughput=12.0))
        self.assertEqual((bar["measured"]["peer"], bar["meets_bar"]), ("openvino", False))

    def test_one_mode_is_not_enough(self):
        bar, = judge(of_row(openvino=11.0))
        self.assertIsNone(bar["measured"])

    def test_rows_of_patches_in_the_report(self):
        text = report_of(of_row(openvino=11.0, openvino_throughput=12.0))
        self.assertIn("## 40 patches in a row", text)
        self.assertIn("| openvino-throughput | 12 | 12 | 1.2 | 1.2 to 1.2 | 1 |", text)
        self.assertNotIn("## Other work", text)

    def test_a_library_is_judged_after_eight_runs(self):
        bar, = judge(of_library([1.0] * 7 + [1.04]))
        self.assertEqual((bar["measured"]["value"], bar["meets_bar"], bar["meets_aim"]), (1.04, True, False))
        bar, = judge(of_library([1.0] * 7 + [1.2]))
        self.assertIs(bar["meets_bar"], False)
        bar, = judge(of_library([1.0] * 3))
        self.assertIsNone(bar["meets_bar"])
        self.assertIn("## A library of 4 tracks of 2 patches", report_of(of_library([1.0] * 8)))

    def test_records_of_a_whole_library(self):
        preset = argparse.Namespace(tracks=2, patches_per_track=2)
        line = '{"status": "done", "patch_count": 2, "precision": "int16"}\n'
        check_records(line * 2, preset, "int16")
        for lines, precision in ((line, "int16"), (line * 2, "exact"), (line + line.replace("2", "1"), "int16")):
            with self.assertRaises(ServerError):
                check_records(lines, preset, precision)


class ChoiceTests(unittest.TestCase):
    def arguments(self, **given):
        return argparse.Namespace(**{
            "peers": None, "precisions": ["exact", "high", "bf16", "int16"], "allow_emulation": False,
            "backend": "automatic", "other_backends": [], "peer_layer": False, "quick": False, "threads": 2,
            "rounds": None, "preset": "full-30s", **given})

    ALL = ["exact", "high", "bf16", "int16"]

    def test_half_precision_is_a_default_peer_where_there_are_tiles(self):
        for native, peers in ((self.ALL, [*DEFAULT_PEERS, "openvino-bf16"]), (["exact", "int16"], [*DEFAULT_PEERS])):
            arguments = self.arguments()
            settle(arguments, native)
            self.assertEqual(arguments.peers, peers)

    def test_peers_that_were_named_stay(self):
        arguments = self.arguments(peers=[])
        settle(arguments, self.ALL)
        self.assertEqual(arguments.peers, [])

    def test_precisions_are_native_or_emulated(self):
        for native, emulation, precisions in (
                (self.ALL, False, self.ALL), (["exact"], True, self.ALL), (["exact"], False, ["exact"]),
                (["exact", "int16"], False, ["exact", "int16"])):
            arguments = self.arguments(allow_emulation=emulation)
            settle(arguments, native)
            self.assertEqual(arguments.precisions, precisions)

    def test_a_preset_has_its_own_peers_and_rounds(self):
        for preset, peers, rounds in (("full-5s", [*ROW_PEERS], 7), ("small-library", [], 8)):
            arguments = self.arguments(preset=preset)
            settle(arguments, ["exact"])
            self.assertEqual((arguments.peers, arguments.rounds), (peers, rounds))
        arguments = self.arguments(rounds=5, quick=True)
        settle(arguments, ["exact"])
        self.assertEqual(arguments.rounds, 2)

    def test_work_of_the_presets(self):
        def works(preset):
            return {(task.engine, task.work) for task in tasks(
                self.arguments(preset=preset, precisions=["exact", "int16"], peers=["openvino-throughput"]))}

        self.assertEqual(works("full-5s"), {
            (name, work) for name in ("maest-exact", "maest-int16", "openvino-throughput")
            for work in ("patch", "40 patches")})
        self.assertEqual(works("small-library"), {
            ("maest-exact", "patch"), ("maest-int16", "patch"), ("openvino-throughput", "patch"),
            ("maest-exact", "library"), ("maest-int16", "library")})

    def test_each_round_asks_for_each_precision_once(self):
        found = {task.engine: task.request for task in tasks(self.arguments(peers=["onnxruntime"]))
                 if task.work == "patch"}
        self.assertEqual(found, {
            "maest-exact": {"taps": ["logits"]}, "maest-high": {"taps": ["logits"], "precision": "high"},
            "maest-bf16": {"taps": ["logits"], "precision": "bf16"},
            "maest-int16": {"taps": ["logits"], "precision": "int16"}, "onnxruntime": {"taps": ["logits"]}})
        self.assertNotIn("maest-high", {task.engine for task in tasks(self.arguments(peers=[], precisions=["exact"]))})

    def test_a_precision_has_processes_of_its_own(self):
        materials = self.materials()
        command = server_command("maest-high", materials, self.arguments())
        self.assertEqual(command[command.index("--precision") + 1], "high")
        self.assertNotIn("--allow-emulation", command)
        command = server_command("maest-exact", materials, self.arguments(allow_emulation=True))
        self.assertEqual(command[command.index("--precision") + 1], "exact")
        # It is asked for the other precisions too.
        self.assertIn("--allow-emulation", command)

    def test_a_quantized_peer_loads_what_was_made_for_it(self):
        for name, model in (("onnxruntime-int8", "int8/model.onnx"), ("torch", "w.safetensors"),
                            ("openvino", "graphs/discogs-maest-30s-random-2.onnx")):
            command = server_command(name, self.materials(), self.arguments())
            self.assertEqual(command[command.index("--model") + 1], model)
        command = server_command("openvino-throughput", self.materials(), self.arguments())
        self.assertEqual(command[-2:], ["--streams", "2"])

    def materials(self):
        return Materials("full-30s", Path("graphs"), Path("w.safetensors"), Path("p.npy"), Path("reference"),
                         Path("short.wav"), Path("a.wav"), {"onnxruntime-int8": Path("int8/model.onnx")})


if __name__ == "__main__":
    unittest.main()
