import 'dart:async';
import 'dart:convert';

import 'package:usher_calls/usher_calls.dart';

import 'fake_server.dart';
import 'harness.dart';
import 'raw_server.dart';

const _head = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n';

const _usual = Duration(seconds: 15);

void httpTests() {
  const short = Duration(milliseconds: 500);
  for (final (what, said, limit, code) in [
    ('says nothing', '', short, CallsCodes.notReached),
    ('never ends its body', '${_head}Content-Length: 99\r\n\r\n{', short, CallsCodes.notReached),
    ('sends too much', '$_head\r\n${' ' * (2 << 20)}', _usual, CallsCodes.unusableAnswer),
  ]) {
    test('a connection to a server that $what is let go', () async {
      final server = await RawServer.start((socket) => socket.write(said));
      await _init(server, limit);
      expectSame(await _login(), code);
      await server.everyConnectionEnded;
      await server.stop();
    });
  }

  test('a server that breaks off is out of reach', () async {
    for (final said in ['', '${_head}Content-Length: 99\r\n\r\n{']) {
      final server = await RawServer.start((socket) async {
        socket.write(said);
        await socket.flush();
        socket.destroy();
      });
      await _init(server);
      expectSame(await _login(), CallsCodes.notReached, said);
      await server.stop();
    }
  });

  test('nobody listening is out of reach', () async {
    final server = await RawServer.start((_) {});
    await server.stop();
    await _init(server);
    expectSame(await _login(), CallsCodes.notReached);
  });

  test('a redirect is not followed, whatever the method', () async {
    final elsewhere = await RawServer.start((_) {});
    const me = '{"data":{"uid":"ann"}}';
    final answers = [
      '${_head}Content-Length: ${me.length}\r\n',
      'HTTP/1.1 302 Found\r\nLocation: ${elsewhere.url}\r\nContent-Length: 0\r\n',
      'HTTP/1.1 307 Temporary Redirect\r\nLocation: ${elsewhere.url}\r\nContent-Length: 0\r\n',
    ];
    final bodies = [me, '', ''];
    final server = await RawServer.start((socket) {
      socket.write('${answers.removeAt(0)}Connection: close\r\n\r\n${bodies.removeAt(0)}');
    });
    await _init(server);
    expectSame(await _login(), null);
    for (final _ in [302, 307]) {
      expectSame(await codeOf(CometChatCalls.checkSession()), CallsCodes.unusableAnswer);
    }
    expectSame(elsewhere.connections, 0);
    await server.stop();
    await elsewhere.stop();
  });

  test('a request says which app and which token, and what it holds', () async {
    final asked = StringBuffer();
    final arrived = Completer<void>();
    final server = await RawServer.start(
      (_) {},
      hear: (text) {
        asked.write(text);
        if ('$asked'.endsWith('}')) arrived.complete();
      },
    );
    await _init(server);
    final login = _login();
    await arrived.future;
    CometChatCalls.close();
    expectSame(await login, CallsCodes.loginDiscarded);
    final [head, body] = '$asked'.split('\r\n\r\n');
    final lines = head.toLowerCase().split('\r\n');
    expectSame(lines.first, 'put /me http/1.1');
    for (final line in ['appid: app-1', 'authtoken: token', 'content-type: application/json']) {
      expectSame(lines.contains(line), true, line);
    }
    expectSame((jsonDecode(body) as Map<String, Object?>)['platform'], 'DART');
    await server.stop();
  });
}

Future<void> _init(RawServer server, [Duration timeout = _usual]) =>
    CometChatCalls.init(
      CallAppSettings(
        appId: 'app-1',
        host: server.url,
        storage: MemoryStorage(),
        timeout: timeout,
      ),
    );

/// Gives the code of the error, or null.
Future<String?> _login() async {
  String? code;
  await CometChatCalls.loginWithAuthToken(
    authToken: 'token',
    onError: (error) => code = error.code,
  );
  return code;
}
