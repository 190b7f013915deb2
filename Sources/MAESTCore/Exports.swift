// One import for users: samples, weights, network outputs and tensors come with the model.
@_exported public import MAESTFrontEnd
@_exported public import MAESTNetwork
@_exported public import MAESTTensor
@_exported public import MAESTWeights

@_exported public import enum MAESTKernels.MatrixBackend
@_exported public import enum MAESTKernels.Precision
