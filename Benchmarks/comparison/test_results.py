"""What is said of times, on made-up ones: python3 -m unittest discover Benchmarks/comparison"""

import argparse
import copy
import tempfile
import unittest
from pathlib import Path

from bars import judge
from contenders import DEFAULT_PEERS, server_command, settle
from precisions import relations, remark
from report import free_path, markdown, slug
from rounds import tasks
from summary import difference, ratio, summary

FAST, SLOW = [1.0, 2.0, 1.0], [3.0, 4.0, 2.5]
ENGINE = {"engine": "any", "facts": {}, "start": summary([0.5]), "first_patch": summary([1.5]),
          "peak_bytes": 400_000_000, "private_bytes": 50_000_000, "errors": {
              "logits": {"largest": 3e-6, "relative_norm": 7e-7}, "layer-7": {"largest": 9e-6, "relative_norm": 5e-7}}}
RESULTS = {
    "date": "2026-01-31",
    "machine": {"cpu": "Some CPU", "cpu_model": "6 1 1", "flags": ["fma"], "cores": 2, "memory_bytes": 2**33,
                "system": "Linux", "swift": "Swift", "commit": "abc", "environment": {}, "tiles": False},
    "model": {"preset": "full-30s", "shape": {"tokens": 1685, "width": 768, "blocks": 12}},
    "settings": {"rounds": 3, "threads": 2, "backend": "automatic", "precisions": ["exact"],
                 "allow_emulation": False, "peers": ["onnxruntime"], "quick": False},
    "engines": {"maest": ENGINE, "onnxruntime": ENGINE},
    "times": {
        "maest": {"patch": summary(FAST), "layer 7": summary([0.7, 0.7, 0.7]), "all layers": summary([1.1, 1.1, 1.1]),
                  "cold start": summary([1.1, 2.4, 1.1]), "front end": summary([0.02, 0.03, 0.04])},
        "onnxruntime": {"patch": summary(SLOW)},
    },
}


def with_tiles(tiles=True):
    """The results of a machine with tiles, or of one that emulates them: high takes half
    of the time of single precision, fast a tenth."""
    results = copy.deepcopy(RESULTS)
    results["machine"]["tiles"] = tiles
    results["settings"] |= {"precisions": ["exact", "high", "fast"], "allow_emulation": not tiles}
    for name, private_bytes, seconds in (("maest-high", 430_000_000, 0.5), ("maest-fast", 270_000_000, 0.1)):
        results["engines"][name] = {**ENGINE, "private_bytes": private_bytes, "errors": {
            "logits": {"largest": 2e-4, "relative_norm": 1e-5}, "layer-7": {"largest": 9e-4, "relative_norm": 3e-5}}}
        results["times"][name] = {"patch": summary([seconds, 1.5 * seconds, seconds])}
    for name, seconds in (("openvino-bf16", 0.2), ("essentia", 10.0)):
        results["engines"][name] = ENGINE
        results["times"][name] = {"patch": summary([seconds, seconds, seconds])}
    return results


class SummaryTests(unittest.TestCase):
    def test_median_is_not_the_mean(self):
        self.assertEqual(summary([1.0, 9.0, 2.0]), {"minimum": 1.0, "median": 2.0, "seconds": [1.0, 9.0, 2.0]})

    def test_ratio_is_of_medians_and_its_spread_of_rounds(self):
        # Medians 3 and 1; rounds 3, 2, 2.5.
        self.assertEqual(ratio(summary(SLOW), summary(FAST)), {"value": 3.0, "lowest": 2.0, "highest": 3.0})

    def test_ratio_to_several(self):
        self.assertEqual(ratio(summary([16.0]), summary([2.0]), 8)["value"], 1.0)

    def test_difference_is_taken_round_by_round(self):
        # A slow round is slow for both: the medians' difference would be 1.
        found = difference(summary([2.5, 10.5, 1.5]), summary([2.0, 10.0, 1.0]))
        self.assertEqual(found, {"value": 0.5, "lowest": 0.5, "highest": 0.5})


class BarTests(unittest.TestCase):
    def verdicts(self, results):
        return {row["name"]: row["meets_bar"] for row in judge(results)}

    def test_each_way_of_judging(self):
        found = self.verdicts(RESULTS)
        self.assertTrue(found["onnxruntime's time, of ours"])
        self.assertTrue(found["cold start: a process that tags a file, less its patch"])
        self.assertTrue(found["front end, 300 s of audio"])
        # 0.7 / 1.1 is above 0.62.
        self.assertFalse(found["layer 7 alone, of the time of all layers"])
        # Not measured.
        self.assertIsNone(found["Essentia's time with the -2.pb graph, of ours"])
        self.assertIsNone(found["8 patches in a row, of 8 times one"])

    def test_a_slower_engine_does_not_meet_the_bar(self):
        results = copy.deepcopy(RESULTS)
        results["times"]["maest"]["patch"] = summary(SLOW)
        self.assertIs(self.verdicts(results)["onnxruntime's time, of ours"], False)

    def test_the_fastest_peer_of_those_that_were_run(self):
        def found(**peers):
            results = copy.deepcopy(RESULTS)
            results["times"] |= {name: {"patch": summary(seconds)} for name, seconds in peers.items()}
            return next(row for row in judge(results) if row["name"].startswith("the fastest"))

        # Half precision and Essentia do not count.
        row = found(torch=[1.2, 1.2, 1.2], essentia=[0.1, 0.1, 0.1], **{"openvino-bf16": [0.1, 0.1, 0.1]})
        self.assertEqual(row["measured"], {"value": 1.2, "lowest": 0.6, "highest": 1.2, "peer": "torch"})
        self.assertTrue(row["meets_aim"])
        row = found(openvino=[0.9, 0.9, 0.9])
        self.assertEqual((row["measured"]["peer"], row["meets_bar"]), ("openvino", False))
        results = copy.deepcopy(RESULTS)
        del results["times"]["onnxruntime"]
        self.assertIsNone(self.verdicts(results)["the fastest single-precision peer's time, of ours"])

    def test_another_model_threads_or_kernels_are_not_judged(self):
        for part, name, value in (
                ("model", "preset", "tiny"), ("settings", "threads", 1), ("settings", "backend", "openblas"),
                ("machine", "environment", {"MAEST_CPU": "avx2"})):
            results = copy.deepcopy(RESULTS)
            results[part][name] = value
            self.assertEqual(set(self.verdicts(results).values()), {None})


class PrecisionTests(unittest.TestCase):
    BARS = {
        "onnxruntime's time, of ours in high precision": True,
        "Essentia's time with the -2.pb graph, of ours in high precision": True,
        "private memory at peak in high precision": True,
        # 0.2 / 0.1 is above 1.8, below 2.8.
        "OpenVINO's time in bf16, of ours in fast precision": True,
        "Essentia's time with the -2.pb graph, of ours in fast precision": True,
        # 270 MB.
        "private memory at peak in fast precision": False,
    }

    def rows(self, results):
        return {row["name"]: row for row in judge(results) if row["name"] in self.BARS}

    def test_bars_on_a_machine_with_tiles(self):
        rows = self.rows(with_tiles())
        self.assertEqual({name: row["meets_bar"] for name, row in rows.items()}, self.BARS)
        high = rows["onnxruntime's time, of ours in high precision"]
        # Medians 3 and 0.5; rounds 3 / 0.5, 4 / 0.75, 2.5 / 0.5.
        self.assertEqual(high["measured"], {"value": 6.0, "lowest": 5.0, "highest": 6.0})
        self.assertIs(rows["OpenVINO's time in bf16, of ours in fast precision"]["meets_aim"], False)
        self.assertIs(rows["private memory at peak in high precision"]["meets_aim"], False)

    def test_a_slower_precision_does_not_meet_its_bar(self):
        results = with_tiles()
        results["times"]["maest-high"]["patch"] = summary(SLOW)
        self.assertIs(self.rows(results)["onnxruntime's time, of ours in high precision"]["meets_bar"], False)

    def test_without_tiles_nothing_is_measured_and_nothing_met(self):
        rows = self.rows(RESULTS)
        self.assertEqual(set(rows), set(self.BARS))
        for row in rows.values():
            self.assertEqual((row["measured"], row["meets_bar"], row["meets_aim"]), (None, None, None))
        text = markdown({**RESULTS, "precisions": relations(RESULTS), "bars": judge(RESULTS)})
        self.assertNotIn("maest-high", text)
        self.assertEqual(text.count("maest finds no tiles (AMX) on this machine"), 1)
        line = next(line for line in text.splitlines() if line.startswith("| private memory at peak in fast"))
        self.assertTrue(line.endswith("| not measured here |"), line)

    def test_emulated_tiles_are_not_judged(self):
        results = with_tiles(tiles=False)
        for row in self.rows(results).values():
            self.assertIsNotNone(row["measured"])
            self.assertEqual((row["meets_bar"], row["meets_aim"]), (None, None))
        self.assertIn("not to be quoted", remark(results))
        self.assertIn("not judged", markdown({**results, "precisions": relations(results), "bars": judge(results)}))

    def test_a_peer_or_precision_that_was_not_run(self):
        results = with_tiles()
        del results["times"]["essentia"], results["engines"]["essentia"]
        del results["times"]["maest-fast"], results["engines"]["maest-fast"]
        self.assertEqual(list(relations(results)), ["high"])
        self.assertEqual(list(relations(results)["high"]["rivals"]), ["maest", "onnxruntime", "openvino-bf16"])
        rows = self.rows(results)
        measured = [name for name, row in rows.items() if row["measured"]]
        self.assertEqual(measured, ["onnxruntime's time, of ours in high precision",
                                    "private memory at peak in high precision"])

    def test_relations_are_of_the_rivals_times(self):
        found = relations(with_tiles())
        self.assertEqual(found["high"]["engine"], "maest-high")
        self.assertEqual(found["high"]["rivals"]["maest"]["value"], 2.0)
        self.assertEqual(found["fast"]["rivals"]["openvino-bf16"]["value"], 2.0)
        self.assertEqual(found["fast"]["rivals"]["essentia"]["value"], 100.0)

    def test_rows_of_the_report(self):
        results = with_tiles()
        text = markdown({**results, "precisions": relations(results), "bars": judge(results)})
        self.assertIn("| high | 2 (2 to 2.67) | 6 (5 to 6) | 0.4 (0.267 to 0.4) | 20 (13.3 to 20) | 3.0e-05 |", text)
        self.assertIn("| maest-fast | 0.1 | 0.1 | 0.1 | 0.075 to 0.1 | 400 | 270 | 0.5 | 1.5 | 2.0e-04 |  |", text)
        self.assertNotIn("no tiles", text)


class ChoiceTests(unittest.TestCase):
    def arguments(self, **given):
        return argparse.Namespace(**{
            "peers": None, "precisions": ["exact", "high", "fast"], "allow_emulation": False, "backend": "automatic",
            "other_backends": [], "peer_layer": False, "quick": False, "threads": 2, **given})

    def test_half_precision_is_a_default_peer_where_there_are_tiles(self):
        for tiles, peers in ((True, [*DEFAULT_PEERS, "openvino-bf16"]), (False, [*DEFAULT_PEERS])):
            arguments = self.arguments()
            settle(arguments, tiles)
            self.assertEqual(arguments.peers, peers)

    def test_peers_that_were_named_stay(self):
        arguments = self.arguments(peers=[])
        settle(arguments, tiles=True)
        self.assertEqual(arguments.peers, [])

    def test_precisions_take_tiles_or_emulation(self):
        for tiles, emulation, precisions in (
                (True, False, ["exact", "high", "fast"]), (False, True, ["exact", "high", "fast"]),
                (False, False, ["exact"])):
            arguments = self.arguments(allow_emulation=emulation)
            settle(arguments, tiles)
            self.assertEqual(arguments.precisions, precisions)

    def test_each_round_asks_for_each_precision_once(self):
        found = {task.engine: task.request for task in tasks(self.arguments(peers=["onnxruntime"]))
                 if task.work == "patch"}
        self.assertEqual(found, {
            "maest": {"taps": ["logits"]}, "maest-high": {"taps": ["logits"], "precision": "high"},
            "maest-fast": {"taps": ["logits"], "precision": "fast"}, "onnxruntime": {"taps": ["logits"]}})
        self.assertNotIn("maest-high", {task.engine for task in tasks(self.arguments(peers=[], precisions=["exact"]))})

    def test_a_precision_has_processes_of_its_own(self):
        materials = argparse.Namespace(patches="p.npy", long_audio="a.wav", weights="w.safetensors")
        command = server_command("maest-high", materials, self.arguments())
        self.assertEqual(command[command.index("--precision") + 1], "high")
        self.assertNotIn("--allow-emulation", command)
        command = server_command("maest", materials, self.arguments(allow_emulation=True))
        self.assertEqual(command[command.index("--precision") + 1], "exact")
        # It is asked for the other precisions too.
        self.assertIn("--allow-emulation", command)


class ReportTests(unittest.TestCase):
    def test_every_table_has_rows_of_one_width(self):
        for results in (with_tiles(), RESULTS):
            text = markdown({**results, "precisions": relations(results), "bars": judge(results)})
            for block in text.split("\n\n"):
                if block.startswith("|"):
                    self.assertEqual(len({line.count("|") for line in block.splitlines()}), 1, block)
        self.assertIn("| the fastest single-precision peer's time, of ours (onnxruntime) | 3 |", text)
        self.assertIn("| onnxruntime | 2.5 | 3 | 3 | 2 to 3 | 400 | 50 | 0.5 | 1.5 | 3.0e-06 |  |", text)

    def test_an_earlier_run_is_kept(self):
        self.assertEqual(slug("Intel(R) Xeon(R) CPU @ 2.0GHz"), "intel-xeon-cpu-2-0ghz")
        with tempfile.TemporaryDirectory() as folder:
            first = free_path(Path(folder), "name")
            first.write_text("")
            self.assertEqual(free_path(Path(folder), "name").name, "name-2.md")


if __name__ == "__main__":
    unittest.main()
