/**
 * Where the realtime connection is opened: `base` is the URL of the API, `settings` what the server
 * said of its hosts when it answered a login (wire.md 1 and 6).
 *
 * A server that is reached without TLS is one at hand, and its socket is where its API is: the
 * settings, made for the official SDKs, know only of TLS. Settings that cannot be used count as none.
 */
export function socketAddress(base: string, settings: Readonly<Record<string, unknown>> = {}): string {
  const { CHAT_HOST_OVERRIDE, CHAT_HOST_APP_SPECIFIC, CHAT_HOST, CHAT_WSS_PORT } = settings;
  const named = `${CHAT_HOST_OVERRIDE || CHAT_HOST_APP_SPECIFIC || CHAT_HOST || ''}:${CHAT_WSS_PORT}`;
  // The port may carry a path.
  const isUsable = /^([^/?#@\\:\s[\]]+|\[[\da-f:.]+\]):\d{1,5}(\/[^?#\\\s]*)?$/i.test(named);
  return base.startsWith('https:') && isUsable ? `wss://${named}` : base.replace(/^http/, 'ws');
}
