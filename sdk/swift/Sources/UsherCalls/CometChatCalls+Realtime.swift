import Foundation

/// The realtime connection, in the words of the Chat SDK for iOS.
///
/// Whoever is logged in is connected without the app doing anything, and so online for others. A connection
/// that is lost comes back by itself, after pauses that grow up to 30 seconds. Nothing that becomes of it ends
/// the session; where the server closes it because the session has ended, login listeners hear of that.
extension CometChatCalls {
  /// How many statuses or users wait at most for whoever reads a stream; of more, the oldest are left out.
  private static let longestStream = 100

  /// How the connection is. Without a client it is `disconnected`.
  public static func getConnectionStatus() -> CallsConnectionStatus { current?.connection.status ?? .disconnected }

  /// Has the session connected, where the settings say that nothing connects by itself, or after
  /// ``disconnect()``; succeeds once there is a connection. When that takes longer than the time limit of a
  /// request, it fails and the SDK goes on trying.
  ///
  /// Codes: `ERROR_SDK_NOT_INITIALIZED`, `ERROR_NO_USER_LOGGED_IN`, also when the session ends meanwhile,
  /// `ERROR_IO_EXCEPTION`, `ERROR_JSON_EXCEPTION` when the server gave nothing to connect with.
  #if canImport(ObjectiveC)
    @objc(connectOnSuccess:onError:)
  #endif
  public static func connect(onSuccess: @escaping @MainActor @Sendable () -> Void, onError: @escaping OnError) {
    tell(current?.connect() ?? uninitialized(), onSuccess, onError)
  }

  /// As ``connect(onSuccess:onError:)``. It cannot be cancelled.
  public static func connect() async throws(CometChatCallException) {
    try await (current?.connect() ?? uninitialized()).outcome.get()
  }

  /// Ends the connection and leaves the session. Nothing connects before ``connect(onSuccess:onError:)`` is
  /// called or somebody logs in. It does not wait, and is no error without a connection.
  #if canImport(ObjectiveC)
    @objc
  #endif
  public static func disconnect() { current?.connection.disconnect() }

  /// Makes a listener hear how the connection is from now on. One with the same id is replaced.
  public static func addConnectionListener(_ id: String, _ listener: CallsConnectionListener) {
    audiences.connections.add(id, listener)
  }

  /// Ends that a listener hears anything. It is no error when there is none.
  public static func removeConnectionListener(_ id: String) { audiences.connections.remove(id) }

  /// Makes a listener hear from now on who comes and goes. One with the same id is replaced.
  public static func addUserListener(_ id: String, _ listener: CallsUserListener) { audiences.users.add(id, listener) }

  /// Ends that a listener hears anything. It is no error when there is none.
  public static func removeUserListener(_ id: String) { audiences.users.remove(id) }

  /// How the connection is from now on, until whoever reads stops. It outlives the client, as listeners do.
  public static func connectionStatuses() -> AsyncStream<CallsConnectionStatus> {
    stream(of: audiences.connections) { give in
      CallsConnectionListener(
        connecting: { give(.connecting) }, connected: { give(.connected) }, disconnected: { give(.disconnected) })
    }
  }

  /// The users who come and go from now on, each with the ``CallsUser/status`` that they have now, until
  /// whoever reads stops. It outlives the client, as listeners do.
  public static func userPresences() -> AsyncStream<CallsUser> {
    stream(of: audiences.users) { CallsUserListener(onUserOnline: $0, onUserOffline: $0) }
  }

  private static func stream<Listener: Sendable, News: Sendable>(
    of listeners: Listeners<Listener>, _ listener: (@escaping @Sendable (News) -> Void) -> Listener
  ) -> AsyncStream<News> {
    // No app gives such an id.
    let id = "stream \(UUID().uuidString)"
    return AsyncStream(bufferingPolicy: .bufferingNewest(longestStream)) { continuation in
      listeners.add(id, listener { continuation.yield($0) })
      continuation.onTermination = { _ in listeners.remove(id) }
    }
  }
}
