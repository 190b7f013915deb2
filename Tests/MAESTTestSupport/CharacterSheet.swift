import MAESTPictures

/// The characters that pictures can draw without a browser, in rows.
struct CharacterSheet: Figure {
  let width: Int

  private static let rows = [
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz",
    "0123456789 !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞß", "àáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ",
    "ćčďđęěğıłńňőœřśšşťůűźżž ĆČĐĘĚĞİŁŃŐŒŘŚŠŞŤŮŰŹŻŽ",
    "10⁻⁵ 2×10⁶ −3 ≤ ± ≥ ≈ → «a» “b” ‘c’ – — … ° · • £ € § © ¿¡",
    "Hamburgefonstiv, Electronic---Drum n Bass, Folk, World, & Country",
  ]

  func picture() throws(PictureError) -> Picture {
    var picture = try Picture(
      width: width, height: 60 * Self.rows.count / 2 + 20, title: "Characters", summary: "What can be drawn.")
    for (index, row) in Self.rows.enumerated() {
      picture.add(
        .text(
          PlacedText(
            row, at: Point(x: 14, y: Double(30 * index) + 30), size: Double(width) / 40, isBold: index == 7)))
    }
    return picture
  }
}
