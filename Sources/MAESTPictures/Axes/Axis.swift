/// An axis of a figure: label, range and ticks.
public struct Axis: Sendable, Equatable {
  public enum Scale: Sendable, Hashable {
    case linear
    /// Logarithmic scale, for values above zero only.
    case logarithmic
  }

  /// A tick on an axis.
  public struct Tick: Sendable, Equatable {
    public var position: Double
    public var label: String

    public init(_ position: Double, _ label: String) {
      self.position = position
      self.label = label
    }
  }

  public enum Ticks: Sendable, Equatable {
    /// At round numbers, as many as fit.
    case automatic
    /// At the given positions, for uneven axes such as mel bands. Labels that do not fit are omitted.
    case at([Tick])
  }

  enum Course: Sendable, Equatable {
    case automatic
    case extent(Extent)
    case names([String])
  }

  /// The quantity with its unit: `time (s)`.
  public var label: String
  public var scale: Scale
  public var ticks: Ticks
  let course: Course

  /// An axis that covers the range of the curves; for a grid, the row or column indices from 0.
  public static func automatic(
    _ label: String = "", scale: Scale = .linear, ticks: Ticks = .automatic
  ) -> Axis {
    Axis(label: label, scale: scale, ticks: ticks, course: .automatic)
  }

  /// An axis with a fixed range; for a grid, from the outer edge of its first cell to that of its last.
  public static func range(
    _ label: String = "", from lower: Double, to upper: Double, scale: Scale = .linear,
    ticks: Ticks = .automatic
  ) -> Axis {
    Axis(label: label, scale: scale, ticks: ticks, course: .extent(Extent(lower, upper)))
  }

  /// An axis with a name for each row or column of a grid, or for the abscissas 0, 1, 2... of curves.
  public static func names(_ names: [String], label: String = "") -> Axis {
    Axis(label: label, scale: .linear, ticks: .automatic, course: .names(names))
  }

  /// Returns the name of the axis in errors.
  func name(orElse fallback: String) -> String { label.isEmpty ? fallback : label }
}
