/// Where the server says that its socket is, or null where it says nothing that can be used (wire.md 1
/// and 6).
String? namedSocket(Object? settings) {
  if (settings is! Map<String, Object?>) return null;
  final port = settings['CHAT_WSS_PORT'];
  final host = [
    for (final name in ['CHAT_HOST_OVERRIDE', 'CHAT_HOST_APP_SPECIFIC', 'CHAT_HOST'])
      if (settings[name] case final String host when host.isNotEmpty) host,
  ].firstOrNull;
  // The port may carry a path.
  return _place.hasMatch('$host:$port') && host != null ? 'wss://$host:$port' : null;
}

/// Where the connection is opened: the base is the URL of the API, the named place what [namedSocket]
/// gave.
///
/// A server that is reached without TLS is one at hand, and its socket is where its API is: its
/// settings, made for the official SDKs, know only of TLS.
String socketAddress(String base, String? named) =>
    base.startsWith('https:') && named != null ? named : base.replaceFirst('http', 'ws');

final _place = RegExp(
  r'^([^/?#@\\:\s[\]]+|\[[\da-f:.]+\]):\d{1,5}(/[^?#\\\s]*)?$',
  caseSensitive: false,
);
