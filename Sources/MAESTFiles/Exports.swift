// Paths are opened in the lowest module too; users of files need one import only.
@_exported public import enum MAESTTensor.PathBytes
