// Package vault keeps credentials so that a stolen database logs nobody in.
//
// A row holds no API key and no auth token, but two things made of it: a fingerprint, by which an
// index finds the row, and the sealed value, from which the documented lists give it back. The
// keys for both are in a keyset, which lies outside the database.
//
// What a thief gets:
//   - The database, or a dump of it: nothing to log in with. A fingerprint is HMAC-SHA256 under a key
//     that the thief lacks, so even a short key that an operator chose can't be guessed from it. It
//     shows that two rows hold the same credential, and a seal shows how long it is.
//   - The keyset: nothing, as long as the database stays where it is. Rotate it, and reseal.
//   - Both: every credential. Revoke them all.
//   - The right to write to the database: no credential, and no sealed value opens in another row, but
//     whoever may write rows can also write that a token of theirs is another user's.
//   - A stopwatch: nothing. How long an index takes depends on how much of a fingerprint is equal,
//     and nobody without the key can choose a credential by its fingerprint.
//
// It also signs the JWTs by which others recognise a logged-in user, and publishes what they verify
// them with. The private keys for that lie in the database, sealed like credentials, so that all the
// servers on one database sign alike.
//
// The loss of the keyset is the loss of every credential: keep a copy, apart from the database.
package vault
