import Foundation
import UsherCalls

/// A value that one thread at a time may look at.
final class Guarded<Value>: @unchecked Sendable {
  private let lock = NSLock()
  private var value: Value

  init(_ value: Value) { self.value = value }

  func callAsFunction<Result>(_ body: (inout Value) -> Result) -> Result { lock.withLock { body(&value) } }
}

/// The SDK's file storage, which the harness can make fail and look into. Since the names of its files do
/// not give the keys back, those are kept beside it.
final class FailingStorage: SharedCallsStorage {
  private struct Wanted: Error {}

  private let directory = Guarded("")
  private let fails = Guarded<[String]>([])

  func open(_ directory: String, failing: [String]) {
    self.directory { $0 = directory }
    fails { $0 = failing }
  }

  private var files: FileStorage { FileStorage(directory: directory { $0 }) }

  func load(_ key: String) throws -> Data? {
    try fail("load")
    return try files.load(key)
  }

  func save(_ value: Data, for key: String) throws {
    try fail("save")
    try Self.note(key, in: directory { $0 })
    try files.save(value, for: key)
  }

  func remove(_ key: String) throws {
    try fail("remove")
    try files.remove(key)
  }

  func lock() throws -> @Sendable () -> Void { try files.lock() }

  private func fail(_ operation: String) throws {
    if fails({ $0.contains(operation) }) { throw Wanted() }
  }

  /// The commands that are about the storage alone.
  func run(_ command: String, _ params: JSON) -> Outcome {
    let store = params["store"].text
    do {
      switch command {
      case "storageFail":
        fails { $0 = params["fails"].list.map(\.text) }
        return .result(.null)
      case "storagePut":
        try Self.note(params["name"].text, in: store)
        try FileStorage(directory: store).save(Data(params["value"].text.utf8), for: params["name"].text)
        return .result(.null)
      case "storageEntries": return .result(.object(try Self.entries(store)))
      default: return .fault("there is no command \(command)")
      }
    } catch {
      return .fault("\(error)")
    }
  }

  private static func entries(_ store: String) throws -> [String: JSON] {
    let storage = FileStorage(directory: store)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: store + ".keys")) ?? []
    var entries: [String: JSON] = [:]
    for name in names {
      guard let key = name.removingPercentEncoding, let value = try storage.load(key) else { continue }
      entries[key] = .text(String(decoding: value, as: UTF8.self))
    }
    return entries
  }

  private static func note(_ key: String, in store: String) throws {
    let folder = store + ".keys"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let name = key.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? key
    try Data().write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
  }
}
