import '../http.dart';
import '../sockets.dart';
import '../storage.dart';
import 'web_http.dart';
import 'web_sockets.dart';
import 'web_storage.dart';

/// The word for the platform that a login tells the server.
const platform = 'WEB';

String get userAgent => browserName;

/// The browser's storage; null where there is none or where the user forbade it.
SessionStorage? defaultStorage() => WebStorage.ifAllowed();

/// What sends requests unless the app says otherwise.
CallsHttp defaultHttp() => const FetchHttp();

/// What opens realtime connections unless the app says otherwise.
CallsSockets socketsBeside(CallsHttp http) => const WebSockets();
