// Package userfile is the file that users move between servers in: JSON Lines, one user each, in the words of
// the user object. The command line and the console both read and write it here.
package userfile
