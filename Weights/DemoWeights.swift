import Foundation

/// The demo model, bundled with the package.
public enum DemoWeights {
  /// Path of the bundled demo graph; nil where the resources are not beside the program, as with a binary that
  /// was copied alone.
  public static var graphPath: String? {
    let path = Bundle.main.bundleURL
      .appendingPathComponent("maest_MAESTDemoWeights.resources/demo/maest-5s-demo-sounds-2.pb").path
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }
}
