// A toy login, so that the example is complete: put the accounts of your app in its place. Each belongs
// to one of the sample users that a server started with --dev has.
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify(scrypt);
const keyLength = 32;

const salt = randomBytes(16);
const samplePassword = await derive('let me in', salt, keyLength);

const uids = new Map([
  ['andrew', 'cometchat-uid-1'],
  ['george', 'cometchat-uid-2'],
  ['nancy', 'cometchat-uid-3'],
  ['susan', 'cometchat-uid-4'],
  ['john', 'cometchat-uid-5'],
]);

/** Gives the uid of the account, or undefined when name and password do not belong together. */
export async function checkPassword(name, password) {
  // An unknown name takes as long as a wrong password, and so tells nothing.
  const fits = timingSafeEqual(await derive(password, salt, keyLength), samplePassword);
  const uid = uids.get(name.toLowerCase());
  return fits ? uid : undefined;
}
