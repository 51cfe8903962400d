package server

// Version is the version of Usher.
const Version = "0.1.0"
