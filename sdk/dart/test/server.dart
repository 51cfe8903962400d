import 'dart:async';
import 'dart:convert';
import 'dart:io';

import 'package:usher_calls/usher_calls.dart';

/// What `usher serve --dev` gives its app.
const appId = 'usher-dev';
const authKey = 'dev-auth-key';
const _restKey = 'dev-rest-key';
const sampleUser = 'cometchat-uid-1';

/// A real server on a free port of 127.0.0.1, with a database of its own.
final class Server {
  Server._(this._process, this.url);

  final Process _process;
  final String url;

  /// Runs the program that USHER_BIN names.
  static Future<Server> start(String folder) async {
    final program = Platform.environment['USHER_BIN'];
    if (program == null) throw StateError('USHER_BIN names no program: run scripts/test-dart.sh');
    final process = await Process.start(
      program,
      ['serve', '--dev', '--listen', '127.0.0.1:0'],
      workingDirectory: folder,
      // A setting of whoever runs the tests is not for this server.
      environment: {'TMPDIR': folder, 'PATH': Platform.environment['PATH'] ?? ''},
      includeParentEnvironment: false,
    );
    final url = Completer<String>();
    final said = StringBuffer();
    for (final output in [process.stdout, process.stderr]) {
      output.transform(utf8.decoder).transform(const LineSplitter()).listen((line) {
        said.writeln(line);
        final address = RegExp(r'http://127\.0\.0\.1:\d+').firstMatch(line);
        if (address != null && !url.isCompleted) url.complete(address[0]);
      });
    }
    unawaited(
      process.exitCode.then((status) {
        if (!url.isCompleted) url.completeError(StateError('usher ended with $status\n$said'));
      }),
    );
    return Server._(process, await url.future);
  }

  /// What a back end does for one of its users.
  Future<String> issueToken(String uid) async {
    final client = HttpClient();
    try {
      final request = await client.postUrl(Uri.parse('$url/v3/users/$uid/auth_tokens'));
      request.headers
        ..set('appId', appId)
        ..set('apikey', _restKey)
        ..contentType = ContentType.json;
      request.write('{"force":true}');
      final text = await utf8.decodeStream(await request.close());
      final answer = jsonDecode(text) as Map<String, Object?>;
      return (answer['data']! as Map<String, Object?>)['authToken']! as String;
    } finally {
      client.close(force: true);
    }
  }

  CallAppSettings settings([SessionStorage? storage]) =>
      CallAppSettings(appId: appId, host: url, storage: storage);

  Future<void> stop() async {
    _process.kill();
    await _process.exitCode;
  }
}
