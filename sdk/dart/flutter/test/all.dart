import 'dart:io';

import 'package:flutter/widgets.dart';
import 'package:flutter_secure_storage/flutter_secure_storage.dart';
import 'package:usher_calls/usher_calls.dart';
import 'package:usher_calls_flutter/usher_calls_flutter.dart';

import '../../test/fake_server.dart';
import '../../test/fake_sockets.dart';
import '../../test/harness.dart';

/// Runs every test, or those whose names hold the argument.
void main(List<String> arguments) async {
  test('a session is kept in the secure storage, and a logout takes it out', () async {
    final settings = settingsFor(FakeServer(), storage: const SecureStorage());
    await CometChatCalls.init(settings);
    await CometChatCalls.login(uid: 'ann', authKey: 'key');
    await CometChatCalls.init(settings);
    expectSame((await CometChatCalls.getLoggedInUser())?.uid, 'ann');
    expectSame(FlutterSecureStorage.texts.values.any((text) => text.contains('ann_1')), true);
    await CometChatCalls.logout();
    expectSame(FlutterSecureStorage.texts.values.any((text) => text.contains('ann_1')), false);
  });

  test('a session that was ended elsewhere ends when the app comes to the front', () async {
    final server = FakeServer();
    final lifecycle = SessionLifecycle()..start();
    await CometChatCalls.init(settingsFor(server, storage: const SecureStorage()));
    await CometChatCalls.login(uid: 'ann', authKey: 'key');
    server.tokens.clear();
    final asked = server.asked.length;
    _become(AppLifecycleState.paused);
    _become(AppLifecycleState.inactive);
    expectSame(server.asked.length, asked);
    _become(AppLifecycleState.resumed);
    await until(() async => !await CometChatCalls.isUserLoggedIn(), 'the session ended');
    lifecycle.stop();
    expectSame(WidgetsBinding.instance.observers, <Object>[]);
  });

  test('in the background the user is offline and stays logged in', () async {
    final (lifecycle, sockets) = (SessionLifecycle()..start(), await _initConnected());
    await CometChatCalls.login(uid: 'ann', authKey: 'key');
    await _connect(sockets, 1);
    for (final state in [AppLifecycleState.inactive, AppLifecycleState.hidden]) {
      _become(state);
      expectSame(CometChatCalls.getConnectionStatus(), CometChatWSState.connected, state.name);
    }
    _become(AppLifecycleState.paused);
    expectSame(sockets.last.closedWith, (1000, 'User logged out'));
    expectSame(CometChatCalls.getConnectionStatus(), CometChatWSState.disconnected);
    expectSame((await CometChatCalls.getLoggedInUser())?.uid, 'ann');
    _become(AppLifecycleState.resumed);
    await _connect(sockets, 2);
    lifecycle.stop();
  });

  test('a login that ends in the background connects when the app is back', () async {
    WidgetsBinding.instance.lifecycleState = AppLifecycleState.paused;
    final (lifecycle, sockets) = (SessionLifecycle()..start(), await _initConnected());
    await CometChatCalls.login(uid: 'ann', authKey: 'key');
    await Future<void>.delayed(Duration.zero);
    expectSame(CometChatCalls.getConnectionStatus(), CometChatWSState.disconnected);
    expectSame(sockets.asked, <Object>[]);
    _become(AppLifecycleState.resumed);
    await _connect(sockets, 1);
    lifecycle.stop();
  });

  test('who was not connected is not when the app comes back', () async {
    final (lifecycle, sockets) = (SessionLifecycle()..start(), await _initConnected());
    await CometChatCalls.login(uid: 'ann', authKey: 'key');
    await _connect(sockets, 1);
    CometChatCalls.disconnect();
    _become(AppLifecycleState.paused);
    _become(AppLifecycleState.resumed);
    await Future<void>.delayed(Duration.zero);
    expectSame(sockets.asked.length, 1);
    expectSame(CometChatCalls.getConnectionStatus(), CometChatWSState.disconnected);
    lifecycle.stop();
  });

  final failed = await runTests(arguments.firstOrNull ?? '');
  CometChatCalls.close();
  exit(failed == 0 ? 0 : 1);
}

void _become(AppLifecycleState state) {
  WidgetsBinding.instance.lifecycleState = state;
  for (final observer in [...WidgetsBinding.instance.observers]) {
    observer.didChangeAppLifecycleState(state);
  }
}

/// Initialises an app whose sessions are connected, and gives the connections.
Future<FakeSockets> _initConnected() async {
  final sockets = FakeSockets();
  await CometChatCalls.init(
    CallAppSettings(
      appId: 'app-1',
      host: 'http://usher.test',
      http: FakeServer()..jwtOf = (token) => 'jwt of $token',
      sockets: sockets,
      storage: MemoryStorage(),
    ),
  );
  return sockets;
}

/// Waits for so many connections, and until the last one is there.
Future<void> _connect(FakeSockets sockets, int number) async {
  await until(() => sockets.asked.length == number, 'connection $number is asked for');
  sockets.last.accept();
  await until(
    () => CometChatCalls.getConnectionStatus() == CometChatWSState.connected,
    'connection $number is there',
  );
}
