/// What only programs with `dart:io` have: sessions in files, and requests and connections by its client.
library;

export 'src/platform/file_storage.dart' show FileStorage;
export 'src/platform/io_http.dart' show IoHttp;
export 'src/platform/io_sockets.dart' show IoSockets;
