/// Logs people in to Usher with the words of CometChat's Calls SDK for Flutter.
library;

export 'src/calls.dart' show CometChatCalls, OnError, OnSuccess;
export 'src/codes_gen.dart' show CallsCodes, ServerCodes;
export 'src/exception.dart' show CometChatCallsException, Details;
export 'src/http.dart';
export 'src/listener.dart';
export 'src/session/jwt.dart' show readJwt;
export 'src/settings.dart';
export 'src/sockets.dart';
export 'src/storage.dart';
export 'src/user.dart';
export 'src/warning.dart' show Warn;
