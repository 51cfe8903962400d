import 'dart:async';

import 'package:usher_calls/usher_calls.dart';

import 'app.dart';
import 'fake_server.dart';
import 'fake_sockets.dart';
import 'harness.dart';

const _second = Duration(seconds: 1);
const _minute = Duration(minutes: 1);

void connectionControlTests() {
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
