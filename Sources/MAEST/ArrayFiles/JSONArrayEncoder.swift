import Foundation

/// Writes arrays piece by piece as one JSON object on one line.
///
/// `{"metadata": {…}, "arrays": {"name": {"dtype": "float32", "shape": [2, 3], "values": [[…], […]]}}}`. Values are
/// nested lists with the shortest digits that restore each number; NaN and infinities, which JSON cannot represent, are
/// `null`.
struct JSONArrayEncoder {
  let sink: (Data) throws -> Void

  /// - Parameter metadata: text of a JSON object.
  func write(_ arrays: [SpooledArray], metadata: String) throws {
    try write("{\"metadata\":\(metadata),\"arrays\":{")
    for (index, array) in arrays.enumerated() {
      let (name, shape) = (try Self.quoted(array.name), array.shape)
      try write(
        (index == 0 ? "" : ",")
          + "\(name):{\"dtype\":\"\(array.elementType.rawValue)\",\"shape\":\(shape),\"values\":")
      try writeValues(of: array)
      try write("}")
    }
    try write("}}\n")
  }

  private func writeValues(of array: SpooledArray) throws {
    guard !array.shape.contains(0) else { return try write("[]") }
    // Elements per list at each level, outermost first: a list begins and ends at multiples of its length.
    let lengths = array.shape.indices.map { array.shape[$0...].reduce(1, *) }
    let count = array.shape.reduce(1, *)
    var position = 0
    try array.forEachPiece { piece in
      var text = ""
      for value in array.elementType.decode(piece) {
        if position > 0 { text += "," }
        text += String(repeating: "[", count: lengths.count { position % $0 == 0 })
        text += value.isFinite ? "\(value)" : "null"
        position += 1
        text += String(repeating: "]", count: lengths.count { position % $0 == 0 })
      }
      try write(text)
    }
    precondition(position == count, "\(position) of \(count) elements")
  }

  private func write(_ text: String) throws { try sink(Data(text.utf8)) }

  private static func quoted(_ text: String) throws -> String {
    String(decoding: try JSONEncoder().encode(text), as: UTF8.self)
  }
}
