/// What the SDK needs of the platform: `dart:io`, a browser, or neither.
library;

export 'platform_none.dart'
    if (dart.library.io) 'platform_io.dart'
    if (dart.library.js_interop) 'platform_web.dart';
