/// Hears what no error tells, such as a stored session that cannot be read. The message holds no
/// credential; the cause is what was thrown, if anything was.
typedef Warn = void Function(String message, [Object? cause]);

/// A hook that throws must not change what the SDK does.
Warn safely(Warn? hook) => (message, [cause]) {
  try {
    hook?.call(message, cause);
  } catch (_) {
    // There is nobody left to tell.
  }
};
