import '../codes_gen.dart';
import '../exception.dart';
import '../settings.dart';
import 'checks.dart';

const _apiVersion = 'v3.0';

/// Base URLs without a slash at the end: [key] for calls that carry an API key, [token] for calls that
/// carry an auth token.
typedef Bases = ({String key, String token});

/// Finds where calls go, or throws; the error never repeats a host, which may hold a password.
Bases findBases(CallAppSettings settings) {
  if (settings.appId.isEmpty) throw refusedSettings('The settings name no app.');
  if (!isAppId(settings.appId)) throw refusedSettings('The app id is no text for a header.');
  return (
    key: _chosen(settings, settings.adminHost) ?? _documented(settings, 'api'),
    token: _chosen(settings, settings.clientHost) ?? _documented(settings, 'apiclient'),
  );
}

/// Says why settings cannot be used.
CometChatCallsException refusedSettings(String message) =>
    CometChatCallsException(CallsCodes.invalidSettings, message: message);

String? _chosen(CallAppSettings settings, String? override) {
  for (final host in [override, settings.host]) {
    if (host != null && host.isNotEmpty) return _parseBase(host);
  }
  return null;
}

String _documented(CallAppSettings settings, String service) {
  final CallAppSettings(:appId, :region) = settings;
  if (region == null || region.isEmpty) {
    throw refusedSettings('The settings name neither a host nor a region.');
  }
  if (!_label.hasMatch(appId) || !_label.hasMatch(region)) {
    throw refusedSettings(
      'The app id and the region cannot be parts of a host name; name the host.',
    );
  }
  final place = region.toLowerCase() == 'private' ? appId : region.toLowerCase();
  return 'https://$appId.$service-$place.cometchat.io/$_apiVersion';
}

String _parseBase(String host) {
  final parts = _base.firstMatch(host);
  if (parts == null) {
    throw refusedSettings(
      'The host is not a URL such as https://auth.example.com/v3, '
      'with nothing but a scheme, a name, a port and a path.',
    );
  }
  final beginning = '${parts[1] ?? 'https'}://${parts[2]}'.toLowerCase();
  final path = (parts[4] ?? '').replaceFirst(RegExp(r'/+$'), '');
  return '$beginning${parts[3] ?? ''}$path';
}

final _label = RegExp(r'^[A-Za-z0-9-]+$');

// Not Uri.parse, which changes and forgives too much.
final _base = RegExp(
  r'^(?:(https?)://)?([^/?#@\\:\s[\]]+|\[[\da-f:.]+\])(:\d{1,5})?(/[^?#\\\s]*)?$',
  caseSensitive: false,
);
