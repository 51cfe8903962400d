// The list of who else is here.

const list = document.getElementById('people');
const people = new Map();

/** Shows that somebody came or went. */
export function showPerson(uid, name, isHere) {
  if (isHere) people.set(uid, name);
  else people.delete(uid);
  draw();
}

export function forgetPeople() {
  people.clear();
  draw();
}

/** Asks the server who is here; listeners hear only of those who come and go from now on. */
export async function listPeople({ appId, host }, authToken, ownUid) {
  const response = await fetch(`${host}/users?status=available&per_page=100`, {
    headers: { appId, authToken },
    signal: AbortSignal.timeout(15_000),
  }).catch(() => undefined);
  const { data = [] } = (await response?.json().catch(() => undefined)) ?? {};
  people.clear();
  for (const { uid, name } of data) if (uid !== ownUid) people.set(uid, name);
  draw();
}

function draw() {
  const names = [...people.values()].sort((one, other) => one.localeCompare(other));
  list.replaceChildren(...names.map((name) => Object.assign(document.createElement('li'), { textContent: name })));
  document.getElementById('alone').hidden = names.length > 0;
}
