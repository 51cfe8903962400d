/// Opens realtime connections. Whatever it throws is taken as "out of reach".
abstract interface class CallsSockets {
  /// Completes once the WebSocket at the URL is open; it follows no redirect. [abandoned] completes when
  /// nobody waits for that any more.
  Future<CallsSocket> open(String url, {required Future<void> abandoned});
}

/// An open WebSocket.
abstract interface class CallsSocket {
  /// The texts that come, listened to once. It is done when the connection has ended, however it did.
  Stream<String> get texts;

  /// What the other side closed with, once [texts] is done; null, 1005 or 1006 when it said nothing.
  int? get closeCode;

  /// May throw once the connection has ended.
  void send(String text);

  /// Ends the connection with a code, 1000 or one from 3000 on, and a reason; [texts] is done when the
  /// other side has answered. One that is closed may be closed again.
  void close(int code, String reason);
}
