import '../http.dart';
import '../sockets.dart';
import '../storage.dart';
import '../version.dart';
import 'file_storage.dart';
import 'io_http.dart';
import 'io_sockets.dart';

/// The word for the platform that a login tells the server.
const platform = bool.fromEnvironment('dart.library.ui') ? 'FLUTTER' : 'DART';

const userAgent = 'usher-dart/$version';

/// Where sessions are kept unless the app says otherwise, or null.
SessionStorage? defaultStorage() => switch (FileStorage.defaultFolder()) {
  final folder? => FileStorage(folder),
  null => null,
};

final _http = IoHttp();

/// What sends requests unless the app says otherwise; one for all clients.
CallsHttp defaultHttp() => _http;

/// What opens realtime connections unless the app says otherwise: by the client that its requests go by.
CallsSockets socketsBeside(CallsHttp http) => IoSockets((http is IoHttp ? http : _http).client);
