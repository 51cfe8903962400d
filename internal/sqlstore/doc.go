// Package sqlstore is identity.Store on SQLite and on PostgreSQL.
//
// One SQL text serves both engines: what differs between them is in sqlite.go, postgres.go and the
// two folders of migrations. The package storetest is the contract that both must pass.
package sqlstore
