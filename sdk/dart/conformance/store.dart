import 'dart:io';

import 'package:usher_calls/io.dart';
import 'package:usher_calls/usher_calls.dart';

/// Files that can be made to fail: `fails` holds of load, save and remove what does not work.
final class FailingStorage implements SharedSessionStorage {
  FailingStorage(String folder, this._fails) : _files = FileStorage(folder);

  final FileStorage _files;
  final Set<String> _fails;

  @override
  String? read(String key) => _unless('load', () => _files.read(key));

  @override
  void write(String key, String text) => _unless('save', () => _files.write(key, text));

  @override
  void remove(String key) => _unless('remove', () => _files.remove(key));

  @override
  Future<void Function()> lock() => _files.lock();

  @override
  Stream<void> changes(String key) => _files.changes(key);

  T _unless<T>(String operation, T Function() access) {
    if (_fails.contains(operation)) throw FileSystemException('it fails to $operation');
    return access();
  }
}

const _end = '.json';

/// Every entry of a folder, name to text; the lock and what is being written are none.
Map<String, String> entriesOf(String folder) => {
  for (final file in Directory(folder).listSync().whereType<File>())
    if (file.path.endsWith(_end)) _keyOf(file): file.readAsStringSync(),
};

/// Writes an entry behind the SDK's back.
void putEntry(String folder, String key, String text) => FileStorage(folder).write(key, text);

String _keyOf(File file) {
  final name = file.uri.pathSegments.last;
  return Uri.decodeComponent(name.substring(0, name.length - _end.length));
}
