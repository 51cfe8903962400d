#if canImport(UIKit) && !os(watchOS)
  import UIKit

  /// Ends the connection while the app is in the background, as the documents have it for mobile clients: the
  /// system would stop the app, and the user would look online for as long as the server takes to notice. That
  /// is no logout.
  final class Background: Sendable {
    private let observers: Locked<[any NSObjectProtocol]>

    init(_ connection: Connection) {
      let center = NotificationCenter.default
      let rests = center.addObserver(
        forName: UIApplication.didEnterBackgroundNotification, object: nil, queue: nil
      ) { [weak connection] _ in connection?.rest() }
      let wakes = center.addObserver(
        forName: UIApplication.willEnterForegroundNotification, object: nil, queue: nil
      ) { [weak connection] _ in connection?.wake() }
      observers = Locked([rests, wakes])
    }

    deinit {
      observers { for observer in $0 { NotificationCenter.default.removeObserver(observer) } }
    }
  }
#endif
