import 'dart:ffi';
import 'dart:io';

/// Runs a test as a user whom the modes of files bind: root may write everywhere.
Future<void> asNobody(Future<void> Function() body) async {
  if (Platform.isWindows || _effectiveUser() != 0) return body();
  _becomeUser(_nobody);
  try {
    await body();
  } finally {
    _becomeUser(0);
  }
}

const _nobody = 65534;

final _library = DynamicLibrary.process();
final _effectiveUser = _library.lookupFunction<Uint32 Function(), int Function()>('geteuid');
final _becomeUser = _library.lookupFunction<Int32 Function(Uint32), int Function(int)>('seteuid');
