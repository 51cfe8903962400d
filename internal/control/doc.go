// Package control is what the operator of a machine does beyond the REST API: moving users in and out by
// file, and looking after the console's operators. A [Desk] does it on the data itself; where a server has
// the data, [Handler] serves that server's desk on its control socket, and a [Client] works there as if it
// were the desk.
package control
