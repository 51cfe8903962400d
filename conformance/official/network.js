import { Agent, buildConnector, fetch, Headers, WebSocket } from 'undici';

// network is what a phone reaches the server with: for it every host name is the server, as for the
// Chromium of browser.js. The journal is told what goes over it.
export function network(server, journal) {
  const [hostname, port] = server.host.split(':');
  // The SDK speaks only https and wss, and the server's certificate is its own.
  const connect = buildConnector({ rejectUnauthorized: false });
  const dispatcher = new Agent({ connect: (target, done) => connect({ ...target, hostname, port }, done) });
  const sockets = new Set();

  return {
    Headers,

    async fetch(url, { method, headers, body }) {
      const exchange = journal.asks({ method, url, headers: Object.fromEntries(new Headers(headers)), body });
      try {
        const response = await fetch(url, { method, headers, body, dispatcher });
        exchange.answered(response.status, Object.fromEntries(response.headers), response.clone().text());
        return response;
      } catch (error) {
        exchange.failed(`${error.cause ?? error}`);
        throw error;
      }
    },

    WebSocket: class extends WebSocket {
      constructor(url) {
        super(url, { dispatcher });
        journal.opens(url);
        sockets.add(this);
      }
    },

    // end cuts whatever is still open.
    async end() {
      for (const socket of sockets) socket.close();
      await dispatcher.destroy();
    },
  };
}
