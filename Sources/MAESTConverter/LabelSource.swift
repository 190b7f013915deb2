#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Label names for a graph, and their origin.
struct LabelSource {
  var labels: [String]
  var origin: String
  /// Set if the names are an assumption that the user should know about.
  var notice: String?

  /// Finds the labels, in this order: in `metadataPath`, in the source, in the `.json` beside the graph, in the Discogs
  /// styles if their number matches, else numbered names. A model without labels needs none.
  static func find(
    count: Int, own: [String]?, graphPath: String, metadataPath: String?
  ) throws(ConversionError) -> LabelSource {
    if metadataPath == nil, count == 0 { return LabelSource(labels: [], origin: "none") }
    if metadataPath == nil, let own { return LabelSource(labels: own, origin: "the source") }
    let path = metadataPath ?? GraphConverter.metadataPath(besideGraphAt: graphPath)
    if let path { return try fromMetadata(path: path, count: count) }
    if let (name, labels) = discogs(count: count) {
      return LabelSource(
        labels: labels, origin: name,
        notice:
          "no metadata: the \(count) outputs are taken for the \(name); a metadata file (JSON with \"classes\") names another list"
      )
    }
    return LabelSource(
      labels: (0..<count).map { "label \($0)" }, origin: "numbered",
      notice:
        "no metadata: the \(count) labels are numbered; a metadata file (JSON with \"classes\") names them")
  }

  private static func fromMetadata(path: String, count: Int) throws(ConversionError) -> LabelSource {
    let labels = try EssentiaMetadata.read(path: path).classes
    guard labels.count == count else {
      throw .badMetadata(
        path: path,
        reason: "it names \(labels.count) classes, the graph has \(count) outputs; "
          + "give the right metadata file")
    }
    return LabelSource(labels: labels, origin: URL(filePath: path).lastPathComponent)
  }

  /// Returns the list of music styles that the official models were trained with (discogs.com).
  private static func discogs(count: Int) -> (name: String, labels: [String])? {
    switch count {
    case 400: ("400 Discogs styles", lines(PackageResources.discogs400_txt))
    case 519: ("519 Discogs styles", lines(PackageResources.discogs519_txt))
    default: nil
    }
  }

  private static func lines(_ bytes: [UInt8]) -> [String] {
    String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }
}
