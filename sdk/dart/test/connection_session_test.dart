import 'dart:async';

import 'package:usher_calls/usher_calls.dart';

import 'app.dart';
import 'fake_server.dart';
import 'fake_sockets.dart';
import 'harness.dart';

const _second = Duration(seconds: 1);
const _minute = Duration(minutes: 1);

void connectionSessionTests() {
  appTest('nothing that becomes of a connection ends the session', (app) async {
    await app.goOnline();
    for (final code in [null, 1000, 1001, 1006, 1011, 1013, 4400, 4401, 4403, 4408, 4413, 4429]) {
      app.sockets.last.end(code);
      await app.nextAttempt();
      app.sockets.last.accept();
      await app.pass(_second * 10);
      expectSame(app.take(), ['disconnected', 'connecting', 'connected'], '$code');
    }
    for (final spoilt in [
      () => throw StateError('offline'),
      () => answer(500, '<html>'),
      () => answer(401, '{"error":{"code":"ERR_OF_THE_FUTURE"}}'),
    ]) {
      app.server.spoil = (line) => line.startsWith('GET') ? spoilt() : null;
      app.server.asked.clear();
      app.sockets.last.end(4403);
      await app.nextAttempt();
      expectSame(app.server.asked, ['GET /me ann_1']);
      app.sockets.last.accept();
      await app.settle();
    }
    expectSame((await CometChatCalls.getLoggedInUser())?.uid, 'ann');
    expectSame(app.warnings.contains('The server refuses the realtime connection.'), true);
  });

  appTest('a token that was revoked ends the session by one question', (app) async {
    for (final (spoken, code) in [(false, 4403), (false, 4401), (true, null)]) {
      final socket = await app.goOnline();
      final token = await CometChatCalls.getUserAuthToken();
      app.server.tokens.clear();
      app.server.asked.clear();
      if (spoken) {
        socket.end();
        await app.nextAttempt();
        app.sockets.last
          ..open()
          ..say({
            'type': 'auth',
            'body': {'code': '401', 'status': 'ERROR'},
          });
      } else {
        socket.end(code);
      }
      await app.settle();
      expectSame(app.server.asked, ['GET /me $token']);
      expectSame(app.take(), ['disconnected', 'connecting', 'disconnected', 'out revoked']);
      final before = app.sockets.asked.length;
      await app.pass(_minute);
      expectSame(app.sockets.asked.length, before);
      expectSame(await CometChatCalls.getLoggedInUser(), null);
      expectSame(app.time.timers, 0);
    }
  });

  appTest('a JWT that is refused while the token lives is renewed, and the new one stored', (
    app,
  ) async {
    await app.start();
    await app.login();
    app.server.jwtOf = (_) => 'a newer one';
    app.sockets.last
      ..open()
      ..say({
        'type': 'auth',
        'body': {'code': '401', 'status': 'ERROR'},
      });
    await app.nextAttempt();
    app.sockets.last.open();
    await app.settle();
    expectSame((app.sockets.last.hello['body']! as Json)['auth'], 'a newer one');
    await app.start();
    app.sockets.last.open();
    await app.settle();
    expectSame((app.sockets.last.hello['body']! as Json)['auth'], 'a newer one');
  });

  appTest('an answer without a JWT leaves the one there is', (app) async {
    final socket = await app.goOnline();
    app.server.jwtOf = (_) => null;
    await CometChatCalls.checkSession();
    expectSame(socket.closedWith, null);
    socket.end();
    await app.nextAttempt();
    app.sockets.last.open();
    await app.settle();
    expectSame((app.sockets.last.hello['body']! as Json)['auth'], 'jwt of ann_1');
  });

  appTest('a server that answers with anything else than its documented words is tried again', (
    app,
  ) async {
    await app.start();
    await app.login();
    for (final body in <Object?>[
      {'code': '503', 'status': 'ERROR'},
      {'code': 200},
      null,
    ]) {
      app.server.asked.clear();
      app.sockets.last
        ..open()
        ..say({'type': 'auth', 'body': body});
      await app.nextAttempt();
      expectSame(app.server.asked, <String>[], 'only a refusal is asked about');
    }
  });

  appTest('a logout closes the connection at once, and nothing reconnects', (app) async {
    final socket = await app.goOnline();
    app.server.spoil = (line) => line.startsWith('DELETE') ? Completer<Never>().future : null;
    final logout = CometChatCalls.logout();
    expectSame(socket.closedWith, (1000, 'User logged out'));
    await app.settle();
    expectSame(app.take(), ['disconnected', 'out userInitiated']);
    await app.pass(_minute);
    expectSame(await logout, 'Logged out.');
    expectSame([app.sockets.asked.length, app.time.timers], [1, 0]);
  });

  appTest('a logout ends the work for a connection', (app) async {
    for (final until in [Duration.zero, _second * 5]) {
      await app.start();
      await app.login();
      await app.pass(until);
      await CometChatCalls.logout();
      await app.settle();
      expectSame(app.take(), ['in ann', 'connecting', 'disconnected', 'out userInitiated']);
      expectSame(app.sockets.last.isAbandoned, true);
      final before = app.sockets.asked.length;
      await app.pass(_minute);
      expectSame(app.sockets.asked.length, before);
      expectSame(app.time.timers, 0);
    }
  });

  appTest('a switch closes the old connection, whose frames are unheard, before the new one', (
    app,
  ) async {
    final old = await app.goOnline();
    old.answersFarewell = false;
    await app.login('bob');
    expectSame(old.closedWith, (1000, 'User logged out'));
    expectSame(app.sockets.asked.length, 1);
    old.say(presence('late'));
    await app.pass(_second * 0.999);
    expectSame(app.sockets.asked.length, 1);
    await app.pass(_second * 0.001);
    expectSame(app.sockets.asked.length, 2, 'a server that answers no farewell is not waited for');
    app.sockets.last.accept();
    await app.settle();
    expectSame(app.take(), ['in bob', 'disconnected', 'connecting', 'connected']);
    expectSame(app.sockets.last.hello['sender'], 'bob');
  });

  appTest('a login that fails leaves the connection alone', (app) async {
    final socket = await app.goOnline();
    app.server.spoil = (line) => line.startsWith('PUT') ? answer(500, 'oops') : null;
    expectSame(await codeOf(app.login('bob')), CallsCodes.unusableAnswer);
    expectSame([socket.closedWith, app.sockets.asked.length], [null, 1]);
  });
}
