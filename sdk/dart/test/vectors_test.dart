// The rules that need neither a server nor a state, held against spec/vectors.
import 'dart:convert';
import 'dart:io';

import 'package:usher_calls/src/session/checks.dart';
import 'package:usher_calls/src/session/hosts.dart';
import 'package:usher_calls/src/session/session.dart';
import 'package:usher_calls/usher_calls.dart';

import 'fake_server.dart';
import 'harness.dart';

typedef Case = Map<String, Object?>;

void vectorTests() {
  _eachCase('uid.json', (one) => _expectCode(() => checkUid(one['input']! as String), one));
  _eachCase('key.json', (one) => _expectCode(() => checkApiKey(one['input']! as String), one));
  _eachCase('token.json', (one) => _expectCode(() => checkAuthToken(one['input']! as String), one));

  _eachCase('urls.json', (one) {
    final settings = one['settings']! as Case;
    final given = CallAppSettings(
      appId: settings['appId'] as String? ?? '',
      region: settings['region'] as String?,
      host: settings['host'] as String?,
      adminHost: settings['adminHost'] as String?,
      clientHost: settings['clientHost'] as String?,
    );
    _expectCode(() => findBases(given), one);
    if (one['code'] != null) return;
    expectSame(findBases(given), (key: one['keyBase'], token: one['tokenBase']));
  });

  _eachCase('users.json', (one) {
    final user = one['user'] as Case?;
    if (user == null) {
      _expectCode(() => decodeMe(one['data'], 'ann_1'), {'code': CallsCodes.unusableAnswer});
      return;
    }
    final session = decodeMe(one['data'], 'ann_1');
    final decoded = {'name': '', 'avatar': '', 'status': '', ...session.record};
    for (final MapEntry(key: field, value: want) in user.entries) {
      expectSame(jsonEncode(decoded[field]), jsonEncode(want), field);
    }
    final User(:uid, :name, :avatar, :status) = session.user;
    expectSame([uid, name, avatar, status], [
      for (final field in ['uid', 'name', 'avatar', 'status']) user[field],
    ]);
  });

  _eachCase('jwt.json', (one) {
    expectSame(jsonEncode(readJwt(one['jwt']! as String)), jsonEncode(one['payload']));
  });

  _eachCase('answers.json', (one) async {
    final {'call': call, 'status': status, 'body': body, 'code': code} = one;
    final server = FakeServer();
    await CometChatCalls.init(settingsFor(server));
    Future<User?> login() => CometChatCalls.login(uid: 'ann', authKey: 'key');
    if (call == 'other') await login();
    final method = switch (call) {
      'issue' => 'POST',
      'signIn' => 'PUT',
      _ => 'GET',
    };
    server.spoil =
        (line) => line.startsWith(method) ? answer(status! as int, body! as String) : null;
    final got = await codeOf(call == 'other' ? CometChatCalls.checkSession() : login());
    // A token that the answer makes up is none of this server's; only the code is looked at.
    final made = call == 'issue' && code == null && got == ServerCodes.unknownAuthToken;
    if (!made) expectSame(got, code);
    if (call == 'other') expectSame(await CometChatCalls.isUserLoggedIn(), one['ends'] != true);
  });
}

void _eachCase(String file, Object? Function(Case one) run) {
  final path = '${Directory.current.path}/../../spec/vectors/$file';
  final cases = (jsonDecode(File(path).readAsStringSync()) as Case)['cases']! as List<Object?>;
  for (final one in cases.cast<Case>()) {
    test('$file: ${one['name']}', () async {
      final done = run(one);
      if (done is Future<Object?>) await done;
    });
  }
}

void _expectCode(void Function() call, Case one) {
  String? code;
  try {
    call();
  } on CometChatCallsException catch (error) {
    code = error.code;
  }
  expectSame(code, one['code']);
}
