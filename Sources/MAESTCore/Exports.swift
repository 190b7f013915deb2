// Re-exports samples, weights, network outputs and tensors, so that users need one import only.
@_exported public import MAESTFrontEnd
@_exported public import MAESTNetwork
@_exported public import MAESTTensor
@_exported public import MAESTWeights

@_exported public import enum MAESTKernels.MatrixBackend
@_exported public import enum MAESTKernels.Precision
