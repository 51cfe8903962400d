/** WebSockets of which a test plays the server; `opened` has all that were made, in order. */
export function fakeSockets() {
  const opened = [];

  class FakeSocket {
    onopen = null;
    onmessage = null;
    onclose = null;
    onerror = null;
    sent = [];
    closedWith = undefined;

    constructor(url) {
      this.url = url;
      opened.push(this);
    }

    send(text) {
      this.sent.push(JSON.parse(text));
    }

    close(code, reason) {
      this.closedWith = [code, reason];
      // A server that answers a farewell does so later.
      if (this.answersFarewell) queueMicrotask(() => this.onclose?.({ code }));
    }

    answersFarewell = true;

    // What the server does.
    open() {
      this.onopen?.({});
    }
    say(frame) {
      this.onmessage?.({ data: typeof frame === 'string' ? frame : JSON.stringify(frame) });
    }
    accept() {
      this.open();
      this.say({ type: 'auth', body: { code: '200', status: 'OK' } });
    }
    end(code) {
      this.onclose?.({ code });
    }

    get pings() {
      return this.sent.filter(({ action }) => action === 'ping').length;
    }
  }

  return { make: FakeSocket, opened, last: () => opened.at(-1) };
}

/** The frame by which a server says that a user came or went. */
export const presence = (uid, action = 'online', changes = {}) => ({
  type: 'presence',
  appId: 'app-1',
  sender: uid,
  body: { action, timestamp: 1_700_000_000, user: { uid, name: uid.toUpperCase(), status: 'available' } },
  ...changes,
});
