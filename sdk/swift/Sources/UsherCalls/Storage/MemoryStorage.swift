import Foundation

/// Keeps sessions until the program ends.
public final class MemoryStorage: CallsStorage {
  private let values = Locked<[String: Data]>([:])

  public init() {}

  public func load(_ key: String) -> Data? { values { $0[key] } }

  public func save(_ value: Data, for key: String) { values { $0[key] = value } }

  public func remove(_ key: String) { values { $0[key] = nil } }
}
