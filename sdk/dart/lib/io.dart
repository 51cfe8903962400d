/// What only programs with `dart:io` have: sessions in files, and requests by its client.
library;

export 'src/platform/file_storage.dart' show FileStorage;
export 'src/platform/io_http.dart' show IoHttp;
