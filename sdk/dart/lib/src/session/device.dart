import 'dart:math';

import '../exception.dart';
import '../version.dart';
import 'space.dart';

/// What a login tells the server about the device, as JSON.
typedef Device = Map<String, Object>;

final _deviceId = RegExp(r'^[\x21-\x7e]{1,255}$');

/// The same device keeps one id for all its users. Only a storage that cannot be read is an error.
Future<Device> findDevice(Space space, String appId, String platform, String userAgent) async {
  var id = await space.inTurn((entries) => entries.read(Entry.device));
  if (id == null || !_deviceId.hasMatch(id)) {
    final named = _uniqueName(appId, '_');
    id = named.substring(max(0, named.length - 255));
    try {
      await space.exclusively((entries) => entries.put(Entry.device, id));
    } on CometChatCallsException {
      // The space has warned; the device is then another one at the next start.
    }
  }
  return {
    'platform': platform,
    'deviceId': id,
    'appInfo': {'version': 'v$version', 'apiVersion': 'v3.0', 'userAgent': userAgent},
  };
}

/// Names this run of the program, in the form that the official SDKs use.
String newResource(String platform) =>
    _uniqueName('$platform-${version.replaceAll('.', '_')}', '-');

String _uniqueName(String prefix, String separator) =>
    [prefix, _randomUuid(), DateTime.now().millisecondsSinceEpoch].join(separator);

String _randomUuid() {
  final random = Random.secure();
  String digits(int count) => [
    for (var i = 0; i < count; i++) random.nextInt(16).toRadixString(16),
  ].join();
  return '${digits(8)}-${digits(4)}-4${digits(3)}-8${digits(3)}-${digits(12)}';
}
