// The page "Try it": logs users in with the SDK, and writes down what happens on the way.

const page = document.querySelector("[data-sdk]");

// So many happenings are kept; the oldest go first.
const mostHappenings = 200;

// What stands under such a name lets somebody in.
const secretNames = /token|jwt|key|secret|^auth$/i;

/** What happened without what lets somebody in: its beginning is enough to know it again. */
function shortened(value, name = "") {
  if (typeof value === "string") return secretNames.test(name) && value.length > 6 ? `${value.slice(0, 6)}…` : value;
  if (Array.isArray(value)) return value.map((item) => shortened(item, name));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shortened(item, key)]));
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    // An answer of a proxy on the way, perhaps.
    return text;
  }
}

function element(name, className, text = "") {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

/** Asks the console, whose refusals say why. */
async function ask(path, fields = {}) {
  const answer = await fetch(page.dataset.path + path, {
    method: "POST",
    headers: { Accept: "application/json" },
    body: new URLSearchParams(fields),
  });
  const told = await answer.json();
  if (told.error) throw new Error(told.error);
  return told;
}

/** A pane of the page: a client of its own, in which one user is logged in at a time. */
class Session {
  #pane;
  #form;
  #CometChat;
  #isOpen = false;
  #others = new Map();

  constructor(pane) {
    this.#pane = pane;
    this.#form = pane.querySelector("form");
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#run(() => this.#login());
    });
    this.#form.elements.with.addEventListener("change", () => this.#chooseHow());
    this.#button("check").addEventListener("click", () => this.#run(() => this.#CometChat.checkSession()));
    this.#button("logout").addEventListener("click", () => this.#run(() => this.#CometChat.logout()));
    this.#button("connection").addEventListener("click", () => this.#run(() => this.#toggleConnection()));
    this.#chooseHow();
  }

  /** Logs out when the page goes. A token that the app keeps at a logout was issued for an hour at most. */
  leave() {
    this.#CometChat?.logout().catch(() => {});
  }

  #button(name) {
    return this.#pane.querySelector(`[data-do=${name}]`);
  }

  #chooseHow() {
    const isTyped = this.#form.elements.with.value === "typed";
    this.#pane.querySelector("[data-typed]").hidden = !isTyped;
    this.#form.elements.typed.required = isTyped;
  }

  // What the SDK rejects is told by its listeners too, but for what it refuses at once.
  async #run(step) {
    const buttons = this.#form.querySelectorAll("button");
    for (const button of buttons) button.disabled = true;
    try {
      await step();
    } catch (error) {
      this.#note("error", error.code ?? "Error", { message: error.message, details: error.details });
    }
    await this.#show();
  }

  async #login() {
    const { uid, with: how, typed } = this.#form.elements;
    if (!this.#isOpen) await this.#open();
    if (how.value === "token") {
      const { authToken } = await ask("/tokens", { uid: uid.value });
      await this.#CometChat.login(authToken);
    } else if (how.value === "typed") {
      await this.#CometChat.login(uid.value, typed.value);
    } else {
      const { authKey } = await ask(`/keys/${how.value.replace("key:", "")}`);
      await this.#CometChat.login(uid.value, authKey);
    }
  }

  #toggleConnection() {
    const { CONNECTION_STATUS } = this.#CometChat;
    const isOpen = this.#CometChat.getConnectionStatus() !== CONNECTION_STATUS.DISCONNECTED;
    return isOpen ? this.#CometChat.disconnect() : this.#CometChat.connect();
  }

  // The SDK logs in one user for a page. Under another address it is loaded anew, as if by another page.
  async #open() {
    const { CometChat, memoryStorage } = await import(`${page.dataset.sdk}?session=${this.#pane.dataset.session}`);
    this.#CometChat = CometChat;
    const note = (name, ...values) => this.#note("listener", name, ...values);
    CometChat.addLoginListener("page", {
      loginSuccess: (user) => note("loginSuccess", user),
      loginFailure: (error) => note("loginFailure", { code: error.code, message: error.message }),
      logoutSuccess: (reason) => {
        note("logoutSuccess", reason);
        this.#others.clear();
        this.#show();
      },
      logoutFailure: (error) => note("logoutFailure", { code: error.code, message: error.message }),
    });
    const connection = (name) => () => {
      note(name);
      this.#show();
    };
    CometChat.addConnectionListener("page", {
      onConnected: connection("onConnected"),
      inConnecting: connection("inConnecting"),
      onDisconnected: connection("onDisconnected"),
    });
    const presence = (name, isOnline) => (user) => {
      note(name, user);
      this.#others.set(user.getUid(), { name: user.getName(), isOnline });
      this.#showOthers();
    };
    CometChat.addUserListener("page", {
      onUserOnline: presence("onUserOnline", true),
      onUserOffline: presence("onUserOffline", false),
    });
    const settings = new CometChat.AppSettingsBuilder()
      .setHost(location.origin)
      .subscribePresenceForAllUsers()
      // The storage of the browser is the console's, and no place for a user's token.
      .setStorage(memoryStorage())
      .setWebSocket(this.#watchedSocket())
      .build();
    await CometChat.init(page.dataset.app, { ...settings, fetch: (url, init) => this.#watchedFetch(url, init) });
    this.#isOpen = true;
  }

  async #watchedFetch(url, init) {
    const { pathname, search } = new URL(url);
    const started = performance.now();
    const happening = this.#note("http", `${init.method} ${pathname}${search}`);
    const request = { headers: init.headers, body: init.body && parsed(init.body) };
    try {
      // The logout of a page that goes must still arrive.
      const answer = await fetch(url, { ...init, keepalive: true });
      const text = await answer.clone().text();
      const took = `${answer.status}, ${Math.round(performance.now() - started)} ms`;
      happening.finish(took, answer.ok, { ...request, answer: parsed(text) });
      return answer;
    } catch (error) {
      happening.finish("no answer", false, request);
      throw error;
    }
  }

  #watchedSocket() {
    const note = (...what) => this.#note("socket", ...what);
    return class extends WebSocket {
      constructor(url) {
        super(url);
        note(`opens ${url}`);
        this.addEventListener("message", ({ data }) => note(`← ${frameName(parsed(data))}`, parsed(data)));
        this.addEventListener("close", ({ code, reason }) => note(`closed ${code} ${reason}`.trim()));
        this.addEventListener("error", () => note("failed", "The browser's own console says more."));
      }

      send(text) {
        note(`→ ${frameName(parsed(text))}`, parsed(text));
        super.send(text);
      }
    };
  }

  #note(kind, title, ...values) {
    const log = this.#pane.querySelector("[data-happenings]");
    const list = log.firstElementChild;
    list.querySelector(".nothing")?.remove();
    const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
    const item = element("li", kind);
    const line = element("div", "happening");
    const outcome = element("span", "outcome");
    line.append(
      element("time", "", new Date().toLocaleTimeString([], { hour12: false })),
      element("span", "kind", kind),
      element("code", "", title),
      outcome,
    );
    item.append(line);
    const add = (shown) => {
      if (shown.length === 0) return;
      const details = element("details", "");
      const text = shown.map((value) => JSON.stringify(shortened(value), null, 2)).join("\n\n");
      details.append(element("summary", "", "Look inside"), element("pre", "", text));
      details.lastChild.tabIndex = 0;
      item.append(details);
    };
    add(values);
    list.append(item);
    if (list.children.length > mostHappenings) list.firstElementChild.remove();
    if (isAtEnd) log.scrollTop = log.scrollHeight;
    return {
      finish(text, isGood, ...more) {
        outcome.textContent = text;
        outcome.classList.add(isGood ? "good" : "bad");
        add(more);
      },
    };
  }

  async #show() {
    const user = (await this.#CometChat?.getLoggedinUser()) ?? null;
    const status = user ? this.#CometChat.getConnectionStatus() : "";
    const badge = this.#pane.querySelector("[data-status] .badge");
    badge.textContent = user ? `${user.getName()}, ${status}` : "logged out";
    badge.className = `badge ${status === "connected" ? "good" : user ? "warn" : "plain"}`;
    this.#pane.querySelector("[data-user]").textContent = JSON.stringify(shortened(user), null, 2);
    this.#form.querySelector("button:not([type=button])").disabled = false;
    for (const name of ["check", "logout", "connection"]) this.#button(name).disabled = !user;
    this.#button("connection").textContent = user && status === "disconnected" ? "Connect" : "Disconnect";
    this.#showOthers();
  }

  #showOthers() {
    const list = this.#pane.querySelector("[data-others]");
    list.replaceChildren();
    if (this.#others.size === 0) list.append(element("li", "nothing", "Nobody came or went yet."));
    for (const [uid, { name, isOnline }] of this.#others) {
      const item = element("li", "");
      item.dataset.uid = uid;
      item.append(`${name} `, element("small", "", uid), " ");
      item.append(element("span", isOnline ? "badge good" : "badge plain", isOnline ? "online" : "offline"));
      list.append(item);
    }
  }
}

/** What a frame of the socket is about, in a few words. */
function frameName({ type, action, body }) {
  if (type === "presence") return `presence: ${body?.user?.uid} ${body?.action}`;
  return type ?? action ?? "frame";
}

const sessions = [...page.querySelectorAll("[data-session]")].map((pane) => new Session(pane));
addEventListener("pagehide", () => {
  for (const session of sessions) session.leave();
});

const second = document.querySelector("[data-second]");
second.hidden = false;
second.addEventListener("click", () => {
  const pane = page.querySelector("[data-session][hidden]");
  pane.hidden = false;
  second.hidden = true;
  page.classList.add("two");
  pane.querySelector("[name=uid]").focus();
});
