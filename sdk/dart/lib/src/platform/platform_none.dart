import '../http.dart';
import '../sockets.dart';
import '../storage.dart';
import '../version.dart';

/// The word for the platform that a login tells the server.
const platform = 'DART';

const userAgent = 'usher-dart/$version';

/// Where sessions are kept unless the app says otherwise, or null.
SessionStorage? defaultStorage() => null;

/// What sends requests unless the app says otherwise.
CallsHttp defaultHttp() => throw UnsupportedError('name what sends requests: CallAppSettings.http');

/// What opens realtime connections unless the app says otherwise.
CallsSockets socketsBeside(CallsHttp http) =>
    throw UnsupportedError('name what opens connections: CallAppSettings.sockets');
