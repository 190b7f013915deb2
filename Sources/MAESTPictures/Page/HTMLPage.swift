/// A self-contained page of text, tables and figures, without scripts or external resources.
///
/// It follows the reader's light or dark mode and can be printed. All text is escaped.
public struct HTMLPage: Sendable, Equatable {
  /// A part of a section.
  public enum Block: Sendable, Equatable {
    case paragraph(String)
    case figure(Picture, caption: String)
    case facts([Fact])
    case table(HTMLTable)
    /// Preformatted, monospaced text.
    case listing(String)
  }

  /// A labelled fact.
  public struct Fact: Sendable, Equatable {
    public var name: String
    public var value: String

    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  public struct Section: Sendable, Equatable {
    public var heading: String
    public var blocks: [Block]

    public init(_ heading: String, _ blocks: [Block]) {
      self.heading = heading
      self.blocks = blocks
    }
  }

  public var title: String
  /// One sentence below the title; may be empty.
  public var subtitle: String
  /// The page's language code: `en`.
  public var language: String
  /// The facts at the top, in two columns.
  public var facts: [Fact]
  public var sections: [Section]
  /// The last line; may be empty.
  public var footer: String

  public init(
    title: String, subtitle: String = "", language: String = "en", facts: [Fact] = [],
    sections: [Section] = [],
    footer: String = ""
  ) {
    self.title = title
    self.subtitle = subtitle
    self.language = language
    self.facts = facts
    self.sections = sections
    self.footer = footer
  }

  /// Returns the page as HTML; the same contents give the same bytes.
  ///
  /// - Throws: ``PictureError`` if a picture cannot be written or a table's rows differ in length.
  public func html() throws(PictureError) -> String {
    let name = Markup.escaped(title)
    var lines = [
      "<!DOCTYPE html>",
      "<html lang=\"\(Markup.escaped(language))\">",
      "<head>",
      "<meta charset=\"utf-8\"/>",
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>",
      "<meta name=\"color-scheme\" content=\"light dark\"/>",
      "<title>\(name)</title>",
      "<style>\n\(HTMLStyle.sheet)\n</style>",
      "</head>",
      "<body>",
      "<header>",
      "<h1><bdi>\(name)</bdi></h1>",
    ]
    if !subtitle.isEmpty { lines.append("<p class=\"subtitle\">\(Markup.escaped(subtitle))</p>") }
    if !facts.isEmpty { lines.append(Self.html(facts)) }
    lines.append("</header>")
    if sections.count > 2 { lines.append(contents) }
    lines.append("<main>")
    for (index, section) in sections.enumerated() {
      lines.append("<section id=\"section-\(index + 1)\">")
      lines.append("<h2>\(Markup.escaped(section.heading))</h2>")
      for block in section.blocks {
        lines.append(try Self.html(block))
      }
      lines.append("</section>")
    }
    lines.append("</main>")
    if !footer.isEmpty { lines.append("<footer>\(Markup.escaped(footer))</footer>") }
    return lines.joined(separator: "\n") + "\n</body>\n</html>\n"
  }

  private var contents: String {
    let links = sections.enumerated().map { index, section in
      "<li><a href=\"#section-\(index + 1)\">\(Markup.escaped(section.heading))</a></li>"
    }
    return "<nav aria-label=\"Contents\">\n<ul>\n\(links.joined(separator: "\n"))\n</ul>\n</nav>"
  }

  private static func html(_ block: Block) throws(PictureError) -> String {
    switch block {
    case .paragraph(let text): return "<p>\(Markup.escaped(text))</p>"
    case .figure(let picture, let caption):
      let words = caption.isEmpty ? "" : "<figcaption>\(Markup.escaped(caption))</figcaption>\n"
      return
        "<figure>\n<div class=\"wide\" tabindex=\"0\">\n\(try picture.svg(for: .page))</div>\n\(words)</figure>"
    case .facts(let facts): return html(facts)
    case .table(let table): return try table.html()
    case .listing(let text): return "<pre>\(Markup.escaped(text))</pre>"
    }
  }

  private static func html(_ facts: [Fact]) -> String {
    let rows = facts.map { fact in
      "<div><dt>\(Markup.escaped(fact.name))</dt><dd><bdi>\(Markup.escaped(fact.value))</bdi></dd></div>"
    }
    return "<dl class=\"facts\">\n\(rows.joined(separator: "\n"))\n</dl>"
  }
}
