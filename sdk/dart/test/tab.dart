import 'dart:io';

import 'package:usher_calls/io.dart';
import 'package:usher_calls/usher_calls.dart';

import 'fake_server.dart';
import 'harness.dart';

const _rounds = 25;

/// One of several processes of a folder: logs a user in and out many times, then waits for the others
/// and says who is in.
void main(List<String> arguments) async {
  final [folder, uid] = arguments;
  final storage = FileStorage(folder);
  await CometChatCalls.init(settingsFor(FakeServer(tokenPrefix: '$pid-'), storage: storage));
  for (var round = 0; round < _rounds; round++) {
    await CometChatCalls.login(uid: uid, authKey: 'key');
    // Another process may have logged out meanwhile; nothing else may go wrong.
    final code = round.isEven ? await codeOf(CometChatCalls.logout()) : null;
    if (code != null && code != CallsCodes.noUserLoggedIn) throw StateError('a logout failed: $code');
  }
  File('$folder/$uid').writeAsStringSync('');
  await until(() => File('$folder/done').existsSync(), 'the others are done');
  stdout.writeln('in the end: ${await CometChatCalls.getUserAuthToken()}');
  CometChatCalls.close();
}
