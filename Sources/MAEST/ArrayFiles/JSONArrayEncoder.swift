import Foundation

/// Writes arrays as one JSON object, on one line, piece by piece.
///
/// `{"metadata": {…}, "arrays": {"name": {"dtype": "float32", "shape": [2, 3], "values": [[…], […]]}}}`, values as
/// nested lists; the shortest digits that give each number back; `null` for NaN and infinities, which JSON does
/// not have.
struct JSONArrayEncoder {
  let sink: (Data) throws -> Void

  /// - Parameter metadata: a JSON object's text.
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
    // The lengths of the lists that end or begin at multiples of them, outermost first.
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
