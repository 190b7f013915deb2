"""What is said of times, on made-up ones: python3 -m unittest discover Benchmarks/comparison"""

import copy
import tempfile
import unittest
from pathlib import Path

from bars import judge
from precisions import relations, remark
from report import free_path, slug
from sample_results import FAST, RESULTS, SLOW, of_library, of_row, report_of, with_int16, with_tiles
from summary import difference, ratio, slowest_of_fastest, summary


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

    def test_slowest_of_fastest(self):
        self.assertEqual(slowest_of_fastest(summary([2.0, 1.0, 4.0])), {"value": 4.0, "lowest": 0.5, "highest": 2.0})


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
        results["times"]["maest-exact"]["patch"] = summary(SLOW)
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
        "OpenVINO's time in bf16, of ours in bf16": True,
        "Essentia's time with the -2.pb graph, of ours in bf16": True,
        # 270 MB.
        "private memory at peak in bf16": False,
    }

    def rows(self, results):
        return {row["name"]: row for row in judge(results) if row["name"] in self.BARS}

    def test_bars_on_a_machine_with_tiles(self):
        rows = self.rows(with_tiles())
        self.assertEqual({name: row["meets_bar"] for name, row in rows.items()}, self.BARS)
        high = rows["onnxruntime's time, of ours in high precision"]
        # Medians 3 and 0.5; rounds 3 / 0.5, 4 / 0.75, 2.5 / 0.5.
        self.assertEqual(high["measured"], {"value": 6.0, "lowest": 5.0, "highest": 6.0})
        self.assertIs(rows["OpenVINO's time in bf16, of ours in bf16"]["meets_aim"], False)
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
        text = report_of(RESULTS)
        self.assertNotIn("maest-high", text)
        self.assertEqual(text.count("No rows for high, bf16, int16: not supported by this CPU."), 1)
        line = next(line for line in text.splitlines() if line.startswith("| private memory at peak in bf16"))
        self.assertTrue(line.endswith("| not measured here |"), line)

    def test_emulated_tiles_are_not_judged(self):
        results = with_tiles(tiles=False)
        for row in self.rows(results).values():
            self.assertIsNotNone(row["measured"])
            self.assertEqual((row["meets_bar"], row["meets_aim"]), (None, None))
        self.assertIn("not to be quoted", remark(results))
        self.assertIn("not judged", report_of(results))

    def test_a_peer_or_precision_that_was_not_run(self):
        results = with_tiles()
        del results["times"]["essentia"], results["engines"]["essentia"]
        del results["times"]["maest-bf16"], results["engines"]["maest-bf16"]
        self.assertEqual(list(relations(results)), ["high"])
        self.assertEqual(list(relations(results)["high"]["rivals"]), ["maest-exact", "onnxruntime", "openvino-bf16"])
        rows = self.rows(results)
        measured = [name for name, row in rows.items() if row["measured"]]
        self.assertEqual(measured, ["onnxruntime's time, of ours in high precision",
                                    "private memory at peak in high precision"])

    def test_relations_are_of_the_rivals_times(self):
        found = relations(with_tiles())
        self.assertEqual(found["high"]["engine"], "maest-high")
        self.assertEqual(found["high"]["rivals"]["maest-exact"]["value"], 2.0)
        self.assertEqual(found["bf16"]["rivals"]["openvino-bf16"]["value"], 2.0)
        self.assertEqual(found["bf16"]["rivals"]["essentia"]["value"], 100.0)

    def test_rows_of_the_report(self):
        text = report_of(with_tiles())
        self.assertIn("| high | 2 (2 to 2.67) | 6 (5 to 6) | 0.4 (0.267 to 0.4) | 20 (13.3 to 20) | 3.0e-05 |", text)
        self.assertIn("| maest-bf16 | 0.1 | 0.1 | 0.1 | 0.075 to 0.1 | 400 | 270 | 0.5 | 1.5 | 2.0e-04 |  | 3.0e-05 |",
                      text)
        self.assertIn("No rows for int16", text)


class Int16Tests(unittest.TestCase):
    def rows(self, results):
        return {row["name"]: row for row in judge(results) if "int16" in row["name"]}

    def test_bars_with_vnni(self):
        rows = self.rows(with_int16())
        self.assertEqual({name: (row["meets_bar"], row["meets_aim"]) for name, row in rows.items()}, {
            "exact's time, of int16 with AVX-512 VNNI": (True, False),
            "exact's time, of int16 with AVX2 alone": (None, None),
            "onnxruntime's time, of ours in int16": (True, True),
            "onnxruntime's time in dynamic int8, of ours in int16": (False, False),
            # 6e-4 of 2.4e-2 is 1/40.
            "tokens' error in int16, of onnxruntime's in dynamic int8": (True, False),
            "private memory at peak in int16": (True, True)})

    def test_bars_with_avx2_alone_which_may_be_forced(self):
        results = with_int16("avx2")
        results["machine"]["environment"] = {"MAEST_CPU": "avx2"}
        rows = self.rows(results)
        self.assertIsNone(rows["exact's time, of int16 with AVX-512 VNNI"]["measured"])
        self.assertIs(rows["exact's time, of int16 with AVX2 alone"]["meets_aim"], True)
        # A peer has all of the CPU's instructions.
        self.assertIsNone(rows["onnxruntime's time, of ours in int16"]["meets_bar"])

    def test_emulation_is_not_judged(self):
        rows = self.rows(with_int16("emulated (baseline)", native=False))
        self.assertEqual({row["meets_bar"] for row in rows.values()}, {None})

    def test_without_the_int8_peer_or_its_layers_errors_are_not_compared(self):
        for remove in (lambda engines: engines.pop("onnxruntime-int8"),
                       lambda engines: engines["onnxruntime-int8"]["errors"].pop("layer-12")):
            results = with_int16()
            remove(results["engines"])
            row = self.rows(results)["tokens' error in int16, of onnxruntime's in dynamic int8"]
            self.assertIsNone(row["measured"])

    def test_errors_stand_beside_the_times(self):
        text = report_of(with_int16())
        self.assertIn(
            "| onnxruntime-int8 | 0.7 | 0.7 | 0.7 | 0.7 to 0.7 | 400 | 50 | 0.5 | 1.5 | 7.0e-02 |  | 2.4e-02 |", text)
        self.assertIn("| int16 | 1.67 (1.67 to 1.67) | 5 (3.33 to 5) | 1.17 (1.17 to 1.17) | 6.0e-04 |", text)
        self.assertIn("No rows for high, bf16", text)


class ReportTests(unittest.TestCase):
    def test_every_table_has_rows_of_one_width(self):
        for results in (with_tiles(), with_int16(), of_row(openvino=11.0), of_library([1.0] * 8), RESULTS):
            text = report_of(results)
            for block in text.split("\n\n"):
                if block.startswith("|"):
                    self.assertEqual(len({line.count("|") for line in block.splitlines()}), 1, block)
        self.assertIn("| the fastest single-precision peer's time, of ours (onnxruntime) | 3 |", text)
        self.assertIn("| onnxruntime | 2.5 | 3 | 3 | 2 to 3 | 400 | 50 | 0.5 | 1.5 | 3.0e-06 |  | 5.0e-07 |", text)

    def test_an_earlier_run_is_kept(self):
        self.assertEqual(slug("Intel(R) Xeon(R) CPU @ 2.0GHz"), "intel-xeon-cpu-2-0ghz")
        with tempfile.TemporaryDirectory() as folder:
            first = free_path(Path(folder), "name")
            first.write_text("")
            self.assertEqual(free_path(Path(folder), "name").name, "name-2.md")


if __name__ == "__main__":
    unittest.main()
