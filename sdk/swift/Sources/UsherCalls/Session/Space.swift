import Foundation

/// The entries of one app at one server in a storage; nothing else there is touched.
struct Space: Sendable {
  /// How many tokens wait to be revoked at most; the oldest are given up first.
  private static let longestList = 20
  private static let listFormat = 1

  private struct Revocations: Codable {
    let format: Int
    let tokens: [String]
  }

  private let storage: any CallsStorage
  private let name: String

  init(_ storage: any CallsStorage, _ appId: String, _ bases: Bases) {
    self.storage = storage
    name = "\(appId)@\(bases.token)"
  }

  /// Whether other processes may change the entries.
  var isShared: Bool { storage is any SharedCallsStorage }

  func lock() throws -> @Sendable () -> Void {
    guard let shared = storage as? any SharedCallsStorage else { return {} }
    return try coded { try shared.lock() }
  }

  func loadSession() throws -> Data? { try coded { try storage.load("session \(name)") } }

  func saveSession(_ value: Data) throws { try coded { try storage.save(value, for: "session \(name)") } }

  func removeSession() throws { try coded { try storage.remove("session \(name)") } }

  func loadDeviceID() throws -> String? {
    try coded { try storage.load("device \(name)") }.flatMap { String(bytes: $0, encoding: .utf8) }
  }

  func saveDeviceID(_ id: String) throws { try coded { try storage.save(Data(id.utf8), for: "device \(name)") } }

  /// The tokens that the server has yet to be told of, oldest first; a list that cannot be read as one
  /// counts as empty.
  func loadRevocations() throws -> [String] {
    guard let stored = try coded({ try storage.load("revocations \(name)") }),
      let list = try? JSONDecoder().decode(Revocations.self, from: stored), list.format == Self.listFormat
    else { return [] }
    return list.tokens.filter(Checks.isCredential)
  }

  func saveRevocations(_ tokens: [String]) throws {
    let key = "revocations \(name)"
    try coded {
      if tokens.isEmpty { return try storage.remove(key) }
      let list = Revocations(format: Self.listFormat, tokens: tokens.suffix(Self.longestList))
      try storage.save(JSONEncoder().encode(list), for: key)
    }
  }

  private func coded<Result>(_ work: () throws -> Result) throws -> Result {
    do { return try work() } catch { throw CometChatCallException(.storageFailed, cause: error) }
  }
}
