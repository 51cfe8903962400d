import 'dart:ffi';
import 'dart:io';

/// Runs what makes files and folders, so that only who runs the program may read them: `dart:io` has
/// no way to say that. On Windows the folder's own rules stay as they are.
T privately<T>(T Function() make) {
  if (Platform.isWindows) return make();
  final before = _umask(0x3f);
  try {
    return make();
  } finally {
    _umask(before & 0x1ff);
  }
}

final _umask = DynamicLibrary.process().lookupFunction<Uint32 Function(Uint32), int Function(int)>(
  'umask',
);
