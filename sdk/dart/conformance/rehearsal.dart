import 'dart:convert';
import 'dart:io';

import 'commands.dart';
import 'json.dart';

/// Plays a client's life with a server of its own while the driver is built. What the VM compiles then
/// stands in the snapshot: a scenario's time limits are not about compiling, which in an app is done
/// before it is shipped.
Future<void> rehearse() async {
  final server = await HttpServer.bind(InternetAddress.loopbackIPv4, 0);
  server.listen(_answer);
  final folder = Directory.systemTemp.createTempSync('usher-rehearsal-');
  final commands = Commands(jsonEncode);
  for (final (command, params) in _life('http://127.0.0.1:${server.port}', folder.path)) {
    final line = jsonEncode({'command': command, 'params': params});
    final read = jsonDecode(line) as Json;
    final answer = await commands.run('c', command, read['params'] as Json);
    if (answer['error'] case final error?) throw StateError('the rehearsal of $command: $error');
    jsonEncode(answer);
  }
  folder.deleteSync(recursive: true);
  await server.close(force: true);
}

List<(String, Json)> _life(String host, String folder) => [
  ('new', {'appId': 'app', 'host': host, 'store': folder}),
  ('addLoginListener', {'listener': 'L'}),
  ('addConnectionListener', {'listener': 'L'}),
  ('login', {'uid': 'ann', 'key': 'key'}),
  ('loggedInUser', {}),
  ('userAuthToken', {}),
  ('connect', {}),
  ('checkSession', {}),
  ('storageEntries', {'store': folder}),
  ('disconnect', {}),
  ('logout', {}),
  ('loginWithAuthToken', {'token': 'ann_1'}),
  ('close', {}),
];

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
