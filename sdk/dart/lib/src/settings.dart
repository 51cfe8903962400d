import 'http.dart';
import 'storage.dart';
import 'warning.dart';

/// Which app on which server, and how to reach it. Hosts may lack the scheme, which is https then,
/// and have a port and a path.
final class CallAppSettings {
  const CallAppSettings({
    required this.appId,
    this.region,
    this.host,
    this.adminHost,
    this.clientHost,
    this.storage,
    this.http,
    this.timeout = const Duration(seconds: 15),
    this.onWarning,
  });

  final String appId;

  /// Such as `eu`; needed only for the documented hosts.
  final String? region;

  /// The base URL of an Usher server, http or https, for all calls.
  final String? host;

  /// In place of [host] for calls with an API key.
  final String? adminHost;

  /// In place of [host] for calls with an auth token.
  final String? clientHost;

  /// Keeps the session elsewhere than the platform does.
  final SessionStorage? storage;

  /// Sends the requests in place of the platform.
  final CallsHttp? http;

  /// Limits each request, answer included.
  final Duration timeout;

  final Warn? onWarning;
}

/// Makes settings in the words of the Calls SDK for Flutter:
/// `(CallAppSettingBuilder()..appId = appId ..region = region).build()`.
final class CallAppSettingBuilder {
  String? appId;
  String? region;

  /// The URL of an Usher server, such as `http://127.0.0.1:8080`.
  String? host;

  /// In place of [host] for calls with an API key.
  String? adminHost;

  /// In place of [host] for calls with an auth token.
  String? clientHost;

  /// Keeps the session elsewhere than the platform does.
  SessionStorage? storage;

  CallAppSettings build() => CallAppSettings(
    appId: appId ?? '',
    region: region,
    host: host,
    adminHost: adminHost,
    clientHost: clientHost,
    storage: storage,
  );
}
