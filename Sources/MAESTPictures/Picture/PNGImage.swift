internal import CPNG

/// An RGB image with 8 bits per channel, and its PNG file.
public struct PNGImage: Sendable, Equatable {
  public let width: Int
  public let height: Int

  /// Three bytes per pixel, row by row from the top: `[row, column, channel]`.
  public let bytes: [UInt8]

  static let sides = 1...32768

  /// Creates an image from pixels.
  ///
  /// - Parameters:
  ///   - width: number of pixels in a row, 1 to 32768.
  ///   - height: number of rows, 1 to 32768.
  ///   - bytes: `[row, column, channel]`, from the upper left corner.
  /// - Throws: ``PictureError`` if a dimension is outside 1 to 32768, or if the number of bytes does not match.
  public init(width: Int, height: Int, bytes: [UInt8]) throws(PictureError) {
    guard Self.sides.contains(width), Self.sides.contains(height) else {
      throw .invalidSize(width: width, height: height, allowed: Self.sides)
    }
    guard bytes.count == width * height * 3 else {
      throw .wrongValueCount(rows: height, columns: width * 3, found: bytes.count)
    }
    self.width = width
    self.height = height
    self.bytes = bytes
  }

  /// Creates an image from colours, row by row from the top.
  init(width: Int, height: Int, colors: some Sequence<Color>) throws(PictureError) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(max(0, width) * max(0, height) * 3)
    for color in colors {
      bytes.append(color.red)
      bytes.append(color.green)
      bytes.append(color.blue)
    }
    try self.init(width: width, height: height, bytes: bytes)
  }

  /// Reads a PNG file; transparent pixels are blended with white.
  ///
  /// - Throws: ``PictureError`` if libpng cannot read it.
  public init(decoding file: [UInt8]) throws(PictureError) {
    var image = Self.header()
    defer { png_image_free(&image) }
    var color = png_color(red: 255, green: 255, blue: 255)
    guard png_image_begin_read_from_memory(&image, file, file.count) != 0 else {
      throw .notDecoded(byteCount: file.count, reason: Self.message(of: image))
    }
    let (width, height) = (Int(image.width), Int(image.height))
    guard Self.sides.contains(width), Self.sides.contains(height) else {
      throw .invalidSize(width: width, height: height, allowed: Self.sides)
    }
    image.format = png_uint_32(PNG_FORMAT_RGB)
    var bytes = [UInt8](repeating: 0, count: width * height * 3)
    guard png_image_finish_read(&image, &color, &bytes, 0, nil) != 0 else {
      throw .notDecoded(byteCount: file.count, reason: Self.message(of: image))
    }
    try self.init(width: width, height: height, bytes: bytes)
  }

  /// The colour of a pixel; row and column count from the upper left corner.
  public subscript(row: Int, column: Int) -> Color {
    precondition(
      (0..<height).contains(row) && (0..<width).contains(column),
      "pixel [\(row), \(column)] outside [\(height), \(width)]")
    let start = (row * width + column) * 3
    return Color(red: bytes[start], green: bytes[start + 1], blue: bytes[start + 2])
  }

  /// Encodes the image as PNG; the same pixels give the same bytes.
  ///
  /// Images of at most 256 colours are written with a palette, at a third of the size.
  ///
  /// - Throws: ``PictureError`` if libpng cannot write the image.
  public func encoded() throws(PictureError) -> [UInt8] {
    var image = Self.header()
    image.width = png_uint_32(width)
    image.height = png_uint_32(height)
    guard let (palette, indices) = indexed() else {
      image.format = png_uint_32(PNG_FORMAT_RGB)
      return try write(&image, pixels: bytes, palette: nil)
    }
    image.format = png_uint_32(PNG_FORMAT_FLAG_COLOR | PNG_FORMAT_FLAG_COLORMAP)
    image.colormap_entries = png_uint_32(palette.count / 3)
    return try write(&image, pixels: indices, palette: palette)
  }

  /// Returns a palette of at most 256 colours in order of first appearance, and each pixel's palette index.
  private func indexed() -> (palette: [UInt8], indices: [UInt8])? {
    var places: [Color: UInt8] = [:]
    var palette: [UInt8] = []
    var indices: [UInt8] = []
    indices.reserveCapacity(width * height)
    for pixel in 0..<width * height {
      let color = self[pixel / width, pixel % width]
      if let place = places[color] {
        indices.append(place)
      } else {
        guard places.count < 256 else { return nil }
        let place = UInt8(places.count)
        places[color] = place
        palette += [color.red, color.green, color.blue]
        indices.append(place)
      }
    }
    return (palette, indices)
  }

  private func write(
    _ image: inout png_image, pixels: [UInt8], palette: [UInt8]?
  ) throws(PictureError) -> [UInt8] {
    defer { png_image_free(&image) }
    var byteCount = maest_png_byte_bound(image)
    var file = [UInt8](repeating: 0, count: byteCount)
    let isWritten =
      if let palette {
        png_image_write_to_memory(&image, &file, &byteCount, 0, pixels, 0, palette)
      } else {
        png_image_write_to_memory(&image, &file, &byteCount, 0, pixels, 0, nil)
      }
    guard isWritten != 0 else {
      throw .notEncoded(width: width, height: height, reason: Self.message(of: image))
    }
    file.removeLast(file.count - byteCount)
    return file
  }

  private static func header() -> png_image {
    var image = png_image()
    image.version = png_uint_32(PNG_IMAGE_VERSION)
    return image
  }

  private static func message(of image: png_image) -> String {
    withUnsafeBytes(of: image.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
