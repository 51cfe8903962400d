import Foundation

/// One app at one base URL, and who is logged in to it: spec/session.md says how it behaves.
final class Client: Sendable {
  /// How long listeners wait at most for what another process did, in nanoseconds. Getters do not wait.
  private static let followEvery: UInt64 = 200_000_000

  let state: Locked<ClientState>
  let listeners: Listeners<CallsLoginListener>
  let connection: Connection
  let transport: Transport
  let keeper: Keeper
  let revoker: Revoker
  let device: Device
  private let space: Space
  #if canImport(UIKit) && !os(watchOS)
    private let background: Background?
  #endif

  /// Makes a client and takes up the session that the storage holds, if any. It waits for no request.
  init(_ callAppSettings: CallAppSettings, _ audiences: Audiences, _ realtime: Realtime? = nil) throws {
    let settings = callAppSettings.values
    let bases = try Bases(settings)
    if !(settings.timeout > 0 && settings.timeout < 86_400) {
      throw CometChatCallException(.invalidSettings, "The time limit is not between nothing and a day.")
    }
    listeners = audiences.logins
    space = Space(settings.storage ?? Self.defaultStorage(), settings.appId, bases)
    device = Device(try Self.deviceID(space, settings.appId))
    transport = Transport(settings, bases)
    let realtime = realtime ?? Realtime(sockets: PlatformSockets(settings.configuration))
    connection = Connection(settings, device, transport, audiences, realtime)
    state = Locked(ClientState(connection))
    keeper = Keeper(space, state, listeners)
    revoker = Revoker(space, state, keeper, transport)
    #if canImport(UIKit) && !os(watchOS)
      // An app that connects by itself also says when it does not want to be connected.
      background = settings.connects ? Background(connection) : nil
    #endif
    do { try restore() } catch {
      transport.close()
      throw error
    }
    connection.start { [weak self] in _ = await self?.checkSession().outcome }
    if space.isShared { watch() }
  }

  /// Who is logged in, what other processes did included.
  var session: Session? {
    follow()
    return state { $0.session }
  }

  /// Has the session connected; other processes may have changed whose it is.
  func connect() -> Settlement<Void> {
    follow()
    return connection.connect()
  }

  /// Ends the client, not the session: that is stored, and the next client takes it up.
  func close() {
    state { state in
      state.closed = true
      state.attempt?.settlement.settle(.failure(CometChatCallException(.loginDiscarded)))
      state.attempt = nil
      connection.close()
      state.become(nil)
    }
    transport.close()
  }

  /// Takes over what another process stored or removed.
  func follow() {
    guard space.isShared, let before = state({ $0.writing || $0.closed ? nil : $0.changes }) else { return }
    let stored: Data?
    // A failing read is not "nobody".
    do { stored = try space.loadSession() } catch { return }
    state { state in
      if state.writing || state.closed || state.changes != before || state.seen == stored { return }
      state.changes += 1
      let now = Session(stored: stored)
      state.seen = stored
      let previous = state.become(now)
      if let now, now.authToken != previous?.authToken {
        listeners.tell(.loginSuccess(now))
      } else if now == nil && previous != nil {
        listeners.tell(.logoutSuccess(.elsewhere))
      }
    }
  }

  /// Follows for those who listen, and for the connection, until the client is closed.
  private func watch() {
    Task { [weak self] in
      while let self, !self.state({ $0.closed }) {
        if !self.listeners.isEmpty || self.connection.isConcerned { self.follow() }
        try? await Task.sleep(nanoseconds: Self.followEvery)
      }
    }
  }

  /// A session whose token waits to be revoked was logged out by a program that ended before it could
  /// remove it.
  private func restore() throws {
    let stored = try space.loadSession()
    let waiting = try space.loadRevocations()
    var restored = Session(stored: stored)
    if let token = restored?.authToken, waiting.contains(token) {
      restored = nil
      // Should it stay, it is dropped again at the next start.
      if let unlock = try? space.lock() {
        try? space.removeSession()
        unlock()
      }
    }
    state { state in
      state.seen = stored
      state.become(restored)
    }
    if !waiting.isEmpty { Task { [revoker] in await revoker.retry() } }
  }

  /// The same device keeps one id for all its users. Only a storage that cannot be read is an error: with
  /// one that cannot be written the device is another one at the next start.
  private static func deviceID(_ space: Space, _ appId: String) throws -> String {
    if let stored = try space.loadDeviceID(), Checks.isDeviceID(stored) { return stored }
    let id = String(Device.uniqueName(appId, "_").suffix(255))
    if let unlock = try? space.lock() {
      try? space.saveDeviceID(id)
      unlock()
    }
    return id
  }

  private static func defaultStorage() -> any CallsStorage {
    #if canImport(Security)
      KeychainStorage()
    #else
      let environment = ProcessInfo.processInfo.environment
      let configuration = environment["XDG_CONFIG_HOME"] ?? NSHomeDirectory() + "/.config"
      return FileStorage(directory: configuration + "/usher-calls")
    #endif
  }
}
