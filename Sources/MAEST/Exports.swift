// Re-export the model and the audio decoders, so that users need only one import.
@_exported public import MAESTAudio
@_exported public import MAESTCore
