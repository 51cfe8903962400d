import 'package:usher_calls/io.dart';
import 'package:usher_calls/usher_calls.dart';

import 'fake_server.dart';

/// A program that must end by itself: one that closes what it listened with, and one that never listened.
void main(List<String> arguments) async {
  final [folder, how] = arguments;
  if (how == 'closed') {
    CometChatCalls.loginEvents.listen((_) {});
    CometChatCalls.addLoginListener('L', const CallsLoginListener());
  }
  await CometChatCalls.init(settingsFor(FakeServer(), storage: FileStorage(folder)));
  await CometChatCalls.login(uid: 'ann', authKey: 'key');
  if (how == 'closed') CometChatCalls.close();
  print('through');
}
