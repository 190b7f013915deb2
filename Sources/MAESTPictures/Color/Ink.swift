/// The colour of a picture element by its role, so that a page can also show it on a dark background.
public enum Ink: Sendable, Hashable {
  /// Titles and labels.
  case text
  /// Tick labels and other small text.
  case quietText
  /// The frame of a plot and its ticks.
  case frame
  /// Grid lines in a plot.
  case rule
  /// The background of a bar, which shows its maximum length.
  case track
  /// The background of the picture.
  case paper
  /// A colour that is the same on every background.
  case color(Color)

  /// The colour on white paper.
  var printed: Color {
    switch self {
    case .text: Color(0x1F2328)
    case .quietText: Color(0x4D565F)
    case .frame: Color(0x7D8590)
    case .rule: Color(0xE1E5EA)
    case .track: Color(0xEDF0F3)
    case .paper: Color(0xFFFFFF)
    case .color(let color): color
    }
  }

  /// The class name in style sheets; none if the colour is fixed.
  var styleClass: String? {
    switch self {
    case .text: "ink-text"
    case .quietText: "ink-quiet"
    case .frame: "ink-frame"
    case .rule: "ink-rule"
    case .track: "ink-track"
    case .paper: "ink-paper"
    case .color: nil
    }
  }
}
