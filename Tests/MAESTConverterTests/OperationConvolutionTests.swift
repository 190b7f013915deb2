import MAESTConverter
import MAESTTestSupport
import Testing

@Suite struct OperationConvolutionTests {
  struct Case: CustomTestStringConvertible {
    var data = [1, 7, 6, 2]
    var kernel = [3, 2, 2, 3]
    var strides = [1, 1]
    var dilations = [1, 1]
    var padding = "VALID"
    var explicit: [Int]?
    var testDescription: String { "\(data) \(kernel) \(strides) \(dilations) \(padding) \(explicit ?? [])" }

    func attributes(channelsFirst: Bool) -> [String: Attribute] {
      func four(_ pair: [Int]) -> Attribute { .integers(channelsFirst ? [1, 1] + pair : [1] + pair + [1]) }
      var result: [String: Attribute] = [
        "strides": four(strides), "dilations": four(dilations), "padding": .string(padding),
        "data_format": .string(channelsFirst ? "NCHW" : "NHWC"),
      ]
      if let explicit {
        result["explicit_paddings"] = .integers(
          channelsFirst ? [0, 0, 0, 0] + explicit : [0, 0] + explicit + [0, 0])
      }
      return result
    }
  }

  /// Both data formats against plain loops.
  @Test(arguments: [
    Case(), Case(strides: [2, 3]), Case(dilations: [2, 3]), Case(padding: "SAME"),
    Case(strides: [2, 3], padding: "SAME"), Case(kernel: [2, 5, 2, 1], dilations: [2, 1], padding: "SAME"),
    Case(padding: "EXPLICIT", explicit: [1, 2, 0, 3]), Case(data: [3, 4, 4, 1], kernel: [4, 4, 1, 2]),
    Case(data: [2, 40, 50, 2], kernel: [8, 8, 2, 2], strides: [2, 1]),
    Case(kernel: [1, 1, 2, 2], strides: [3, 3]),
  ])
  func againstPlainLoops(_ settings: Case) throws {
    let (data, kernel) = (randomFloats(settings.data), randomFloats(settings.kernel, seed: 2))
    let expected = Self.convolved(data, kernel, settings)
    let found = try evaluate("Conv2D", [data, kernel], settings.attributes(channelsFirst: false))[0]
    #expect(found.shape == expected.shape)
    expectClose(found.floats ?? [], expected.floats ?? [], maximum: 1e-4, "NHWC")
    let turned = try evaluate("Transpose", [data, integers([0, 3, 1, 2])])
    let channelsFirst = try evaluate("Conv2D", turned + [kernel], settings.attributes(channelsFirst: true))
    let turnedBack = try evaluate("Transpose", channelsFirst + [integers([0, 2, 3, 1])])[0]
    #expect(turnedBack.shape == expected.shape)
    expectClose(turnedBack.floats ?? [], expected.floats ?? [], maximum: 1e-4, "NCHW")
  }

  private static func convolved(_ data: ConstantTensor, _ kernel: ConstantTensor, _ settings: Case)
    -> ConstantTensor
  {
    let (d, k) = (settings.data, settings.kernel)
    var (before, counts) = ([0, 0], [0, 0])
    for axis in 0..<2 {
      let (size, step) = (d[axis + 1], settings.strides[axis])
      let extent = (k[axis] - 1) * settings.dilations[axis] + 1
      switch settings.padding {
      case "SAME":
        counts[axis] = Int((Double(size) / Double(step)).rounded(.up))
        before[axis] = max(0, (counts[axis] - 1) * step + extent - size) / 2
      default:
        let explicit = settings.explicit ?? [0, 0, 0, 0]
        before[axis] = explicit[2 * axis]
        counts[axis] = (size + explicit[2 * axis] + explicit[2 * axis + 1] - extent) / step + 1
      }
    }
    let (x, w) = (data.floats ?? [], kernel.floats ?? [])
    var result: [Float] = []
    for image in 0..<d[0] {
      for row in 0..<counts[0] {
        for column in 0..<counts[1] {
          for output in 0..<k[3] {
            var sum = 0.0
            for i in 0..<k[0] {
              for j in 0..<k[1] {
                let y = row * settings.strides[0] + i * settings.dilations[0] - before[0]
                let z = column * settings.strides[1] + j * settings.dilations[1] - before[1]
                guard y >= 0, y < d[1], z >= 0, z < d[2] else { continue }
                for channel in 0..<k[2] {
                  let value = x[((image * d[1] + y) * d[2] + z) * d[3] + channel]
                  sum += Double(value * w[((i * k[1] + j) * k[2] + channel) * k[3] + output])
                }
              }
            }
            result.append(Float(sum))
          }
        }
      }
    }
    return ConstantTensor(floats: result, shape: [d[0], counts[0], counts[1], k[3]])
  }

  @Test func kernelLargerThanTheData() throws {
    let attributes: [String: Attribute] = ["strides": .integers([1, 1, 1, 1]), "padding": .string("VALID")]
    expect(
      try evaluate("Conv2D", [counting([1, 2, 2, 1]), counting([3, 3, 1, 1])], attributes), [1, 0, 0, 1],
      floats: [])
  }

  @Test func wrongSettings() {
    func refuse(
      _ changes: [String: Attribute], data: [Int] = [1, 4, 4, 1], kernel: [Int] = [2, 2, 1, 1],
      mentions: String = "",
      sourceLocation: SourceLocation = #_sourceLocation
    ) {
      let usual: [String: Attribute] = ["strides": .integers([1, 1, 1, 1]), "padding": .string("VALID")]
      expectRefusal(
        "Conv2D", [counting(data), counting(kernel)], usual.merging(changes) { $1 }, mentions: mentions,
        sourceLocation: sourceLocation)
    }
    refuse(["padding": .string("MIRROR")], mentions: "MIRROR")
    refuse(["data_format": .string("NHCW")], mentions: "NHCW")
    refuse(["strides": .integers([1, 0, 1, 1])], mentions: "strides")
    refuse(["strides": .integers([1, 1])])
    refuse(["dilations": .integers([1, 1, Int.max, 1])], mentions: "dilations")
    refuse(["padding": .string("EXPLICIT")], mentions: "paddings")
    refuse(
      [
        "padding": .string("EXPLICIT"), "explicit_paddings": .integers([0, 0, 1 << 30, 1 << 30, 0, 0, 0, 0]),
      ],
      mentions: "allowed")
    refuse([:], data: [1, 4, 4, 2], mentions: "channels")
    refuse([:], data: [4, 4, 1], mentions: "[4, 4, 1]")
    refuse([:], kernel: [0, 2, 1, 1], mentions: "kernel of 0")
  }
}
