// Tags samples of its own as a program would that depends on MAESTCore: `consumer WEIGHTS`.
import Foundation
import MAESTCore

let model = try MAESTModel(weightFileAt: CommandLine.arguments[1])
// 30 s of 440 Hz at 44.1 kHz.
let samples = (0..<30 * 44100).map { 0.5 * sinf(Float($0) * 2 * .pi * 440 / 44100) }

// Time of the CPU, of all threads together: it tells the same on a busy machine.
var fastest = Double.infinity
var tags: [LabelActivation] = []
for _ in 0..<3 {
  let start = clock()
  tags = try model.analyze(samples, sampleRate: 44100).topTags(1)
  fastest = min(fastest, Double(clock() - start) / Double(CLOCKS_PER_SEC))
}
for tag in tags { print("tag", tag.label, tag.activation) }
print("analysis", fastest, "s of CPU for 30 s of audio")
