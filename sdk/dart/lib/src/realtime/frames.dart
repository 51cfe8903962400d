import 'dart:convert';

import '../exception.dart';
import '../listener.dart';
import '../session/answer.dart';
import '../session/device.dart';
import '../session/session.dart';
import '../settings.dart';

/// A frame of the server; an empty one for whatever is none.
typedef Frame = Map<String, Object?>;

/// The server answers it with a frame whose action is `pong`.
final ping = jsonEncode({'action': 'ping', 'ack': 'true'});

/// The first frame of a connection: it says whose it is, of which the server believes only the JWT.
String helloFrame(
  CallAppSettings settings, {
  required String resource,
  required Device device,
  required String uid,
  required String jwt,
}) {
  final CallAppSettings(:appId, :subscriptionType, :roles) = settings;
  final {'platform': platform, 'deviceId': deviceId, 'appInfo': appInfo} = device;
  final {'version': version, 'apiVersion': apiVersion, 'userAgent': userAgent} =
      appInfo as Map<String, Object>;
  return jsonEncode({
    'appId': appId,
    'deviceId': resource,
    'type': 'auth',
    'sender': uid,
    'body': {
      'auth': jwt,
      'deviceId': resource,
      if (subscriptionType.word case final word?) 'presenceSubscription': word,
      if (subscriptionType == CometChatSubscriptionType.roles) 'roles': roles,
      'params': {
        'appInfo': {'version': version, 'apiVersion': apiVersion},
        'userAgent': userAgent,
        'deviceId': deviceId,
        'platform': platform,
      },
    },
  });
}

Frame readFrame(String text) => switch (parseJson(text)) {
  final Frame frame => frame,
  _ => const {},
};

/// The code of the server's answer to a hello; null for every other frame.
String? verdictOf(Frame frame) => switch (frame) {
  {'type': 'auth', 'body': {'code': final String code}} => code,
  {'type': 'auth'} => '',
  _ => null,
};

/// What a frame says of a user; null where it says nothing that can be used.
UserEvent? presenceOf(Frame frame) {
  if (frame case {'type': 'presence', 'body': final Frame body}) {
    final action = body['action'];
    final isOnline = action == 'online' || action == 'available';
    if (!isOnline && action != 'offline') return null;
    try {
      final user = userOf({
        ...decodeUser(body['user']),
        'status': isOnline ? 'online' : 'offline',
        if (body['timestamp'] case final int seconds when seconds > 0) 'lastActiveAt': seconds,
      });
      return isOnline ? UserOnline(user) : UserOffline(user);
    } on CometChatCallsException {
      return null;
    }
  }
  return null;
}
