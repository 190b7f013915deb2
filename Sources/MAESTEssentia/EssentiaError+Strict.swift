import MAESTAudio

extension EssentiaError {
  /// The text of essentia-tensorflow 2.1b6.dev1389. Where Essentia forwards a message of TensorFlow or FFmpeg, the text
  /// is this package's own.
  var essentiaText: String {
    switch stage {
    case .configuring: "Error while configuring \(algorithm): \(essentiaReason)"
    case .computing: "In \(algorithm).compute: \(essentiaReason)"
    }
  }

  private var essentiaReason: String {
    switch reason {
    case .parameterOutOfRange(let name, let value, let range):
      "Parameter \(name) = \(value) is not within specified range: \(range)"
    case .noGraph: "\(algorithm): input signal is too short."
    case .cannotOpenGraph: "TensorflowPredict: could not open the Tensorflow graph file."
    case .invalidGraph: "TensorflowPredict: Error importing graph. Invalid GraphDef"
    case .noSavedModel(let path):
      "TensorflowPredict: Error importing SavedModel specified in the `savedModel` parameter. "
        + "Could not find SavedModel .pb or .pbtxt at supplied export directory path: \(path)"
    case .unknownNode(let name, let available):
      """
      TensorflowPredict: '\(name)' is not a valid node name of this graph.
      TensorflowPredict: Available node names are:
      \(available.joined(separator: ", ")).

      Reconfigure this algorithm with valid node names as inputs and outputs before starting the processing.
      """
    case .malformedNodeName(let name):
      "TensorflowPredict: `\(name)` is not a valid node name. Make sure that all your inputs and outputs follow "
        + "the pattern `nodeName:n`, where `n` in an integer that goes from 0 to the number of outputs of the node "
        + "- 1."
    case .outputIndexOutOfRange(let node, let index, let count):
      "TensorflowPredict: Asked for the output with index `\(index)`, but the node `\(node)` only has "
        + "`\(count)` outputs."
    case .noTrainingInput(let name):
      "TensorflowPredict: Error running the Tensorflow session. '\(name)' takes no boolean"
    case .unsupportedRank(let output, let shape):
      "TensorflowPredict: Error running the Tensorflow session. '\(output)' has shape \(shape)"
    case .varyingShape(let output, let found, let expected):
      "TensorflowPredict: Error running the Tensorflow session. '\(output)' has shapes \(found) and \(expected)"
    case .emptySignal: "\(algorithm): empty input signal"
    case .tooShort: "\(algorithm): input signal is too short."
    case .zeroPatchSize:
      "VectorRealToTensor: Only the first dimension (batch size) can have size 0 or -1."
    case .hopLargerThanPatch:
      "VectorRealToTensor: `patchHopSize` has to be smaller than the number of timestamps"
    case .wrongPatchSize(let found, let expected):
      "TensorflowPredict: Error running the Tensorflow session. \(found) frames, the model takes \(expected)"
    case .wrongFrameSize(_, let expected):
      "\(algorithm): This algorithm only accepts input frames of size \(expected)."
    case .missingInput(let name, _):
      "Descriptor name '\(name)' of type Eigen::Tensor<float, 4, 1, long> not found"
    case .noFile:
      "AudioLoader: Trying to call process() on an AudioLoader algo which hasn't been correctly configured."
    case .cannotOpenAudio(let path, let reason):
      "AudioLoader: Could not open file \"\(path)\", error = \(reason)"
    case .noSuchAudioStream(let index, let count):
      "AudioLoader ERROR: 'audioStream' parameter set to \(index). It should be smaller than the audio streams "
        + "count, \(count)"
    case .tooManyChannels:
      "AudioLoader: could not load audio. Audio file has more than 2 channels."
    }
  }
}
