package realtime

// ParseFrame reads a frame and says whether it is one of auth.
func ParseFrame(text []byte) (isAuth bool, err error) {
	read, err := parseFrame(text)
	return read.Type == typeAuth, err
}

// EveryCloseCode is the close codes with their reasons.
var EveryCloseCode = closeReasons
