import MAESTKernels

/// The hardware and backends that compute on this machine, for reports.
public struct SystemFacts: Sendable {
  /// Matrix products in bfloat16 or fixed point.
  public struct Tiles: Sendable, Encodable {
    /// `high`, `bf16` or `int16`.
    public let precision: String
    /// The instructions that compute them: `amx`, `avx512-vnni`, `avx512`, `avx-vnni`, `avx2` or `neon`, or those
    /// that emulate them.
    public let instructionSet: String
    public let emulated: Bool

    private enum CodingKeys: String, CodingKey {
      case precision, emulated
      case instructionSet = "instruction_set"
    }
  }

  /// The CPU's features, each an extension and its parts: "AVX2", "AVX-512 F DQ BW VL".
  public let cpuFeatures: [String]
  /// The instruction set of the element-wise loops.
  public let instructionSet: String
  /// Floats per vector of this instruction set.
  public let vectorWidth: Int
  /// The GEMM backend's name.
  public let matrixBackend: String
  /// The core type whose kernels OpenBLAS uses; nil for other backends.
  public let openBLASCore: String?
  /// The version and build options of OpenBLAS; nil for other backends.
  public let openBLASBuild: String?
  /// The products in bfloat16 or fixed point; nil if all products are in single precision.
  public let tiles: Tiles?
  /// The maximum number of threads of one analysis.
  public let threadCount: Int
  /// The precisions that this CPU supports without emulation.
  public let precisions: [EngineOptions.Precision]
  /// The precision that `auto` selects on this machine.
  public let automaticPrecision: EngineOptions.Precision
  /// The precision that `fast` selects on this machine; nil if there is none without emulation.
  public let fastPrecision: EngineOptions.Precision?
  /// The facts as names and values, for display.
  public let lines: [(name: String, value: String)]

  init(
    compute: ComputeFacts, precisions: [EngineOptions.Precision],
    automaticPrecision: EngineOptions.Precision, fastPrecision: EngineOptions.Precision?
  ) {
    cpuFeatures = compute.processorFeatures
    instructionSet = compute.instructionSet
    vectorWidth = compute.vectorWidth
    matrixBackend = compute.matrixBackend
    openBLASCore = compute.openBLAS?.core
    openBLASBuild = compute.openBLAS?.build
    tiles = compute.tiles.map {
      Tiles(precision: $0.precision, instructionSet: $0.instructions, emulated: $0.isEmulated)
    }
    threadCount = compute.threadCount
    self.precisions = precisions
    self.automaticPrecision = automaticPrecision
    self.fastPrecision = fastPrecision
    lines =
      compute.lines + [
        (name: "Precisions", value: precisions.map(\.rawValue).joined(separator: ", ")),
        (name: "Precision auto", value: automaticPrecision.rawValue),
        (name: "Precision fast", value: fastPrecision?.rawValue ?? "none without emulation"),
      ]
  }
}

extension SystemFacts: Encodable {
  private enum CodingKeys: String, CodingKey {
    case precisions, tiles
    case cpuFeatures = "cpu_features"
    case instructionSet = "instruction_set"
    case vectorWidth = "vector_width"
    case matrixBackend = "matrix_backend"
    case openBLASCore = "openblas_core"
    case openBLASBuild = "openblas_build"
    case threadCount = "thread_count"
    case automaticPrecision = "automatic_precision"
    case fastPrecision = "fast_precision"
  }

  /// Encodes the properties except ``lines``; nil values are omitted.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(cpuFeatures, forKey: .cpuFeatures)
    try container.encode(instructionSet, forKey: .instructionSet)
    try container.encode(vectorWidth, forKey: .vectorWidth)
    try container.encode(matrixBackend, forKey: .matrixBackend)
    try container.encodeIfPresent(openBLASCore, forKey: .openBLASCore)
    try container.encodeIfPresent(openBLASBuild, forKey: .openBLASBuild)
    try container.encodeIfPresent(tiles, forKey: .tiles)
    try container.encode(threadCount, forKey: .threadCount)
    try container.encode(precisions, forKey: .precisions)
    try container.encode(automaticPrecision, forKey: .automaticPrecision)
    try container.encodeIfPresent(fastPrecision, forKey: .fastPrecision)
  }
}
