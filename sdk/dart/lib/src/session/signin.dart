import '../codes_gen.dart';
import '../exception.dart';
import 'answer.dart';
import 'checks.dart';
import 'device.dart';
import 'session.dart';
import 'transport.dart';

/// Asks the server for an auth token of the user.
Future<String> issueToken(Transport transport, Device device, String uid, String key) async {
  final call = ApiCall('POST', ['users', uid, 'auth_tokens'], key: key, body: device);
  final Object data;
  try {
    data = await transport.send(call);
  } on CometChatCallsException catch (error) {
    if (error.code == ServerCodes.unknownApiKey || error.code == ServerCodes.emptyApiKey) {
      throw CometChatCallsException(CallsCodes.apiKeyNotFound);
    }
    rethrow;
  }
  if (data case {'authToken': final String token} when isCredential(token)) {
    final named = data['uid'];
    if (named is! String || isSameUid(named, uid)) return token;
  }
  throw unusable();
}

/// Tells the server that this device now acts with the token, and learns whose it is.
Future<Session> signIn(Transport transport, Device device, String token) async =>
    decodeMe(await transport.send(ApiCall('PUT', ['me'], token: token, body: device)), token);
