// swift-tools-version: 6.2
import PackageDescription

/// Every Swift target of this package: warnings are errors, imports are explicit.
let swiftSettings: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

/// As above; tests need not say for every import who may see it.
let testSettings: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
]

let cSettings: [CSetting] = [.treatAllWarnings(as: .error), .enableWarning("all"), .enableWarning("extra")]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let database = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")

// The layers, lowest first. A target may depend on lower layers only.
let layer0: [Target] = [
  .target(name: "COpenBLAS", cSettings: cSettings),
  .target(
    name: "CKernels",
    // The current interface of Accelerate, with 64-bit sizes.
    cSettings: cSettings + [.define("ACCELERATE_NEW_LAPACK"), .define("ACCELERATE_LAPACK_ILP64")],
    linkerSettings: [.linkedFramework("Accelerate", .when(platforms: [.macOS]))]),
  .systemLibrary(
    name: "CSndfile", pkgConfig: "sndfile",
    providers: [.apt(["libsndfile1-dev"]), .brew(["libsndfile"])]),
  .systemLibrary(
    name: "CMPG123", pkgConfig: "libmpg123",
    providers: [.apt(["libmpg123-dev"]), .brew(["mpg123"])]),
  .systemLibrary(
    name: "CVorbis", pkgConfig: "vorbisfile",
    providers: [.apt(["libvorbis-dev"]), .brew(["libvorbis"])]),
  .systemLibrary(
    name: "COpus", pkgConfig: "opusfile",
    providers: [.apt(["libopusfile-dev"]), .brew(["opusfile"])]),
  .systemLibrary(
    name: "CFLAC", pkgConfig: "flac", providers: [.apt(["libflac-dev"]), .brew(["flac"])]),
  .systemLibrary(
    name: "CSamplerate", pkgConfig: "samplerate",
    providers: [.apt(["libsamplerate0-dev"]), .brew(["libsamplerate"])]),
  .systemLibrary(
    name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"]), .brew(["libpng"])]),
  .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
]

let openSSL = Target.Dependency.target(name: "COpenSSL", condition: .when(platforms: [.linux]))

let layer1: [Target] = [
  .target(name: "MAESTTensor", swiftSettings: swiftSettings)
]

let layer2: [Target] = [
  .target(
    name: "MAESTKernels", dependencies: ["MAESTTensor", "CKernels", "COpenBLAS"],
    swiftSettings: swiftSettings),
  .target(name: "MAESTWeights", dependencies: ["MAESTTensor"], swiftSettings: swiftSettings),
  .target(name: "MAESTPictures", dependencies: ["MAESTTensor", "CPNG"], swiftSettings: swiftSettings),
]

let layer3: [Target] = [
  // Samples to patches.
  .target(name: "MAESTFrontEnd", dependencies: ["CSamplerate"], swiftSettings: swiftSettings),
  // Patches to activations and tokens.
  .target(
    name: "MAESTNetwork", dependencies: ["MAESTTensor", "MAESTKernels", "MAESTWeights"],
    swiftSettings: swiftSettings),
  // Files written in one piece, their folders and digests.
  .target(
    name: "MAESTFiles", dependencies: ["MAESTTensor", "MAESTWeights", openSSL], swiftSettings: swiftSettings),
]

let layer4: [Target] = [
  // A model from a weight file; samples in, analysis out. No files but the weights, no decoders, no network.
  .target(
    name: "MAESTCore",
    dependencies: ["MAESTTensor", "MAESTKernels", "MAESTWeights", "MAESTFrontEnd", "MAESTNetwork"],
    swiftSettings: swiftSettings),
  // Files to samples.
  .target(
    name: "MAESTAudio",
    dependencies: ["MAESTFrontEnd", "MAESTFiles", "CSndfile", "CMPG123", "CVorbis", "COpus", "CFLAC"],
    swiftSettings: swiftSettings),
  // Graphs to weight files.
  .target(
    name: "MAESTConverter",
    dependencies: ["MAESTTensor", "MAESTKernels", "MAESTWeights", "MAESTNetwork", "MAESTFiles"],
    resources: [.embedInCode("Labels/discogs400.txt"), .embedInCode("Labels/discogs519.txt")],
    swiftSettings: swiftSettings),
]

let layer5: [Target] = [
  .target(
    name: "MAEST",
    dependencies: [
      "MAESTTensor", "MAESTKernels", "MAESTWeights", "MAESTFrontEnd", "MAESTNetwork", "MAESTFiles",
      "MAESTCore",
      "MAESTAudio", "MAESTConverter", logging,
    ],
    swiftSettings: swiftSettings)
]

let layer6: [Target] = [
  .target(
    name: "MAESTDemoWeights", path: "Weights", exclude: ["README.md"], sources: ["DemoWeights.swift"],
    resources: [.copy("demo")], swiftSettings: swiftSettings),
  // The catalogue, downloads and installed models.
  .target(
    name: "MAESTHub", dependencies: ["MAEST", "MAESTWeights", "MAESTFiles", "MAESTDemoWeights", logging],
    resources: [.embedInCode("Catalogue/catalogue.json")], swiftSettings: swiftSettings),
  .target(
    name: "MAESTEssentia", dependencies: ["MAEST", "MAESTConverter", "MAESTHub", logging],
    swiftSettings: swiftSettings),
  .target(name: "MAESTTesting", dependencies: ["MAEST"], swiftSettings: swiftSettings),
  .target(
    name: "MAESTReport", dependencies: ["MAEST", "MAESTPictures", "MAESTFiles"], swiftSettings: swiftSettings),
  .target(
    name: "MAESTLibrary", dependencies: ["MAEST", "MAESTTensor", "MAESTWeights", "MAESTFiles", database],
    swiftSettings: swiftSettings),
]

/// What the commands print as JSON, for `maest schema`.
let schemas = [
  "arrays", "cache", "common", "compare", "convert", "info", "labels", "merge", "models", "node", "progress",
  "record", "stream", "system", "tag", "written",
]

let layer7: [Target] = [
  .executableTarget(
    name: "MAESTCommand",
    dependencies: [
      "MAEST", "MAESTHub", "MAESTEssentia", "MAESTLibrary", "MAESTPictures", "MAESTReport", "MAESTFiles",
      argumentParser, logging,
    ],
    resources: schemas.map { .embedInCode("Schemas/\($0).schema.json") },
    swiftSettings: swiftSettings),
  .executableTarget(
    name: "maest-convert", dependencies: ["MAESTConverter", "MAESTWeights", "MAESTFiles", argumentParser],
    path: "Tools/maest-convert", swiftSettings: swiftSettings),
]

let testSupport = Target.Dependency.target(name: "MAESTTestSupport")
let graphWriter = Target.Dependency.target(name: "MAESTGraphWriter")

/// Feed hostile files to the readers; for developers, no products.
let fuzzers: [Target] = [
  .target(
    name: "MAESTFuzzing",
    dependencies: [
      "MAESTTensor", "MAESTKernels", "MAESTWeights", "MAESTFiles", "MAESTFrontEnd", "MAESTAudio",
      "MAESTNetwork", "MAESTConverter", "MAESTLibrary", graphWriter, testSupport,
    ],
    path: "Tools/fuzzing", swiftSettings: swiftSettings),
  .executableTarget(
    name: "maest-fuzz", dependencies: ["MAESTFuzzing", argumentParser], path: "Tools/maest-fuzz",
    swiftSettings: swiftSettings),
]

/// Draws a figure of every kind, to be looked at; for developers, not a product.
let gallery = Target.executableTarget(
  name: "maest-gallery", dependencies: ["MAESTPictures", argumentParser, testSupport],
  path: "Tools/maest-gallery", swiftSettings: testSettings)

let tests: [Target] = [
  .target(
    name: "MAESTTestSupport", dependencies: ["MAESTWeights", "MAESTFiles", "MAESTPictures", logging],
    path: "Tests/MAESTTestSupport",
    swiftSettings: testSettings),
  // Writes the graphs that the converter reads.
  .target(
    name: "MAESTGraphWriter", dependencies: ["MAESTConverter"], path: "Tests/MAESTGraphWriter",
    swiftSettings: swiftSettings),
  .testTarget(name: "MAESTTensorTests", dependencies: ["MAESTTensor"], swiftSettings: testSettings),
  .testTarget(
    name: "MAESTKernelsTests", dependencies: ["MAESTKernels", "MAESTTensor", "CKernels"],
    swiftSettings: testSettings),
  .testTarget(
    name: "MAESTWeightsTests", dependencies: ["MAESTWeights", "MAESTFiles", "MAESTTensor", testSupport],
    swiftSettings: testSettings),
  .testTarget(
    name: "MAESTFilesTests", dependencies: ["MAESTFiles", "MAESTTensor", "MAESTWeights", testSupport],
    swiftSettings: testSettings),
  .testTarget(
    name: "MAESTFrontEndTests", dependencies: ["MAESTFrontEnd", "MAESTAudio", testSupport],
    swiftSettings: testSettings),
  .testTarget(
    name: "MAESTPicturesTests", dependencies: ["MAESTPictures", "MAESTTensor", testSupport],
    swiftSettings: testSettings),
  .testTarget(
    name: "MAESTAudioTests",
    dependencies: ["MAESTAudio", "MAESTFrontEnd", "MAESTFiles", "CSndfile", testSupport],
    swiftSettings: testSettings),
  .testTarget(
    name: "MAESTNetworkTests",
    dependencies: ["MAESTNetwork", "MAESTKernels", "MAESTTensor", "MAESTWeights", "MAESTFiles", testSupport],
    swiftSettings: testSettings),
  .testTarget(
    name: "MAESTConverterTests",
    dependencies: [
      "MAESTConverter", "MAESTFiles", "MAESTKernels", "MAESTNetwork", "MAESTTensor", "MAESTWeights",
      graphWriter,
      testSupport,
    ],
    swiftSettings: testSettings),
  .testTarget(
    name: "MAESTCoreTests", dependencies: ["MAESTCore", "MAEST", testSupport], swiftSettings: testSettings),
  .testTarget(
    name: "MAESTTests",
    dependencies: ["MAEST", "MAESTConverter", "MAESTFiles", "MAESTHub", logging, testSupport],
    swiftSettings: testSettings),
  .testTarget(
    name: "MAESTHubTests",
    dependencies: ["MAESTHub", "MAEST", "MAESTFiles", "MAESTDemoWeights", logging, testSupport],
    swiftSettings: testSettings),
  .testTarget(
    name: "MAESTTestingTests", dependencies: ["MAESTTesting", "MAEST", testSupport],
    swiftSettings: testSettings),
  .testTarget(
    name: "MAESTReportTests",
    dependencies: ["MAESTReport", "MAESTPictures", "MAEST", "MAESTConverter", testSupport],
    swiftSettings: testSettings),
  .testTarget(
    name: "MAESTLibraryTests",
    dependencies: ["MAESTLibrary", "MAEST", "MAESTFiles", "MAESTWeights", database, testSupport],
    swiftSettings: testSettings),
  .testTarget(
    name: "MAESTEssentiaTests",
    dependencies: ["MAESTEssentia", "MAEST", "MAESTConverter", logging, testSupport],
    swiftSettings: testSettings),
  // Compiles the examples of the documentation against these modules.
  .testTarget(
    name: "MAESTDocumentationTests",
    dependencies: [
      "MAEST", "MAESTCore", "MAESTEssentia", "MAESTHub", "MAESTLibrary", "MAESTPictures", "MAESTReport",
      "MAESTTesting", testSupport,
    ],
    swiftSettings: testSettings),
  .testTarget(
    name: "MAESTCommandTests",
    dependencies: [
      "MAESTCommand", "MAESTAudio", "MAESTFiles", "MAESTWeights", "maest-convert", "maest-fuzz",
      "MAESTFuzzing",
      testSupport,
    ],
    swiftSettings: testSettings),
]

let package = Package(
  name: "maest",
  platforms: [.macOS(.v15)],
  products: [
    // Audio files in, analysis out; any model file.
    .library(name: "MAEST", targets: ["MAEST"]),
    // Samples in, analysis out: for programs that decode audio themselves. Pulls no other package.
    .library(name: "MAESTCore", targets: ["MAESTCore"]),
    // Official models by name: list, download, remove.
    .library(name: "MAESTHub", targets: ["MAESTHub"]),
    .library(name: "MAESTEssentia", targets: ["MAESTEssentia"]),
    // Expectations for the tests of programs that use the package.
    .library(name: "MAESTTesting", targets: ["MAESTTesting"]),
    .library(name: "MAESTPictures", targets: ["MAESTPictures"]),
    .library(name: "MAESTReport", targets: ["MAESTReport"]),
    // Whole collections of tracks.
    .library(name: "MAESTLibrary", targets: ["MAESTLibrary"]),
    // The layers below the facade, for Benchmarks: most of what they have is `package`, out of others' sight.
    .library(
      name: "MAESTInternals",
      targets: ["MAESTTensor", "MAESTKernels", "MAESTWeights", "MAESTFrontEnd", "MAESTAudio", "MAESTNetwork"]),
    .executable(name: "maest", targets: ["MAESTCommand"]),
    .executable(name: "maest-convert", targets: ["maest-convert"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: layer0 + layer1 + layer2 + layer3 + layer4 + layer5 + layer6 + layer7 + fuzzers + [gallery]
    + tests,
  swiftLanguageModes: [.v6]
)

// The same readers under libFuzzer, which brings `main`: ordinary builds cannot have it. `Tools/coverage-fuzz/build` sets
// the variable.
if Context.environment["MAEST_COVERAGE_FUZZ"] != nil {
  package.targets += [
    .target(name: "CLibFuzzer", path: "Tools/coverage-fuzz/libfuzzer", cSettings: cSettings),
    .executableTarget(
      name: "maest-coverage-fuzz", dependencies: ["MAESTFuzzing", "CLibFuzzer"],
      path: "Tools/coverage-fuzz/harness",
      swiftSettings: swiftSettings + [.unsafeFlags(["-parse-as-library"])]),
  ]
  // Of the sanitizers on its command line the compiler takes the last one alone; here are both.
  for target in package.targets where target.swiftSettings != nil {
    target.swiftSettings?.append(.unsafeFlags(["-sanitize=fuzzer,address"]))
  }
}
