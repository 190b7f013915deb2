// Tags an audio file as a program would that depends on MAEST: `consumer WEIGHTS AUDIO`.
import Foundation
import MAEST

let model = try MAESTModel(path: CommandLine.arguments[1])
let signal = try AudioLoader(sampleRate: model.sampleRate).load(CommandLine.arguments[2])

// Time of the CPU, of all threads together: it tells the same on a busy machine.
var fastest = Double.infinity
var tags: [LabelActivation] = []
for _ in 0..<3 {
  let start = clock()
  tags = try model.analyze(signal).topTags(1)
  fastest = min(fastest, Double(clock() - start) / Double(CLOCKS_PER_SEC))
}
for tag in tags { print("tag", tag.label, tag.activation) }
print("analysis", fastest, "s of CPU for \(signal.duration) s of audio")
