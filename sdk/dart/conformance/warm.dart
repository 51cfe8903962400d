import 'dart:convert';
import 'dart:io';

import 'package:usher_calls/usher_calls.dart';

/// Plays one login and one connection with a server of its own. The VM compiles what it meets for the
/// first time, which is not what a scenario's time limits are about: in an app it was compiled before.
Future<void> warmUp() async {
  final server = await HttpServer.bind(InternetAddress.loopbackIPv4, 0);
  server.listen(_answer);
  await CometChatCalls.init(
    CallAppSettings(
      appId: 'warm',
      host: 'http://127.0.0.1:${server.port}',
      storage: MemoryStorage(),
      autoEstablishSocketConnection: false,
    ),
  );
  await CometChatCalls.login(uid: 'ann', authKey: 'key');
  await CometChatCalls.connect();
  await CometChatCalls.logout();
  CometChatCalls.close();
  await server.close(force: true);
}

const _ann = {
  'uid': 'ann',
  'name': 'Ann',
  'authToken': 'ann_1',
  'jwt': 'e30.e30.e30',
  'message': 'Goodbye.',
};

const _welcome = {
  'type': 'auth',
  'body': {'code': '200', 'status': 'OK'},
};

Future<void> _answer(HttpRequest request) async {
  if (WebSocketTransformer.isUpgradeRequest(request)) {
    final socket = await WebSocketTransformer.upgrade(request);
    socket.listen((_) => socket.add(jsonEncode(_welcome)));
    return;
  }
  await request.drain<void>();
  request.response.write(jsonEncode({'data': _ann}));
  await request.response.close();
}
