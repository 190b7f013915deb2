// One import for users: the model and what decodes files come with the facade.
@_exported public import MAESTAudio
@_exported public import MAESTCore
