import Foundation

/// Opens WebSockets.
protocol WebSocketOpener: Sendable {
  /// Gives a socket that opens on its own.
  func open(_ address: URL) -> any WebSocket
}

/// A WebSocket from its opening to its end. Whatever goes wrong, `receive` says so.
protocol WebSocket: Sendable {
  /// Sends a text, once the socket is open. It does not wait.
  func send(_ text: String)

  /// The next text. One caller at a time may wait for it.
  func receive() async throws(WebSocketEnd) -> String

  /// Begins to say goodbye. `receive` throws when the other side has answered.
  func close(_ farewell: Farewell)

  /// Ends it at once, without a word; `receive` throws.
  func abandon()
}

/// Why a WebSocket ended.
enum WebSocketEnd: Error {
  /// The other side said goodbye, with a close code.
  case closed(Int)
  /// The request for it was answered with another HTTP status than 101. The server may ask to be left alone
  /// for some seconds.
  case refused(retryAfter: TimeInterval)
  /// It could not be opened, or broke.
  case broken(any Error)

  /// Reads the header Retry-After. Dates are not read, since clocks differ.
  static func refused(retryAfter header: String?) -> WebSocketEnd {
    .refused(retryAfter: TimeInterval(header.flatMap { UInt32($0) } ?? 0))
  }
}

/// Why a connection is not wanted any more. The server takes the user offline at once after the code 1000, and
/// waits a little after 1001, since the program may be back.
enum Farewell: Sendable {
  case loggedOut
  case inBackground
  case goingAway

  var code: Int {
    switch self {
    case .loggedOut, .inBackground: 1000
    case .goingAway: 1001
    }
  }

  var reason: String {
    switch self {
    case .loggedOut: "User logged out"
    case .inBackground: "the app is in the background"
    case .goingAway: "the client is closed"
    }
  }
}
