import 'package:usher_calls/usher_calls.dart';

import 'fake_server.dart';

/// A program that must end by itself: one that closes what it listened with, and one that never listened.
/// It leaves its session where the platform keeps such files.
void main(List<String> arguments) async {
  final [how] = arguments;
  final server = FakeServer();
  if (how == 'closed') {
    CometChatCalls.loginEvents.listen((_) {});
    CometChatCalls.addLoginListener('L', const CallsLoginListener());
  }
  await CometChatCalls.init(
    CallAppSettings(
      appId: 'app-1',
      host: 'http://usher.test',
      http: server,
      autoEstablishSocketConnection: how == 'closed',
    ),
  );
  await CometChatCalls.login(uid: 'ann', authKey: 'key');
  if (how == 'closed') CometChatCalls.close();
  print('through');
}
