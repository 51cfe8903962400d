import 'dart:async';
import 'dart:convert';
import 'dart:io';

import '../storage.dart';
import 'private_files.dart';

/// Keeps each entry in a file of the folder, which is made when it is missing. Only the user who runs
/// the program may read the files: whoever can read a session can act as its user.
///
/// Programs may use the same folder at the same time, and follow each other's logins and logouts.
/// Several isolates of one program may not: the lock of a file is the process's.
final class FileStorage implements SharedSessionStorage {
  FileStorage(String folder) : folder = Directory(folder).absolute.path;

  final String folder;

  static const _lockTimeLimit = Duration(seconds: 5);
  static const _lockRetry = Duration(milliseconds: 5);
  static const _pollEvery = Duration(milliseconds: 500);
  static const _longestName = 200;

  /// Who of this isolate has the lock of a folder, or waits for it.
  static final _turns = <String, Future<void>>{};

  /// The folder that the platform has for such files; null where it names none, as on Android.
  static String? defaultFolder() {
    // Its HOME, where there is one, is not the app's.
    if (Platform.isAndroid) return null;
    final environment = Platform.environment;
    String? within(String variable, String path) => switch (environment[variable]) {
      final String base when base.isNotEmpty => '$base$path',
      _ => null,
    };
    if (Platform.isWindows) return within('LOCALAPPDATA', r'\usher_calls');
    if (Platform.isMacOS || Platform.isIOS) {
      return within('HOME', '/Library/Application Support/usher_calls');
    }
    return within('XDG_STATE_HOME', '/usher_calls') ?? within('HOME', '/.local/state/usher_calls');
  }

  @override
  String? read(String key) {
    try {
      return utf8.decode(_fileOf(key).readAsBytesSync(), allowMalformed: true);
    } on PathNotFoundException {
      return null;
    }
  }

  @override
  void write(String key, String text) {
    _makeFolder();
    // A reader sees the old text or the new one, never a part.
    final file = _fileOf(key);
    final draft = File('${file.path}.draft');
    if (draft.existsSync()) draft.deleteSync();
    final opened = privately(() => draft.openSync(mode: FileMode.writeOnly));
    try {
      opened.writeStringSync(text);
      opened.flushSync();
    } finally {
      opened.closeSync();
    }
    draft.renameSync(file.path);
  }

  @override
  void remove(String key) {
    try {
      _fileOf(key).deleteSync();
    } on PathNotFoundException {
      return;
    }
  }

  @override
  Future<void Function()> lock() async {
    final (before, done) = (_turns[folder], Completer<void>());
    _turns[folder] = done.future;
    await before;
    try {
      final release = await _lockFile();
      return () {
        release();
        done.complete();
      };
    } catch (_) {
      done.complete();
      rethrow;
    }
  }

  @override
  Stream<void> changes(String key) {
    if (!FileSystemEntity.isWatchSupported) return Stream.periodic(_pollEvery);
    final path = _fileOf(key).path;
    return Stream.multi((listener) {
      try {
        _makeFolder();
      } on FileSystemException catch (cause) {
        listener
          ..addError(cause)
          ..close();
        return;
      }
      final watch = Directory(folder).watch().where(
        (event) => event.path == path || event is FileSystemMoveEvent && event.destination == path,
      );
      listener.addStream(watch).whenComplete(listener.close);
    });
  }

  void _makeFolder() => privately(() => Directory(folder).createSync(recursive: true));

  // Whoever holds the lock has a file or two to write. Who holds it for longer is stuck, and must not
  // make others hang.
  Future<void Function()> _lockFile() async {
    _makeFolder();
    final file = privately(() => File('$folder/lock').openSync(mode: FileMode.append));
    final waited = Stopwatch()..start();
    while (true) {
      try {
        file.lockSync(FileLock.exclusive);
        return file.closeSync;
      } on FileSystemException {
        if (waited.elapsed > _lockTimeLimit) {
          file.closeSync();
          rethrow;
        }
      }
      await Future<void>.delayed(_lockRetry);
    }
  }

  File _fileOf(String key) => File('$folder${Platform.pathSeparator}${_nameOf(key)}.json');

  // Capital letters are escaped, too: some file systems do not tell them from small ones.
  static String _nameOf(String key) {
    final name = StringBuffer();
    for (final byte in utf8.encode(key)) {
      final character = String.fromCharCode(byte);
      final isPlain = _plain.hasMatch(character);
      name.write(isPlain ? character : '%${byte.toRadixString(16).padLeft(2, '0')}');
    }
    final text = name.toString();
    if (text.length <= _longestName) return text;
    return '${text.substring(0, _longestName - 18)}%-${_hashOf(text)}';
  }

  static final _plain = RegExp('[a-z0-9._-]');

  // FNV-1a with 64 bits: it keeps long names apart, and needs to withstand nobody.
  static String _hashOf(String text) {
    var hash = 0xcbf29ce484222325;
    for (final unit in text.codeUnits) {
      hash = (hash ^ unit) * 0x100000001b3;
    }
    return [
      for (var shift = 56; shift >= 0; shift -= 8)
        ((hash >> shift) & 0xff).toRadixString(16).padLeft(2, '0'),
    ].join();
  }
}
