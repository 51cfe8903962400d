import 'dart:io';

import 'package:flutter/widgets.dart';
import 'package:flutter_secure_storage/flutter_secure_storage.dart';
import 'package:usher_calls/usher_calls.dart';
import 'package:usher_calls_flutter/usher_calls_flutter.dart';

import '../../test/fake_server.dart';
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
    void become(AppLifecycleState state) {
      for (final observer in [...WidgetsBinding.instance.observers]) {
        observer.didChangeAppLifecycleState(state);
      }
    }

    final asked = server.asked.length;
    become(AppLifecycleState.paused);
    become(AppLifecycleState.inactive);
    expectSame(server.asked.length, asked);
    become(AppLifecycleState.resumed);
    await until(() async => !await CometChatCalls.isUserLoggedIn(), 'the session ended');
    lifecycle.stop();
    expectSame(WidgetsBinding.instance.observers, <Object>[]);
  });

  final failed = await runTests(arguments.firstOrNull ?? '');
  CometChatCalls.close();
  exit(failed == 0 ? 0 : 1);
}
