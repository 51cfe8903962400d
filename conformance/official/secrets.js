// Tokens in the documented form (uid, time, random part) and JWTs, wherever they stand.
const token = /\b[\w-]+_\d{10}[0-9a-f]{30}\b/g;
const jwt = /\bey[\w-]{8,}\.[\w-]+\.[\w-]+/g;

const beginning = (secret) => `${secret.slice(0, 5)}…`;

// mask makes a text fit for a log: of a secret, only its beginning stays.
export function mask(text, keys) {
  let masked = text.replace(jwt, beginning).replace(token, beginning);
  for (const key of keys) masked = masked.replaceAll(key, beginning(key));
  return masked;
}
