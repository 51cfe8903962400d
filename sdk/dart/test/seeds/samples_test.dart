// Every Dart sample of seeds 000 and 002, unchanged but for the credentials, compiles and does at a
// real server what its text says. Each is run as a program of its own.
import 'dart:convert';
import 'dart:io';
import 'dart:isolate';

import 'package:usher_calls/io.dart';
import 'package:usher_calls/usher_calls.dart';

import '../harness.dart';
import '../server.dart';

const _samples = 'test/seeds';

void sampleTests() {
  for (final seed in ['000', '002']) {
    _sampleTest('$seed-check-login-status', (page) async {
      expectSame(await page.run(), <String>[]);
      await page.login();
      expectSame(await page.run(), ['User already logged in: $sampleUser']);
    });

    _sampleTest('$seed-login-with-uid', (page) async {
      expectSame(await page.run(key: 'no-such-key', says: 1), [
        'Login failed: The API key is missing or not a key of this app.',
      ]);
      expectSame(await page.run(says: 1), ['Login successful: $sampleUser']);
      expectSame(await page.uid(), sampleUser);
      expectSame(await page.run(), <String>[]);
    });

    _sampleTest('$seed-login-with-auth-token', (page) async {
      expectSame(await page.run(token: 'no such token', says: 1), [
        'Login failed: The auth token contains a space.',
      ]);
      final token = await page.server.issueToken(sampleUser);
      expectSame(await page.run(token: token, says: 1), ['Login successful: $sampleUser']);
      expectSame(await page.uid(), sampleUser);
    });

    _sampleTest('$seed-logout', (page) async {
      expectSame(await page.run(says: 1), ['Logout failed: Nobody is logged in.']);
      await page.login();
      expectSame(await page.run(says: 1), ['Logout successful']);
      expectSame(await page.uid(), null);
    });
  }

  test('every sample is tested', () {
    final files = Directory(_samples).listSync().map((file) => file.uri.pathSegments.last);
    final samples = files.where((name) => name.endsWith('.txt')).toList()..sort();
    expectSame(samples, _tested.toList()..sort());
  });
}

final _tested = <String>{};

void _sampleTest(String sample, Future<void> Function(_Page page) body) {
  _tested.add('$sample.txt');
  test('the sample $sample', () async {
    final folder = Directory.systemTemp.createTempSync('usher-dart-');
    final server = await Server.start(folder.path);
    try {
      await body(_Page(sample, folder.path, server));
    } finally {
      CometChatCalls.close();
      await server.stop();
      folder.deleteSync(recursive: true);
    }
  });
}

/// What a sample is run in: a server that no other sample has touched, and one device.
final class _Page {
  _Page(this._sample, this._folder, this.server);

  final String _sample;
  final String _folder;
  final Server server;

  String get _sessions => '$_folder/sessions';

  /// Runs the sample and gives what it printed, once it is through and has printed so many lines.
  Future<List<String>> run({String key = authKey, String token = '', int says = 0}) async {
    final program = File('$_folder/sample.dart')..writeAsStringSync(_programOf(key, token));
    final port = ReceivePort();
    final isolate = await Isolate.spawnUri(
      program.uri,
      [server.url, _sessions],
      port.sendPort,
      packageConfig: File('tool/package_config.json').absolute.uri,
      onError: port.sendPort,
    );
    final said = <String>[];
    var isThrough = false;
    await for (final message in port) {
      switch (message) {
        case null:
          isThrough = true;
        case final String line:
          said.add(line);
        default:
          throw StateError('the sample failed: $message');
      }
      if (isThrough && said.length >= says) break;
    }
    isolate.kill(priority: Isolate.immediate);
    return said;
  }

  // The SDK is initialised, as the sample takes for granted.
  String _programOf(String key, String token) {
    final sample = File('$_samples/$_sample.txt')
        .readAsStringSync()
        .replaceFirst('"AUTH_KEY"', jsonEncode(key))
        .replaceFirst('"AUTH_TOKEN"', jsonEncode(token));
    return '''
import 'dart:isolate';
import 'package:usher_calls/io.dart';
import 'package:usher_calls/usher_calls.dart';

late final SendPort port;
void debugPrint(String line) => port.send(line);

void main(List<String> arguments, SendPort sendPort) async {
  port = sendPort;
  final [host, sessions] = arguments;
  await CometChatCalls.init(
    CallAppSettings(appId: '$appId', host: host, storage: FileStorage(sessions)),
  );
  await sample();
  port.send(null);
}

Future<void> sample() async {
$sample
}
''';
  }

  /// Logs the sample user in, on the same device.
  Future<void> login() async {
    await CometChatCalls.init(server.settings(FileStorage(_sessions)));
    await CometChatCalls.login(uid: sampleUser, authKey: authKey);
  }

  /// Who is in on the device.
  Future<String?> uid() async {
    await CometChatCalls.init(server.settings(FileStorage(_sessions)));
    return (await CometChatCalls.getLoggedInUser())?.uid;
  }
}
