// What a back end asks Usher for. The API key never leaves the back end.

const requestTimeLimit = 10_000;

/** Gives a function that issues an auth token for a user; `apiKey` is one of scope fullAccess. */
export function tokenIssuer({ host, appId, apiKey }) {
  return async function issueToken(uid) {
    const response = await fetch(`${host}/v3/users/${encodeURIComponent(uid)}/auth_tokens`, {
      method: 'POST',
      headers: { appId, apiKey, 'content-type': 'application/json' },
      // A token of its own for each login, so that one device can be logged out without the others.
      body: JSON.stringify({ force: true }),
      redirect: 'error',
      signal: AbortSignal.timeout(requestTimeLimit),
    });
    const { data, error } = await response.json();
    if (!data?.authToken) throw new Error(`Usher refused to issue a token: ${error?.code ?? response.status}`);
    return data.authToken;
  };
}
