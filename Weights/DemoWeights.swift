import Foundation

/// The demo model, bundled with the package.
public enum DemoWeights {
  /// Path of the bundled demo graph; nil if the resources are not next to the executable, for instance because only the
  /// executable was copied.
  ///
  /// (The `Bundle.module` that SwiftPM generates terminates the process in that case.)
  public static var graphPath: String? {
    #if canImport(Darwin)
      let folders = [
        Bundle.main.resourceURL, Bundle(for: BundleMarker.self).resourceURL, Bundle.main.bundleURL,
      ]
      for folder in folders.compactMap(\.self) {
        let bundle = Bundle(url: folder.appendingPathComponent("maest_MAESTDemoWeights.bundle"))
        if let path = bundle?.path(forResource: graphName, ofType: "pb", inDirectory: "demo") { return path }
      }
      return nil
    #else
      let path = Bundle.main.bundleURL
        .appendingPathComponent("maest_MAESTDemoWeights.resources/demo/\(graphName).pb").path
      return FileManager.default.fileExists(atPath: path) ? path : nil
    #endif
  }

  private static let graphName = "maest-5s-demo-sounds-2"
}

#if canImport(Darwin)
  /// A class of this module, used by Foundation to find the module's bundle.
  private final class BundleMarker {}
#endif
