package import Foundation

/// The user's folders: given by the XDG variables, else below `$HOME`, else below the home folder in the system's user
/// database.
package struct UserFolders {
  private let environment: [String: String]
  private let listedHome: URL

  /// - Parameter listedHome: the user's home folder if `$HOME` is not an absolute path.
  package init(
    environment: [String: String] = ProcessInfo.processInfo.environment,
    listedHome: URL = FileManager.default.homeDirectoryForCurrentUser
  ) {
    self.environment = environment
    self.listedHome = listedHome
  }

  /// `maest` in $XDG_CACHE_HOME, else in ~/.cache (~/Library/Caches on macOS).
  package var cache: URL { folder("XDG_CACHE_HOME", linux: ".cache", apple: "Library/Caches") }

  /// `maest/models` in $XDG_DATA_HOME, else in ~/.local/share (~/Library/Application Support on macOS).
  package var models: URL {
    folder("XDG_DATA_HOME", linux: ".local/share", apple: "Library/Application Support")
      .appendingPathComponent("models")
  }

  private func folder(_ variable: String, linux: String, apple: String) -> URL {
    #if os(macOS)
      let usual = apple
    #else
      let usual = linux
    #endif
    let base = path(variable) ?? (path("HOME") ?? listedHome).appendingPathComponent(usual)
    return base.appendingPathComponent("maest")
  }

  /// The folder in an environment variable; relative paths are ignored, as the XDG specification requires.
  private func path(_ variable: String) -> URL? {
    guard let path = environment[variable], path.hasPrefix("/") else { return nil }
    return URL(filePath: path, directoryHint: .isDirectory)
  }
}
