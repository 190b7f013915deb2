"""What is said of times, on made-up ones: python3 -m unittest discover Benchmarks/comparison"""

import copy
import tempfile
import unittest
from pathlib import Path

from bars import judge
from report import free_path, markdown, slug
from summary import difference, ratio, summary

FAST, SLOW = [1.0, 2.0, 1.0], [3.0, 4.0, 2.5]
ENGINE = {"engine": "any", "facts": {}, "start": summary([0.5]), "first_patch": summary([1.5]),
          "peak_bytes": 400_000_000, "private_bytes": 50_000_000, "errors": {
              "logits": {"largest": 3e-6, "relative_norm": 7e-7}, "layer-7": {"largest": 9e-6, "relative_norm": 5e-7}}}
RESULTS = {
    "date": "2026-01-31",
    "machine": {"cpu": "Some CPU", "cpu_model": "6 1 1", "flags": ["fma"], "cores": 2, "memory_bytes": 2**33,
                "system": "Linux", "swift": "Swift", "commit": "abc", "environment": {}},
    "model": {"preset": "full-30s", "shape": {"tokens": 1685, "width": 768, "blocks": 12}},
    "settings": {"rounds": 3, "threads": 2, "backend": "automatic", "peers": ["onnxruntime"],
                 "quick": False},
    "engines": {"maest": ENGINE, "onnxruntime": ENGINE},
    "times": {
        "maest": {"patch": summary(FAST), "layer 7": summary([0.7, 0.7, 0.7]), "all layers": summary([1.1, 1.1, 1.1]),
                  "cold start": summary([1.1, 2.4, 1.1]), "front end": summary([0.02, 0.03, 0.04])},
        "onnxruntime": {"patch": summary(SLOW)},
    },
}


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
        return {row["name"].split(",")[0].split(":")[0]: row["meets_bar"] for row in judge(results)}

    def test_each_way_of_judging(self):
        found = self.verdicts(RESULTS)
        self.assertTrue(found["onnxruntime's time"])
        self.assertTrue(found["cold start"])
        self.assertTrue(found["front end"])
        # 0.7 / 1.1 is above 0.62.
        self.assertFalse(found["layer 7 alone"])
        # Not measured.
        self.assertIsNone(found["Essentia's time with the -2.pb graph"])
        self.assertIsNone(found["8 patches in a row"])

    def test_a_slower_engine_does_not_meet_the_bar(self):
        results = copy.deepcopy(RESULTS)
        results["times"]["maest"]["patch"] = summary(SLOW)
        self.assertIs(self.verdicts(results)["onnxruntime's time"], False)

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
        self.assertIsNone(self.verdicts(results)["the fastest single-precision peer's time"])

    def test_another_model_threads_or_kernels_are_not_judged(self):
        for part, name, value in (
                ("model", "preset", "tiny"), ("settings", "threads", 1), ("settings", "backend", "openblas"),
                ("machine", "environment", {"MAEST_CPU": "avx2"})):
            results = copy.deepcopy(RESULTS)
            results[part][name] = value
            self.assertEqual(set(self.verdicts(results).values()), {None})


class ReportTests(unittest.TestCase):
    def test_every_table_has_rows_of_one_width(self):
        text = markdown({**RESULTS, "bars": judge(RESULTS)})
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
