/// An axis of a figure: what it is called, from where to where it goes, and where it has ticks.
public struct Axis: Sendable, Equatable {
  public enum Scale: Sendable, Hashable {
    case linear
    /// Equal factors are equal lengths; above zero only.
    case logarithmic
  }

  /// A mark on an axis.
  public struct Tick: Sendable, Equatable {
    public var position: Double
    public var label: String

    public init(_ position: Double, _ label: String) {
      self.position = position
      self.label = label
    }
  }

  public enum Ticks: Sendable, Equatable {
    /// At round numbers, as many as there is room for.
    case automatic
    /// At these places, for axes that are not even, such as mel bands. Labels without room are left out.
    case at([Tick])
  }

  enum Course: Sendable, Equatable {
    case automatic
    case extent(Extent)
    case names([String])
  }

  /// What is measured, with its unit: `time (s)`.
  public var label: String
  public var scale: Scale
  public var ticks: Ticks
  let course: Course

  /// As far as the curves go; of a grid, the numbers of its rows or columns from 0.
  public static func automatic(
    _ label: String = "", scale: Scale = .linear, ticks: Ticks = .automatic
  ) -> Axis {
    Axis(label: label, scale: scale, ticks: ticks, course: .automatic)
  }

  /// From one number to another: of a grid, from the outer edge of its first cell to that of its last.
  public static func range(
    _ label: String = "", from lower: Double, to upper: Double, scale: Scale = .linear,
    ticks: Ticks = .automatic
  ) -> Axis {
    Axis(label: label, scale: scale, ticks: ticks, course: .extent(Extent(lower, upper)))
  }

  /// A name for each row or column of a grid, or for the abscissas 0, 1, 2... of curves.
  public static func names(_ names: [String], label: String = "") -> Axis {
    Axis(label: label, scale: .linear, ticks: .automatic, course: .names(names))
  }

  /// What an error calls it.
  func name(orElse fallback: String) -> String { label.isEmpty ? fallback : label }
}
