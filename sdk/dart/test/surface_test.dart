import 'dart:async';
import 'dart:io';

import 'package:usher_calls/src/version.dart';
import 'package:usher_calls/usher_calls.dart';

import 'fake_server.dart';
import 'harness.dart';

void surfaceTests() {
  test('with onError a future completes with null, and nothing is thrown', () async {
    await CometChatCalls.init(settingsFor(FakeServer()));
    final heard = <String>[];
    final user = await CometChatCalls.login(
      uid: 'ann',
      authKey: 'no-such-key',
      onSuccess: (user) => heard.add(user.uid),
      onError: (error) => heard.add(error.code),
    );
    expectSame(user, null);
    expectSame(heard, [CallsCodes.apiKeyNotFound]);
  });

  test('without onError a future fails', () async {
    await CometChatCalls.init(settingsFor(FakeServer()));
    expectSame(await codeOf(CometChatCalls.logout()), CallsCodes.noUserLoggedIn);
    expectSame((await CometChatCalls.login(uid: 'ann', authKey: 'key'))?.uid, 'ann');
    expectSame(await CometChatCalls.logout(), 'Goodbye.');
  });

  test('what a callback throws goes to the zone, not into the call', () async {
    final uncaught = <Object>[];
    await runZonedGuarded(() async {
      await CometChatCalls.init(settingsFor(FakeServer()));
      final user = await CometChatCalls.login(
        uid: 'ann',
        authKey: 'key',
        onSuccess: (_) => throw StateError('of the app'),
        onError: (error) => throw StateError('not called'),
      );
      expectSame(user?.uid, 'ann');
    }, (error, _) => uncaught.add(error));
    expectSame(uncaught, [StateError('of the app')]);
  });

  test('init says whether it succeeded, by all ways', () async {
    final heard = <String>[];
    final done = await CometChatCalls.init(
      (CallAppSettingBuilder()
            ..appId = 'app-1'
            ..region = 'e u')
          .build(),
      onSuccess: (message) => heard.add(message),
      onError: (error) => heard.add(error.code),
    );
    expectSame([done, CometChatCalls.isInitialized, ...heard], [
      false,
      false,
      CallsCodes.invalidSettings,
    ]);
    expectSame(await CometChatCalls.init(settingsFor(FakeServer())), true);
    expectSame(CometChatCalls.isInitialized, true);
  });

  test('the stream and the listeners hear the same, in order and with the state settled', () async {
    final heard = <String>[];
    final subscription = CometChatCalls.loginEvents.listen((event) {
      heard.add('stream ${event.runtimeType}');
    });
    CometChatCalls.addLoginListener(
      'L',
      CallsLoginListener(
        onLoginSuccess: (user) async {
          heard.add('listener LoginSuccess');
          // It makes the next event happen, which the stream hears after this one.
          await codeOf(CometChatCalls.login(uid: '', authKey: ''));
        },
        onLoginFailure: (_) => heard.add('listener LoginFailure'),
        onLogoutSuccess: (reason) => heard.add('listener ${reason.name}'),
        onLogoutFailure: (_) => throw StateError('of the app'),
      ),
    );
    await CometChatCalls.init(settingsFor(FakeServer()));
    await CometChatCalls.login(uid: 'ann', authKey: 'key');
    await CometChatCalls.logout();
    await codeOf(CometChatCalls.logout());
    await subscription.cancel();
    CometChatCalls.removeLoginListener('L');
    await CometChatCalls.login(uid: 'ann', authKey: 'key');
    expectSame(heard, [
      'listener LoginSuccess',
      'stream LoginSuccess',
      'listener LoginFailure',
      'stream LoginFailure',
      'listener userInitiated',
      'stream LogoutSuccess',
      'stream LogoutFailure',
    ]);
  });

  test('a listener that fails, now or later, disturbs nobody', () async {
    final warnings = <String>[];
    Future<int> later(User user) async => throw StateError('of the app');
    void now(User user) => throw StateError('of the app');
    for (final listener in [later, now]) {
      CometChatCalls.addLoginListener(
        '${listener.runtimeType}',
        CallsLoginListener(onLoginSuccess: listener),
      );
    }
    await CometChatCalls.init(
      settingsFor(FakeServer(), onWarning: (message, [cause]) => warnings.add('$message $cause')),
    );
    expectSame((await CometChatCalls.login(uid: 'ann', authKey: 'key'))?.uid, 'ann');
    for (final listener in [later, now]) {
      CometChatCalls.removeLoginListener('${listener.runtimeType}');
    }
    await until(() => warnings.length == 2, 'both are warned of');
    expectSame(warnings..sort(), [
      'A listener failed. Bad state: of the app',
      'A listener threw. Bad state: of the app',
    ]);
  });

  test('an error holds no credential, not even where the server quotes it', () async {
    final server = FakeServer();
    await CometChatCalls.init(settingsFor(server));
    server.spoil = (_) => answer(400, '{"error":{"code":"X_s3cret","message":"no s3cret",'
        '"details":{"s3cret":["is s3cret"]}}}');
    try {
      await CometChatCalls.loginWithAuthToken(authToken: 's3cret');
      throw StateError('it succeeded');
    } on CometChatCallsException catch (error) {
      final said = '$error ${error.details}';
      expectSame(said.contains('s3cret'), false, said);
      expectSame(error.code, 'X_[hidden]');
    }
  });

  test('an answer that nobody could store is unusable', () async {
    final server = FakeServer();
    await CometChatCalls.init(settingsFor(server));
    Future<String?> codeWith(String metadata) {
      server.spoil =
          (line) =>
              line.startsWith('PUT')
                  ? answer(200, '{"data":{"uid":"ann","metadata":$metadata}}')
                  : null;
      return codeOf(CometChatCalls.login(uid: 'ann', authKey: 'key'));
    }

    expectSame(await codeWith('${'[' * 200000}${']' * 200000}'), CallsCodes.unusableAnswer);
    expectSame(await codeWith('"${'x' * (1 << 20)}"'), CallsCodes.unusableAnswer);
    expectSame(await codeWith('1e999'), null);
  });

  test('a second init replaces the first, and one that close overtook changes nothing', () async {
    final server = FakeServer();
    final first = CometChatCalls.init(settingsFor(server));
    CometChatCalls.close();
    await first;
    expectSame(CometChatCalls.isInitialized, false);
    unawaited(CometChatCalls.init(settingsFor(server)));
    await CometChatCalls.init(settingsFor(server, appId: 'app-2'));
    expectSame(CometChatCalls.isInitialized, true);
  });

  test('the version is that of the package', () {
    final pubspec = File('pubspec.yaml').readAsStringSync();
    expectSame(RegExp(r'^version: (.+)$', multiLine: true).firstMatch(pubspec)?[1], version);
  });
}
