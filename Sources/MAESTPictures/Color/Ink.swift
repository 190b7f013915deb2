/// What a part of a picture is painted with: by its role, so that a page may show it on a dark ground too.
public enum Ink: Sendable, Hashable {
  /// Titles and labels.
  case text
  /// The numbers of axes and other small print.
  case quietText
  /// The frame of a plot and its ticks.
  case frame
  /// Grid lines within a plot.
  case rule
  /// The ground of a bar: how far it could reach.
  case track
  /// The picture's ground.
  case paper
  /// A colour that is the same on every ground.
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

  /// The class that style sheets know it by; none where the colour is fixed.
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
