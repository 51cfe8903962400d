import Foundation

/// Where the SDK keeps its entries between runs of the program. One storage may serve several apps and
/// servers: the keys name both.
///
/// The methods must not call ``CometChatCalls``.
public protocol CallsStorage: Sendable {
  /// The value of a key, nil when there is none. A storage that cannot tell must throw: a failing read is
  /// not "nobody is logged in".
  func load(_ key: String) throws -> Data?

  /// Replaces the value of a key. When it throws, the old value must still be there. Values hold
  /// credentials.
  func save(_ value: Data, for key: String) throws

  /// Removes the value of a key. It is no error when there is none.
  func remove(_ key: String) throws
}

/// A storage that other processes may use at the same time. The SDK follows what they do: getters look
/// into the storage each time, and listeners hear of changes within a second.
public protocol SharedCallsStorage: CallsStorage {
  /// Waits until nobody else has the lock, for a limited time, and takes it until what it gives is called
  /// or the process ends, however it ends. It is held only while something is written.
  func lock() throws -> @Sendable () -> Void
}
