// Tags samples as a program would that depends on MAESTCore: `consumer WEIGHTS`, and an audio file that it leaves alone.
import Foundation
import MAESTCore

let model = try MAESTModel(weightFileAt: CommandLine.arguments[1])
// Six seconds of a 220 Hz sawtooth.
let samples = (0..<6 * model.sampleRate).map {
  Float($0 * 220 % model.sampleRate) / Float(model.sampleRate) - 0.5
}
let signal = AudioSignal(samples: samples, sampleRate: model.sampleRate)

// Time of the CPU, of all threads together: it tells the same on a busy machine.
var fastest = Double.infinity
var tags: [Tag] = []
for _ in 0..<3 {
  let start = clock()
  tags = try model.analyze(signal).topTags(1)
  fastest = min(fastest, Double(clock() - start) / Double(CLOCKS_PER_SEC))
}
for tag in tags { print("tag", tag.label, tag.activation) }
print("analysis", fastest, "s of CPU for \(signal.duration) s of audio")
