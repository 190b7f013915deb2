import MAESTTensor
import MAESTWeights

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The tensors of a safetensors file, as single-precision numbers.
struct NamedTensors: Sendable {
  let file: SafeTensorsFile

  init(path: String) throws(ConversionError) {
    do { file = try SafeTensorsFile(path: path) } catch {
      switch error {
      case .unreadable(_, let reason): throw .unreadable(path: path, reason: reason)
      case .tooShort, .headerLength, .malformedHeader, .unknownElementType, .misplacedTensor,
        .misalignedTensor,
        .wrongTensorSize, .wrongFileSize, .notMAEST, .unsupportedVersion, .corruptHeader, .badFact,
        .wrongTensors:
        // The error's own text begins with the path.
        let reason = "\(error)".replacing("\(path): ", with: "")
        throw .damaged(path: path, format: "safetensors file", reason: reason)
      }
    }
  }

  var path: String { file.path }
  var names: Set<String> { Set(file.entries.keys) }

  func shape(_ name: String) -> [Int]? { file.entries[name]?.shape }

  /// Compares the tensors with those that `recipes` need; returns the names that are missing and those of another
  /// shape.
  func differences(from recipes: [String: TensorRecipe]) -> (missing: [String], misshapen: [String]) {
    var missing: Set<String> = []
    var misshapen: Set<String> = []
    for ingredient in recipes.values.flatMap(\.ingredients) {
      guard let entry = file.entries[ingredient.name] else {
        missing.insert(ingredient.name)
        continue
      }
      guard entry.shape == ingredient.shape, Self.isFloating(entry.elementType) else {
        misshapen.insert(
          "\(ingredient.name) (\(entry.elementType.rawValue) \(entry.shape), expected \(ingredient.shape))")
        continue
      }
    }
    return (missing.sorted(), misshapen.sorted())
  }

  private static func isFloating(_ type: SafeTensorsElementType) -> Bool {
    [.float32, .float16, .brainFloat16, .float64].contains(type)
  }

  /// Returns the little-endian float32 bytes of the parameter made by `recipe`. The tensors must match the recipe.
  func bytes(_ recipe: TensorRecipe, shape: [Int]) -> Data {
    let elements = recipe.combine(recipe.ingredients.map { floats($0.name) })
    return ConstantTensor(floats: elements, shape: shape).littleEndianFloatBytes ?? Data()
  }

  private func floats(_ name: String) -> [Float] {
    guard let entry = file.entries[name] else { preconditionFailure("no tensor \(name)") }
    return file.numbers(of: entry)
  }
}
