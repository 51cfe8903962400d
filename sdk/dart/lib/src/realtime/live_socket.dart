import 'dart:async';

import '../listener.dart';
import '../sockets.dart';
import 'frames.dart';

/// Those of the official SDKs (wire.md 8).
const _pingInterval = Duration(seconds: 15);
const _pongTimeLimit = Duration(seconds: 3);

/// How long the server may take to answer a farewell.
const _farewellTimeLimit = Duration(seconds: 1);

/// By these the server refuses: the JWT is not good, and the session has ended.
const _refusals = {4401, 4403};

/// How a client ends a connection. After the first the user is offline at once, after the second they
/// have a moment to come back. A browser sends no other code below 3000.
enum Farewell {
  loggedOut(1000, 'User logged out'),
  goingAway(3000, 'the client is gone');

  const Farewell(this.code, this.reason);

  final int code;
  final String reason;
}

/// How a connection ended. [isRefused] is that the server did not take the JWT, or not any more: what
/// that means only the API says.
typedef Ending = ({bool isRefused, Object why});

/// One realtime connection, from the attempt to open it to its end.
final class LiveSocket {
  /// Begins to open it. [resource] names this client: its own frames come back with it. [timeout]
  /// limits what happens until the server knows whose the connection is, which [onProven] hears.
  LiveSocket(
    CallsSockets sockets,
    String url, {
    required this.hello,
    required this.resource,
    required Duration timeout,
    required this.onProven,
    required this.onUser,
  }) {
    _expect(timeout, 'The server did not answer in time.');
    unawaited(_open(sockets, url));
  }

  final String hello;
  final String resource;
  final void Function() onProven;
  final void Function(UserEvent event) onUser;

  final _ended = Completer<Ending>();
  final _gone = Completer<void>();
  CallsSocket? _socket;
  bool _isProven = false;
  Timer? _late;
  Timer? _pings;

  /// Completes once, when nothing more comes.
  Future<Ending> get ended => _ended.future;

  /// Ends it. The future completes when the server knows that, or has had the time to.
  Future<void> leave(Farewell farewell) async {
    _end(farewell.reason, farewell: farewell);
    if (_socket == null || _gone.isCompleted) return;
    final late = Timer(_farewellTimeLimit, _beGone);
    await _gone.future;
    late.cancel();
  }

  Future<void> _open(CallsSockets sockets, String url) async {
    try {
      final socket = await sockets.open(url, abandoned: ended);
      // Listened to in any case: a socket that nobody reads does not learn of its end.
      socket.texts.listen(
        (text) => _take(readFrame(text)),
        onError: (Object cause) => _lose(cause),
        onDone: () => _lose('It ended with the code ${socket.closeCode}.', code: socket.closeCode),
      );
      if (_ended.isCompleted) return _close(socket, Farewell.goingAway);
      _socket = socket;
      _send(hello);
    } catch (cause) {
      _end(cause);
    }
  }

  void _take(Frame frame) {
    if (_ended.isCompleted) return;
    if (!_isProven) {
      final verdict = verdictOf(frame);
      if (verdict == '200') {
        _begin();
      } else if (verdict != null) {
        _end('The server answered with "$verdict".', isRefused: verdict.startsWith('4'));
      }
    } else if (frame['action'] == 'pong') {
      _late?.cancel();
    } else if (frame['deviceId'] != resource) {
      if (presenceOf(frame) case final event?) onUser(event);
    }
  }

  void _begin() {
    _isProven = true;
    _late?.cancel();
    _pings = Timer.periodic(_pingInterval, (_) {
      _expect(_pongTimeLimit, 'A ping was not answered.');
      _send(ping);
    });
    onProven();
  }

  void _expect(Duration limit, String otherwise) {
    _late?.cancel();
    _late = Timer(limit, () => _end(otherwise));
  }

  void _send(String text) {
    try {
      _socket?.send(text);
    } catch (cause) {
      _end(cause);
    }
  }

  void _lose(Object why, {int? code}) {
    _beGone();
    _end(why, isRefused: _refusals.contains(code));
  }

  void _beGone() {
    if (!_gone.isCompleted) _gone.complete();
  }

  void _end(Object why, {bool isRefused = false, Farewell farewell = Farewell.goingAway}) {
    if (_ended.isCompleted) return;
    _late?.cancel();
    _pings?.cancel();
    _ended.complete((isRefused: isRefused, why: why));
    if (_socket case final socket?) _close(socket, farewell);
  }

  static void _close(CallsSocket socket, Farewell farewell) {
    try {
      socket.close(farewell.code, farewell.reason);
    } catch (_) {
      // It has ended already, or cannot be ended any better.
    }
  }
}
