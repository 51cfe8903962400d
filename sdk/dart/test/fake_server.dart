import 'dart:async';
import 'dart:convert';

import 'package:usher_calls/usher_calls.dart';

/// A server of one app, as far as sessions need it. It keeps what it is asked and can be told to spoil
/// answers.
final class FakeServer implements CallsHttp {
  FakeServer({this.tokenPrefix = ''});

  /// Keeps the tokens of several servers apart.
  final String tokenPrefix;

  /// What was asked, as `METHOD path credential`.
  final asked = <String>[];

  /// The tokens that are good, with their users.
  final tokens = <String, String>{};

  /// The JWT of a token; without one nobody connects.
  String? Function(String token) jwtOf = (_) => null;

  /// What the server says of its hosts.
  Map<String, Object?>? settings;

  /// Answers in place of the server, unless it gives null.
  FutureOr<CallsAnswer?> Function(String line) spoil = (_) => null;

  int _issued = 0;

  @override
  Future<CallsAnswer> send(CallsRequest request) async {
    final path = Uri.parse(request.url).path;
    final {'apiKey': key, 'authToken': token} = {'apiKey': '', 'authToken': '', ...request.headers};
    final line = '${request.method} $path $key$token';
    asked.add(line);
    return await spoil(line) ?? answer(200, jsonEncode(_answer(request.method, path, key, token)));
  }

  Map<String, Object?> _answer(String method, String path, String key, String token) {
    if (path.split('/') case ['', 'users', final uid, 'auth_tokens']) {
      if (key != 'key') return refusal('AUTH_ERR_APIKEY_NOT_FOUND', 'The key $key is unknown.');
      final issued = '$tokenPrefix${uid.toLowerCase()}_${++_issued}';
      tokens[issued] = uid.toLowerCase();
      return {
        'data': {'uid': uid.toLowerCase(), 'authToken': issued},
      };
    }
    final user = tokens[token];
    if (path != '/me' || user == null) {
      return refusal('AUTH_ERR_AUTH_TOKEN_NOT_FOUND', 'The token $token is unknown.');
    }
    if (method == 'DELETE') {
      tokens.remove(token);
      return {
        'data': {'success': true, 'message': 'Goodbye.'},
      };
    }
    return {
      'data': {
        'uid': user,
        'name': user.toUpperCase(),
        'status': 'available',
        'authToken': token,
        if (jwtOf(token) case final jwt?) 'jwt': jwt,
        if (settings case final settings?) 'settings': settings,
      },
    };
  }
}

Map<String, Object?> refusal(String code, [String message = '']) => {
  'error': {'code': code, 'message': message},
};

CallsAnswer answer(int status, String text) => CallsAnswer(status, Stream.value(utf8.encode(text)));

/// Settings of an app at the server; the session is kept in memory unless a storage is given.
CallAppSettings settingsFor(
  CallsHttp server, {
  SessionStorage? storage,
  String appId = 'app-1',
  String host = 'http://usher.test',
  Warn? onWarning,
}) => CallAppSettings(
  appId: appId,
  host: host,
  http: server,
  storage: storage ?? MemoryStorage(),
  timeout: const Duration(seconds: 5),
  onWarning: onWarning,
);

/// Gives the code that a call fails with, or null.
Future<String?> codeOf(Future<Object?> call) async {
  try {
    await call;
    return null;
  } on CometChatCallsException catch (error) {
    return error.code;
  }
}
