// One import for users: audio, weights, network outputs and tensors come with the facade.
@_exported public import MAESTAudio
@_exported public import MAESTNetwork
@_exported public import MAESTTensor
@_exported public import MAESTWeights

@_exported public import enum MAESTKernels.MatrixBackend
@_exported public import enum MAESTKernels.Precision
