/// Stands in for what usher_calls_flutter uses of flutter_secure_storage, with the same signatures.
library;

enum KeychainAccessibility { passcode, unlocked, unlocked_this_device, first_unlock }

class IOSOptions {
  const IOSOptions({this.accessibility});

  final KeychainAccessibility? accessibility;
}

class FlutterSecureStorage {
  const FlutterSecureStorage({this.iOptions = const IOSOptions()});

  final IOSOptions iOptions;

  /// What the phone holds.
  static final texts = <String, String>{};

  Future<String?> read({required String key}) async => texts[key];

  Future<void> write({required String key, required String? value}) async => texts[key] = value!;

  Future<void> delete({required String key}) async => texts.remove(key);
}
