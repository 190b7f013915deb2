/// The computation of one parameter from a file's tensors.
struct TensorRecipe: Sendable {
  /// A tensor in the file and its required shape.
  struct Ingredient: Sendable {
    var name: String
    var shape: [Int]
  }

  var ingredients: [Ingredient]
  /// Human-readable description of the computation; empty if there is none.
  var form = ""
  /// Computes the parameter's elements, row-major, from the elements of the ingredients.
  var combine: @Sendable ([[Float]]) -> [Float]

  /// Returns a recipe that uses a tensor unchanged.
  static func plain(_ name: String, shape: [Int]) -> TensorRecipe {
    TensorRecipe(ingredients: [Ingredient(name: name, shape: shape)]) { $0[0] }
  }

  /// Returns a recipe that converts a PyTorch weight `[output, inputs...]` to `[inputs, output]`.
  static func transposed(_ name: String, shape: [Int]) -> TensorRecipe {
    TensorRecipe(ingredients: [Ingredient(name: name, shape: shape)], form: "transposed") { values in
      transpose(values[0][...], rows: shape[0])
    }
  }

  /// Returns a recipe for one third: of a fused weight `[3 * output, input]` as `[input, output]`, or of a fused bias
  /// `[3 * output]`.
  static func third(_ third: Int, of name: String, shape: [Int]) -> TensorRecipe {
    let form = "part \(third + 1) of 3" + (shape.count == 1 ? "" : ", transposed")
    return TensorRecipe(ingredients: [Ingredient(name: name, shape: shape)], form: form) { values in
      let count = values[0].count / 3
      let part = values[0][(third * count)..<((third + 1) * count)]
      return shape.count == 1 ? Array(part) : transpose(part, rows: shape[0] / 3)
    }
  }

  /// Returns a recipe for the position embedding `[2 + bands * frames, width]` from separate embeddings: leading tokens
  /// `[1, 2, width]`, time `[1, width, 1, frames]` and frequency `[1, width, bands, 1]`. The grid's embedding is the
  /// sum of the last two.
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

  /// Transposes `[rows, columns]` to `[columns, rows]`.
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
