import 'dart:async';
import 'dart:io';

import 'package:usher_calls/io.dart';
import 'package:usher_calls/usher_calls.dart';

import 'harness.dart';
import 'raw_server.dart';

void socketTests() {
  test('texts go both ways, and other frames do not disturb', () async {
    final server = await _SocketServer.start((socket) {
      socket.listen((frame) => socket.add('heard $frame'));
      socket
        ..add([1, 2, 3])
        ..add('welcome');
    });
    final socket = await _open(server.url);
    final texts = StreamIterator(socket.texts);
    await texts.moveNext();
    expectSame(texts.current, 'welcome');
    socket.send('häm');
    await texts.moveNext();
    expectSame(texts.current, 'heard häm');
    socket.close(1000, 'enough');
    expectSame(await texts.moveNext(), false);
    expectSame(await server.ends.first, (1000, 'enough'));
    socket.close(3000, 'again');
    await server.stop();
  });

  test('the code that the other side closes with is told', () async {
    for (final (end, code) in <(void Function(WebSocket), int?)>[
      ((socket) => socket.close(4403, 'the session has ended'), 4403),
      ((socket) => socket.close(), WebSocketStatus.noStatusReceived),
    ]) {
      final server = await _SocketServer.start(end);
      final socket = await _open(server.url);
      await socket.texts.drain<void>();
      expectSame(socket.closeCode, code);
      await server.stop();
    }
  });

  test('whatever is no WebSocket is refused', () async {
    for (final answer in [
      'HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n',
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}',
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n'
          'Sec-WebSocket-Accept: of another key\r\n\r\n',
    ]) {
      final server = await RawServer.start((socket) => socket.write(answer));
      await _expectRefused(server.url.replaceFirst('http', 'ws'));
      await server.everyConnectionEnded;
      await server.stop();
    }
  });

  test('a redirect of a connection is not followed', () async {
    final elsewhere = await _SocketServer.start((_) {});
    final server = await RawServer.start(
      (socket) => socket.write(
        'HTTP/1.1 302 Found\r\nLocation: ${elsewhere.url.replaceFirst('ws', 'http')}\r\n'
        'Content-Length: 0\r\n\r\n',
      ),
    );
    await _expectRefused(server.url.replaceFirst('http', 'ws'));
    expectSame(elsewhere.asked, 0);
    await server.stop();
    await elsewhere.stop();
  });

  test('an attempt that is abandoned is let go', () async {
    final server = await RawServer.start((_) {});
    final abandoned = Completer<void>();
    final opening = _open(server.url.replaceFirst('http', 'ws'), abandoned: abandoned.future);
    final refused = _refusalOf(opening);
    await until(() => server.connections == 1, 'the server was asked');
    abandoned.complete();
    expectSame(await refused, true);
    await server.everyConnectionEnded;
    await server.stop();
  });

  test('one that is open already does not mind being abandoned', () async {
    final server = await _SocketServer.start((socket) => socket.listen((_) => socket.add('yes')));
    final abandoned = Completer<void>();
    final socket = await _open(server.url, abandoned: abandoned.future);
    abandoned.complete();
    await abandoned.future;
    socket.send('still there?');
    expectSame(await socket.texts.first, 'yes');
    socket.close(1000, 'enough');
    await server.stop();
  });

  test('connections go by the client that the requests go by', () async {
    final asked = <String>[];
    final client = HttpClient()..findProxy = (url) {
      asked.add(url.scheme);
      throw StateError('no way out');
    };
    await CometChatCalls.init(
      CallAppSettings(
        appId: 'app-1',
        host: 'https://usher.test',
        http: IoHttp(client),
        storage: _Stored(),
      ),
    );
    await until(() => asked.isNotEmpty, 'the client was asked the way');
    CometChatCalls.close();
    expectSame(asked.first, 'https');
  });
}

/// A session that may be connected.
final class _Stored implements SessionStorage {
  @override
  String? read(String key) =>
      key.endsWith('/session')
          ? '{"format":1,"user":{"uid":"ann"},"authToken":"ann_1","jwt":"e30.e30.e30"}'
          : null;

  @override
  void write(String key, String text) {}

  @override
  void remove(String key) {}
}

Future<CallsSocket> _open(String url, {Future<void>? abandoned}) =>
    IoSockets(IoHttp().client).open(url, abandoned: abandoned ?? Completer<void>().future);

Future<void> _expectRefused(String url) async => expectSame(await _refusalOf(_open(url)), true);

Future<bool> _refusalOf(Future<CallsSocket> opening) async {
  try {
    await opening;
    return false;
  } on Exception {
    return true;
  }
}

/// Takes every connection, and does with it what the test wants.
final class _SocketServer {
  _SocketServer._(this._server) : url = 'ws://127.0.0.1:${_server.port}/v3';

  final HttpServer _server;
  final String url;
  final _ends = StreamController<(int?, String?)>();

  /// How many connections were asked for.
  int asked = 0;

  /// How they ended.
  Stream<(int?, String?)> get ends => _ends.stream;

  static Future<_SocketServer> start(void Function(WebSocket socket) take) async {
    final server = _SocketServer._(await HttpServer.bind(InternetAddress.loopbackIPv4, 0));
    server._server.listen((request) async {
      server.asked++;
      final socket = await WebSocketTransformer.upgrade(request);
      take(socket);
      unawaited(
        socket.done.then((_) => server._ends.add((socket.closeCode, socket.closeReason))),
      );
    });
    return server;
  }

  Future<void> stop() => _server.close(force: true);
}
