import 'dart:async';

import 'package:usher_calls/usher_calls.dart';

import 'app.dart';
import 'fake_server.dart';
import 'fake_sockets.dart';
import 'harness.dart';

const _second = Duration(seconds: 1);
const _minute = Duration(minutes: 1);

void connectionTests() {
  appTest('a login opens a connection and does not wait for it; the JWT says whose it is', (
    app,
  ) async {
    await app.start(
      subscriptionType: CometChatSubscriptionType.roles,
      roles: ['agent'],
      host: 'http://usher.test/v3',
    );
    expectSame(CometChatCalls.getConnectionStatus(), CometChatWSState.disconnected);
    await app.login();
    expectSame(app.heard, ['in ann', 'connecting']);
    final socket = app.sockets.last;
    expectSame(socket.url, 'ws://usher.test/v3');
    socket.open();
    await app.settle();
    final {'appId': appId, 'deviceId': resource, 'type': type, 'sender': uid} = socket.hello;
    final body = socket.hello['body']! as Json;
    expectSame([appId, type, uid, body['auth']], ['app-1', 'auth', 'ann', 'jwt of ann_1']);
    expectSame([body['presenceSubscription'], body['roles']], ['ROLES', ['agent']]);
    expectSame(body['deviceId'], resource);
    final {'platform': platform, 'deviceId': device} = body['params']! as Json;
    expectSame(platform, 'DART');
    expectSame('$device'.startsWith('app-1_'), true, '$device');
    expectSame(app.take(), ['in ann', 'connecting']);
    socket.say({
      'type': 'auth',
      'body': {'code': '200', 'status': 'OK'},
    });
    await app.settle();
    expectSame(app.take(), ['connected']);
  });

  appTest('nobody is told of others unless the app says so', (app) async {
    await app.goOnline();
    final silent = app.sockets.last.hello['body']! as Json;
    expectSame(silent.containsKey('presenceSubscription'), false);
    await app.start(subscriptionType: CometChatSubscriptionType.friends);
    app.sockets.last.open();
    await app.settle();
    final body = app.sockets.last.hello['body']! as Json;
    expectSame([body['presenceSubscription'], body.containsKey('roles')], ['FRIENDS', false]);
  });

  appTest('a subscription to no role at all is refused', (app) async {
    final init = app.start(subscriptionType: CometChatSubscriptionType.roles);
    expectSame(await codeOf(init), CallsCodes.invalidSettings);
  });

  appTest('the connection goes where the server says, by TLS, also after a restart', (app) async {
    const hosts = {
      'CHAT_HOST_OVERRIDE': '',
      'CHAT_HOST_APP_SPECIFIC': 'app-1.sockets.test',
      'CHAT_HOST': 'sockets.test',
      'CHAT_WSS_PORT': '8443/v3/',
    };
    for (final (settings, host, place) in [
      (hosts, 'https://usher.test', 'wss://app-1.sockets.test:8443/v3/'),
      ({'CHAT_HOST': '[::1]', 'CHAT_WSS_PORT': 443}, 'https://usher.test', 'wss://[::1]:443'),
      (hosts, 'http://usher.test', 'ws://usher.test'),
      (null, 'https://usher.test', 'wss://usher.test'),
      ({'CHAT_WSS_PORT': 443}, 'https://usher.test', 'wss://usher.test'),
      ({'CHAT_HOST': 'sockets.test'}, 'https://usher.test', 'wss://usher.test'),
      ({'CHAT_HOST': 'a@b', 'CHAT_WSS_PORT': '1'}, 'https://usher.test', 'wss://usher.test'),
      ({'CHAT_HOST': 'a b', 'CHAT_WSS_PORT': '1?x'}, 'https://usher.test', 'wss://usher.test'),
      ({'CHAT_HOST': 7, 'CHAT_WSS_PORT': <int>[]}, 'https://usher.test', 'wss://usher.test'),
    ]) {
      app.server.settings = settings;
      for (final uid in ['ann', 'bob']) {
        await app.start(host: host);
        await app.login(uid);
        expectSame(app.sockets.last.url, place, '$settings');
      }
      final before = app.sockets.asked.length;
      await app.start(host: host);
      expectSame(app.sockets.asked.length, before + 1);
      expectSame(app.sockets.last.url, place, 'restored, $settings');
    }
  });

  appTest('a session that is restored is connected, without a request', (app) async {
    await app.goOnline();
    app.server.asked.clear();
    await app.start();
    expectSame(app.sockets.asked.length, 2);
    app.sockets.last.accept();
    await app.settle();
    expectSame(app.take(), ['connecting', 'connected']);
    expectSame(app.server.asked, <String>[]);
  });

  appTest('a session without a JWT is none to connect', (app) async {
    app.server.jwtOf = (_) => null;
    await app.start();
    await app.login();
    expectSame(app.take(), ['in ann']);
    expectSame(await codeOf(CometChatCalls.connect()), CallsCodes.unusableAnswer);
    expectSame(app.time.timers, 0);
  });

  appTest('a ping every 15 seconds, and one unanswered for 3 seconds is a loss', (app) async {
    final socket = await app.goOnline();
    await app.pass(_second * 14.999);
    expectSame(socket.pings, 0);
    await app.pass(_second * 0.001);
    expectSame(socket.pings, 1);
    socket.say({'action': 'pong', 'ack': 'true'});
    await app.pass(_second * 15);
    expectSame(socket.pings, 2);
    await app.pass(_second * 2.999);
    expectSame(app.take(), <String>[]);
    await app.pass(_second * 0.001);
    expectSame(app.take(), ['disconnected', 'connecting']);
    expectSame(socket.closedWith?.$1, 3000, 'a loss is no logout');
    await app.nextAttempt();
    app.sockets.last.accept();
    await app.settle();
    expectSame(app.take(), ['connected']);
  });

  appTest('a connection that is lost comes back, however it was lost', (app) async {
    for (final lose in <void Function(FakeSocket socket)>[
      (socket) => socket.end(),
      (socket) => socket.end(1001),
      (socket) => socket.fail(),
    ]) {
      lose(await app.goOnline());
      await app.settle();
      expectSame(app.take(), ['disconnected', 'connecting']);
      await app.nextAttempt();
      app.sockets.last.accept();
      await app.settle();
      expectSame(app.take(), ['connected']);
    }
  });

  appTest('attempts go on while nobody is told of each, and one connection ends them', (app) async {
    await app.start();
    await app.login();
    app.take();
    for (var attempt = 1; attempt <= 20; attempt++) {
      app.sockets.last.refuse();
      await app.nextAttempt();
    }
    expectSame(app.take(), <String>[]);
    expectSame(app.warnings.toSet(), {'There is no realtime connection.'});
    app.sockets.last.accept();
    await app.pass(_second * 10);
    expectSame(app.sockets.asked.length, 21);
  });

  appTest('a server that drops whom it lets in is not stormed, one that keeps them is forgiven', (
    app,
  ) async {
    Future<int> attemptsIn(Duration time, {required Duration lasting}) async {
      final before = app.sockets.asked.length;
      for (var passed = Duration.zero; passed < time; passed += _second) {
        if (!app.sockets.last.isAbandoned) {
          final socket = app.sockets.last..accept();
          await app.pass(lasting);
          socket.end();
        }
        await app.pass(_second);
      }
      return app.sockets.asked.length - before;
    }

    await app.start();
    await app.login();
    // With pauses below 30 seconds; a hundred would come with pauses that never grew.
    final dropped = await attemptsIn(_second * 100, lasting: Duration.zero);
    expectSame(dropped < 40, true, '$dropped attempts');
    final kept = await attemptsIn(_second * 100, lasting: _second * 10);
    expectSame(kept > 60, true, '$kept attempts');
  });

  appTest('an attempt that nobody answers is given up after the time limit', (app) async {
    await app.start();
    await app.login();
    await app.pass(_second * 4.999);
    expectSame(app.sockets.last.isAbandoned, false);
    await app.pass(_second * 0.001);
    expectSame(app.sockets.last.isAbandoned, true);
    expectSame(app.sockets.last.closedWith, null);
    app.sockets.last.open();
    await app.settle();
    expectSame(app.sockets.last.closedWith?.$1, 3000, 'one that comes too late is not kept');
    expectSame(app.sockets.last.sent, <Json>[]);
    await app.nextAttempt();
    app.sockets.last.open();
    await app.pass(_second * 5);
    expectSame(app.sockets.last.closedWith?.$1, 3000, 'a hello without an answer');
    expectSame(CometChatCalls.getConnectionStatus(), CometChatWSState.connecting);
  });

  appTest('presence reaches listeners and the stream', (app) async {
    final streamed = <String>[];
    final subscription = CometChatCalls.userEvents.listen((event) {
      streamed.add('${event.runtimeType} ${event.user.uid} ${event.user.name}');
    });
    final socket = await app.goOnline();
    socket
      ..say(presence('bob'))
      ..say(presence('bob', action: 'available'))
      ..say(presence('bob', action: 'offline'));
    await app.settle();
    await subscription.cancel();
    expectSame(app.take(), [
      'bob online 1700000000',
      'bob online 1700000000',
      'bob offline 1700000000',
    ]);
    expectSame(streamed, ['UserOnline bob BOB', 'UserOnline bob BOB', 'UserOffline bob BOB']);
  });

  appTest('own devices, own frames and bad ones are unheard', (app) async {
    final socket = await app.goOnline();
    final ignored = <Object>[
      presence('ANN'),
      presence('bob', action: 'dancing'),
      presence('bob', changes: {'deviceId': socket.hello['deviceId']}),
      presence('bob', changes: {'type': 'message'}),
      {'type': 'presence'},
      {'type': 'presence', 'body': 'online'},
      {
        'type': 'presence',
        'body': {'action': 'online'},
      },
      {
        'type': 'presence',
        'body': {
          'action': 'online',
          'user': {'uid': 'bob', 'name': 7},
        },
      },
      '',
      '{',
      'null',
      '[1]',
      '"presence"',
      {'type': 'auth', 'body': null},
    ];
    ignored.forEach(socket.say);
    await app.settle();
    expectSame(app.take(), <String>[]);
    expectSame(CometChatCalls.getConnectionStatus(), CometChatWSState.connected);
  });

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

  appTest('without automatic connections only connect opens one, and disconnect closes it', (
    app,
  ) async {
    await app.start(automatic: false);
    expectSame(await codeOf(CometChatCalls.connect()), CallsCodes.noUserLoggedIn);
    await app.login();
    await app.pass(_minute);
    expectSame(app.sockets.asked, <Object>[]);
    expectSame(app.take(), ['in ann']);
    for (final round in [1, 2]) {
      final connecting = CometChatCalls.connect();
      await app.settle();
      expectSame(app.sockets.asked.length, round);
      app.sockets.last.accept();
      expectSame(await connecting, true);
      expectSame(await CometChatCalls.connect(), true, 'there is one');
      CometChatCalls.disconnect();
      expectSame(app.sockets.last.closedWith, (1000, 'User logged out'));
      expectSame(app.take(), ['connecting', 'connected', 'disconnected']);
      await app.pass(_minute);
      expectSame(app.sockets.asked.length, round);
      expectSame((await CometChatCalls.getLoggedInUser())?.uid, 'ann');
    }
  });

  appTest('connect says why there is no connection', (app) async {
    await app.start(automatic: false);
    await app.login();
    final late = codeOf(CometChatCalls.connect());
    await app.pass(_second * 5);
    expectSame(await late, CallsCodes.notReached);
    expectSame(CometChatCalls.getConnectionStatus(), CometChatWSState.connecting);
    final unwanted = codeOf(CometChatCalls.connect());
    await app.settle();
    CometChatCalls.disconnect();
    expectSame(await unwanted, CallsCodes.notReached);
    final left = codeOf(CometChatCalls.connect());
    await app.settle();
    await CometChatCalls.logout();
    expectSame(await left, CallsCodes.noUserLoggedIn);
    await app.login();
    final closed = codeOf(CometChatCalls.connect());
    await app.settle();
    CometChatCalls.close();
    expectSame(await closed, CallsCodes.notInitialized);
    expectSame(await codeOf(CometChatCalls.connect()), CallsCodes.notInitialized);
    var heard = '';
    expectSame(await CometChatCalls.connect(onError: (error) => heard = error.code), false);
    expectSame(heard, CallsCodes.notInitialized);
    expectSame(app.time.timers, 0);
  });

  appTest('after disconnect the next login connects again', (app) async {
    await app.goOnline();
    CometChatCalls.disconnect();
    await app.login('bob');
    expectSame(app.sockets.asked.length, 2);
  });

  appTest('what others do with the storage is followed while it concerns a connection', (
    app,
  ) async {
    // A login listener has it followed in any case.
    CometChatCalls.removeLoginListener('test');
    final storage = app.storage = SharedStorage();
    await app.goOnline();
    final session = storage.texts.entries.firstWhere((entry) => entry.key.endsWith('/session'));
    storage.change(session.key, null);
    await app.settle();
    expectSame(app.sockets.last.closedWith, (1000, 'User logged out'));
    expectSame(app.take(), ['disconnected']);
    storage.change(session.key, session.value);
    await app.settle();
    expectSame(app.take(), ['connecting']);
    expectSame(app.sockets.asked.length, 2);
    CometChatCalls.close();
    expectSame(storage.isWatched, false);

    await app.start(automatic: false);
    expectSame(storage.isWatched, false, 'nothing is to be connected');
    final connecting = CometChatCalls.connect();
    await app.settle();
    expectSame(storage.isWatched, true);
    app.sockets.last.accept();
    await connecting;
    storage.change(session.key, null);
    await app.settle();
    expectSame(app.sockets.last.closedWith, (1000, 'User logged out'));
    expectSame(storage.isWatched, false);
  });

  appTest('close closes the connection, tells nobody, and nothing reconnects before init', (
    app,
  ) async {
    final socket = await app.goOnline();
    CometChatCalls.close();
    expectSame(socket.closedWith?.$1, 3000, 'what is closed is not logged out');
    await app.pass(_minute);
    expectSame(app.take(), <String>[]);
    expectSame([app.sockets.asked.length, app.time.timers], [1, 0]);
    expectSame(CometChatCalls.getConnectionStatus(), CometChatWSState.disconnected);
    CometChatCalls.disconnect();
    await app.start();
    expectSame(app.sockets.asked.length, 2);
  });

  appTest('a listener that throws or hangs disturbs nobody, and one may call everything', (
    app,
  ) async {
    CometChatCalls.addConnectionListener(
      'broken',
      CallsConnectionListener(
        onConnecting: () => Completer<void>().future,
        onConnected: () => throw StateError('of the app'),
      ),
    );
    CometChatCalls.addUserListener(
      'out',
      CallsUserListener(onUserOnline: (_) async => await CometChatCalls.logout()),
    );
    final socket = await app.goOnline();
    socket.say(presence('bob'));
    await app.settle();
    CometChatCalls.removeConnectionListener('broken');
    CometChatCalls.removeUserListener('out');
    expectSame(app.take(), ['bob online 1700000000', 'disconnected', 'out userInitiated']);
    expectSame(socket.closedWith, (1000, 'User logged out'));
    expectSame(app.warnings, ['A listener threw.']);
  });

  appTest('a listener may end what it hears the beginning of', (app) async {
    CometChatCalls.addConnectionListener(
      'off',
      CallsConnectionListener(onConnecting: CometChatCalls.disconnect),
    );
    await app.start();
    await app.login();
    CometChatCalls.removeConnectionListener('off');
    await app.pass(_minute);
    expectSame(app.sockets.asked, <Object>[]);
    expectSame(CometChatCalls.getConnectionStatus(), CometChatWSState.disconnected);
  });

  appTest('the stream of the connection hears what listeners hear', (app) async {
    final streamed = <String>[];
    final subscription = CometChatCalls.connectionEvents.listen((state) {
      streamed.add(state.name);
    });
    await app.goOnline();
    CometChatCalls.disconnect();
    await subscription.cancel();
    expectSame(streamed, ['connecting', 'connected', 'disconnected']);
  });

  appTest('no warning and no error of a connection holds a credential', (app) async {
    final socket = await app.goOnline();
    app.server.tokens.clear();
    socket
      ..say('ann_1 jwt of ann_1')
      ..end(4403);
    await app.settle();
    for (final said in app.causes) {
      expectSame('$said'.contains('ann_1'), false, said);
    }
    expectSame(app.causes.isEmpty, false);
  });
}
