// swift-tools-version: 6.2
import PackageDescription

/// Letters, digits and underscores, as the package manager writes a package's name for the compiler.
func compilerName(of identity: String) -> String {
  let name = identity.lowercased().map { $0.isLetter || $0.isNumber ? $0 : "_" }
  return name.first?.isNumber == true ? "_" + String(name.dropFirst()) : String(name)
}

/// The engine's package is known by the folder that it was checked out to.
let engine = Context.packageDirectory.split(separator: "/").dropLast().last.map(String.init) ?? "maest"

/// Benchmarks see what the engine's modules see of one another: `package` access goes by the package's name.
let swiftSettings: [SwiftSetting] = [
  .unsafeFlags(["-package-name", compilerName(of: engine)]),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

let package = Package(
  name: "maest-benchmarks",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "maest-bench", targets: ["maest-bench"])],
  dependencies: [
    .package(name: "maest", path: ".."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
  ],
  targets: [
    .target(
      name: "CPeak",
      cSettings: [.treatAllWarnings(as: .error), .enableWarning("all"), .enableWarning("extra")]),
    .executableTarget(
      name: "maest-bench",
      dependencies: [
        "CPeak", .product(name: "MAEST", package: "maest"),
        .product(name: "MAESTInternals", package: "maest"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      // Not to this package's own declarations: that leaves the compiler's flag to the settings above.
      packageAccess: false,
      swiftSettings: swiftSettings),
  ],
  swiftLanguageModes: [.v6]
)
