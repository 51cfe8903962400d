// The ways an app can point the SDK at a server. `first` is where the SDK calls while it knows no
// settings: before a login, and again after logout; the calls SDK knows none ever. `settings` is where
// the server's settings send it from then on.
export function ways(server) {
  const named = (service) => `${server.appId}.${service}-${server.region}.cometchat.io`;
  const [address, port] = server.host.split(':');
  const own = { ADMIN_API_HOST: server.host, CLIENT_API_HOST: server.host, CHAT_HOST: address, CHAT_WSS_PORT: port };
  return {
    // As for apps that name no host at all: DNS or a hosts file leads these names to the server.
    defaultHosts: {
      name: "the SDK's default hosts",
      first: { admin: `${named('api')}/v3.0`, client: `${named('apiclient')}/v3.0`, calls: `${named('call')}/v3.0` },
      settings: {
        ADMIN_API_HOST: named('api'),
        CLIENT_API_HOST: named('apiclient'),
        CHAT_HOST: named('websocket'),
        CHAT_WSS_PORT: '443',
      },
    },
    ownHost: {
      name: "the server's own host, with the version",
      overrides: { adminHost: `${server.host}/v3.0`, clientHost: `${server.host}/v3.0`, callsHost: `https://${server.host}/v3.0/` },
      first: { admin: `${server.host}/v3.0`, client: `${server.host}/v3.0` },
      settings: own,
    },
    // The SDK pastes an overridden host in front of the endpoint and adds no version by itself.
    ownHostWithoutVersion: {
      name: "the server's own host, without a version",
      overrides: { adminHost: server.host, clientHost: server.host, callsHost: `https://${server.host}/` },
      first: { admin: server.host, client: server.host },
      settings: own,
    },
  };
}
