#if canImport(Security)
  import Foundation
  import Security

  /// Keeps sessions in the Keychain: readable after the first unlock, so that an app which is woken in the
  /// background has its session, and never moved to another device.
  public struct KeychainStorage: CallsStorage {
    private let service: String
    private let accessGroup: String?

    /// The service is the app's bundle id unless another name is given; an access group lets the apps
    /// of a team share the session.
    public init(service: String? = nil, accessGroup: String? = nil) {
      self.service = (service ?? Bundle.main.bundleIdentifier ?? "UsherCalls") + ".usher-calls"
      self.accessGroup = accessGroup
    }

    public func load(_ key: String) throws -> Data? {
      var query = item(key)
      query[kSecReturnData] = true
      query[kSecMatchLimit] = kSecMatchLimitOne
      var value: CFTypeRef?
      guard try KeychainStatus.found(SecItemCopyMatching(query as CFDictionary, &value)) else { return nil }
      return value as? Data
    }

    public func save(_ value: Data, for key: String) throws {
      let stored: [CFString: Any] = [
        kSecValueData: value, kSecAttrAccessible: kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly,
      ]
      let query = item(key) as CFDictionary
      if try KeychainStatus.found(SecItemUpdate(query, stored as CFDictionary)) { return }
      let added = item(key).merging(stored) { $1 }
      if try KeychainStatus.added(SecItemAdd(added as CFDictionary, nil)) { return }
      // Another process was faster.
      _ = try KeychainStatus.found(SecItemUpdate(query, stored as CFDictionary))
    }

    public func remove(_ key: String) throws {
      _ = try KeychainStatus.found(SecItemDelete(item(key) as CFDictionary))
    }

    private func item(_ key: String) -> [CFString: Any] {
      var item: [CFString: Any] = [
        kSecClass: kSecClassGenericPassword, kSecAttrService: service, kSecAttrAccount: key,
      ]
      if let accessGroup { item[kSecAttrAccessGroup] = accessGroup }
      return item
    }
  }
#endif
