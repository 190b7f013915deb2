/// What stops a benchmark.
enum BenchError: Error, CustomStringConvertible {
  case unreadableArray(path: String, reason: String)
  case wrongArraySize(path: String, found: Int, frameCount: Int, bandCount: Int)
  case unknownTap(name: String)
  case noSuchLayer(layer: Int, layerCount: Int)
  case noHead
  case invalidRequest(reason: String)
  case noAudio
  case tooFewPatches(path: String, found: Int, wanted: Int)
  case outputNotWritten(code: Int32)

  var description: String {
    switch self {
    case .unreadableArray(let path, let reason):
      "\(path): \(reason); little-endian float32 in C order (.npy), or nothing but the numbers, is needed"
    case .wrongArraySize(let path, let found, let frameCount, let bandCount):
      "\(path): \(found) numbers are no whole patches of \(frameCount) frames x \(bandCount) bands"
    case .unknownTap(let name): "tap '\(name)': logits, layers, or layer:N such as layer:7 is needed"
    case .noSuchLayer(let layer, let layerCount): "layer \(layer): the model has layers 1 to \(layerCount)"
    case .noHead: "logits: the model has no head"
    case .invalidRequest(let reason): "request: \(reason)"
    case .noAudio: "front end: the server was started without --audio"
    case .tooFewPatches(let path, let found, let wanted): "\(path): \(found) patches, \(wanted) are needed"
    case .outputNotWritten(let code): "cannot write the output: error \(code)"
    }
  }
}
