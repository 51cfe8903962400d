import 'package:usher_calls/usher_calls.dart';

import 'app.dart';
import 'fake_server.dart';
import 'fake_sockets.dart';
import 'harness.dart';

const _second = Duration(seconds: 1);

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
}
