/// How one parameter is made of a file's tensors.
struct TensorRecipe: Sendable {
  /// A tensor in the file, and the shape that it must have.
  struct Ingredient: Sendable {
    var name: String
    var shape: [Int]
  }

  var ingredients: [Ingredient]
  /// What is done with them, for people; empty for nothing.
  var form = ""
  /// Makes the parameter's elements, row-major, of the ingredients' elements.
  var combine: @Sendable ([[Float]]) -> [Float]

  /// A tensor as it stands.
  static func plain(_ name: String, shape: [Int]) -> TensorRecipe {
    TensorRecipe(ingredients: [Ingredient(name: name, shape: shape)]) { $0[0] }
  }

  /// A weight `[output, inputs...]`, as PyTorch has them, as `[inputs, output]`.
  static func transposed(_ name: String, shape: [Int]) -> TensorRecipe {
    TensorRecipe(ingredients: [Ingredient(name: name, shape: shape)], form: "transposed") { values in
      transpose(values[0][...], rows: shape[0])
    }
  }

  /// A third of a fused weight `[3 * output, input]` as `[input, output]`, or of a fused bias `[3 * output]`.
  static func third(_ third: Int, of name: String, shape: [Int]) -> TensorRecipe {
    let form = "part \(third + 1) of 3" + (shape.count == 1 ? "" : ", transposed")
    return TensorRecipe(ingredients: [Ingredient(name: name, shape: shape)], form: form) { values in
      let count = values[0].count / 3
      let part = values[0][(third * count)..<((third + 1) * count)]
      return shape.count == 1 ? Array(part) : transpose(part, rows: shape[0] / 3)
    }
  }

  /// The position embedding `[2 + bands * frames, width]` of separate ones for the leading tokens `[1, 2,
  /// width]`, time `[1, width, 1, frames]` and frequency `[1, width, bands, 1]`; the grid's is the sum of the
  /// last two.
  static func position(
    leading: String, time: String, frequency: String, width: Int, bands: Int, frames: Int, leadingCount: Int
  ) -> TensorRecipe {
    let ingredients = [
      Ingredient(name: leading, shape: [1, leadingCount, width]),
      Ingredient(name: time, shape: [1, width, 1, frames]),
      Ingredient(name: frequency, shape: [1, width, bands, 1]),
    ]
    let form = "CLS and DIST, then time + frequency"
    return TensorRecipe(ingredients: ingredients, form: form) { values in
      var result = values[0]
      result.reserveCapacity((leadingCount + bands * frames) * width)
      for band in 0..<bands {
        for frame in 0..<frames {
          for channel in 0..<width {
            result.append(values[1][channel * frames + frame] + values[2][channel * bands + band])
          }
        }
      }
      return result
    }
  }

  /// `[rows, columns]` as `[columns, rows]`.
  private static func transpose(_ values: ArraySlice<Float>, rows: Int) -> [Float] {
    let columns = rows == 0 ? 0 : values.count / rows
    var result = Array(repeating: Float(0), count: rows * columns)
    var position = values.startIndex
    for row in 0..<rows {
      for column in 0..<columns {
        result[column * rows + row] = values[position]
        position += 1
      }
    }
    return result
  }
}
