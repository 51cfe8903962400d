import '../codes_gen.dart';
import '../exception.dart';

const _longestUid = 100;
const _longestCredential = 1024;

// Unicode's property White_Space, which regular expressions do not know on every platform.
const _whiteSpace = r'\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000';
final _withWhiteSpace = RegExp('[$_whiteSpace]');
final _withWhiteSpaceOrControl = RegExp('[$_whiteSpace\\x00-\\x1f\\x7f-\\x9f]');
final _visibleAscii = RegExp(r'^[\x21-\x7e]+$');
final _uid = RegExp(r'^[A-Za-z0-9_-]+$');

/// Whether a text can be a key or a token and travel in a header.
bool isCredential(Object? value) =>
    value is String && value.length <= _longestCredential && _visibleAscii.hasMatch(value);

/// Whether an app id can travel in a header.
bool isAppId(String appId) => _visibleAscii.hasMatch(appId);

/// Throws what is wrong with a uid, if anything is.
void checkUid(String uid) {
  if (_withWhiteSpace.hasMatch(uid)) throw CometChatCallsException(CallsCodes.uidWithSpace);
  if (uid.length > _longestUid || !_uid.hasMatch(uid)) {
    throw CometChatCallsException(CallsCodes.invalidUid);
  }
}

/// Throws what is wrong with an API key, if anything is.
void checkApiKey(String key) {
  if (!isCredential(key)) throw CometChatCallsException(CallsCodes.apiKeyNotFound);
}

/// Throws what is wrong with an auth token, if anything is.
void checkAuthToken(String token) {
  if (token.isEmpty) throw CometChatCallsException(CallsCodes.blankAuthToken);
  if (_withWhiteSpaceOrControl.hasMatch(token)) {
    throw CometChatCallsException(CallsCodes.authTokenWithSpace);
  }
  if (!isCredential(token)) throw CometChatCallsException(ServerCodes.unknownAuthToken);
}
