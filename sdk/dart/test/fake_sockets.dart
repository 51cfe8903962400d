import 'dart:async';
import 'dart:convert';

import 'package:usher_calls/usher_calls.dart';

typedef Json = Map<String, Object?>;

/// WebSockets of which a test plays the server.
final class FakeSockets implements CallsSockets {
  /// All that were asked for, in order.
  final asked = <FakeSocket>[];

  FakeSocket get last => asked.last;

  @override
  Future<CallsSocket> open(String url, {required Future<void> abandoned}) {
    final socket = FakeSocket._(url);
    abandoned.then((_) => socket.isAbandoned = true);
    asked.add(socket);
    return socket._opened.future;
  }
}

final class FakeSocket implements CallsSocket {
  FakeSocket._(this.url);

  final String url;
  final _opened = Completer<CallsSocket>();
  final _texts = StreamController<String>();

  /// What the SDK sent.
  final sent = <Json>[];

  /// What the SDK closed it with.
  (int, String)? closedWith;

  /// Whether nobody waits for it to open any more.
  bool isAbandoned = false;

  /// Whether the server answers a farewell.
  bool answersFarewell = true;

  @override
  int? closeCode;

  @override
  Stream<String> get texts => _texts.stream;

  @override
  void send(String text) => sent.add(jsonDecode(text) as Json);

  @override
  void close(int code, String reason) {
    closedWith ??= (code, reason);
    if (answersFarewell) unawaited(_texts.close());
  }

  Json get hello => sent.first;

  int get pings => sent.where((frame) => frame['action'] == 'ping').length;

  // What the server does.

  void refuse() => _opened.completeError(StateError('it was not upgraded'));

  void open() => _opened.complete(this);

  void say(Object frame) => _texts.add(frame is String ? frame : jsonEncode(frame));

  void accept() {
    open();
    say({
      'type': 'auth',
      'body': {'code': '200', 'status': 'OK'},
    });
  }

  void end([int? code]) {
    closeCode = code;
    unawaited(_texts.close());
  }

  void fail() => _texts.addError(StateError('the network is gone'));
}

/// The frame by which a server says that a user came or went.
Json presence(String uid, {String action = 'online', Json changes = const {}}) => {
  'type': 'presence',
  'appId': 'app-1',
  'sender': uid,
  'body': {
    'action': action,
    'timestamp': 1700000000,
    'user': {'uid': uid, 'name': uid.toUpperCase(), 'status': 'available'},
  },
  ...changes,
};
