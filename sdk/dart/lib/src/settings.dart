import 'http.dart';
import 'sockets.dart';
import 'storage.dart';
import 'warning.dart';

/// Whose presence an app wants to hear of.
enum CometChatSubscriptionType {
  /// Nobody's.
  none(null),
  allUsers('ALL_USERS'),

  /// That of the users who have one of the roles that the settings name.
  roles('ROLES'),
  friends('FRIENDS');

  const CometChatSubscriptionType(this.word);

  /// What a server knows it by; null where it is not asked for anything.
  final String? word;
}

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
    this.sockets,
    this.timeout = const Duration(seconds: 15),
    this.autoEstablishSocketConnection = true,
    this.subscriptionType = CometChatSubscriptionType.none,
    this.roles = const [],
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

  /// Opens the realtime connections in place of the platform.
  final CallsSockets? sockets;

  /// Limits each request, answer included, and each attempt to connect.
  final Duration timeout;

  /// Whether whoever is in is connected without being asked. Without it only `connect` connects.
  final bool autoEstablishSocketConnection;

  /// Whose presence user listeners hear of.
  final CometChatSubscriptionType subscriptionType;

  /// The roles of [CometChatSubscriptionType.roles], at least one.
  final List<String> roles;

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

  /// Whether whoever is in is connected without being asked.
  bool autoEstablishSocketConnection = true;

  /// Whose presence user listeners hear of; nobody's when it is null.
  CometChatSubscriptionType? subscriptionType;

  /// The roles of [CometChatSubscriptionType.roles], at least one.
  List<String>? roles;

  CallAppSettings build() => CallAppSettings(
    appId: appId ?? '',
    region: region,
    host: host,
    adminHost: adminHost,
    clientHost: clientHost,
    storage: storage,
    autoEstablishSocketConnection: autoEstablishSocketConnection,
    subscriptionType: subscriptionType ?? CometChatSubscriptionType.none,
    roles: roles ?? const [],
  );
}
