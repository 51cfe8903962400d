import 'dart:convert';
import 'dart:io';

import 'package:usher_calls/usher_calls.dart';

/// Plays one login with a server of its own. The VM compiles what it meets for the first time, which
/// is not what a scenario's time limits are about: in an app it was compiled before.
Future<void> warmUp() async {
  final server = await HttpServer.bind(InternetAddress.loopbackIPv4, 0);
  const data = {'uid': 'ann', 'name': 'Ann', 'authToken': 'ann_1', 'message': 'Goodbye.'};
  server.listen((request) async {
    await request.drain<void>();
    request.response.write(jsonEncode({'data': data}));
    await request.response.close();
  });
  await CometChatCalls.init(
    CallAppSettings(
      appId: 'warm',
      host: 'http://127.0.0.1:${server.port}',
      storage: MemoryStorage(),
    ),
  );
  await CometChatCalls.login(uid: 'ann', authKey: 'key');
  await CometChatCalls.logout();
  CometChatCalls.close();
  await server.close(force: true);
}
