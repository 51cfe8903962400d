// Package webhook sends deliveries: what apps hear of events at the URLs that they named.
//
// A webhook has a position in the event log. What is behind it becomes deliveries, in the transaction
// that moves the position, so that each event becomes one whoever else does the same, and none is lost
// with a server. A delivery is claimed for some seconds, sent, and what came of it is written; the next
// of the same user has its turn when that is finished. All of it is in the database: a Dispatcher
// remembers nothing that another, or a later one, would miss.
package webhook
