#!/bin/sh
# Stands for the tests of an app: needs curl, and the server of seed.json.
set -eu
usher=${USHER_URL:-http://127.0.0.1:8080}
token=ada_0000000000000000000000000000000000000001

# answers METHOD PATH STATUS [BODY]: sends a request of Ada's and fails unless it is answered with the status.
answers() {
	got=$(curl -s -o /dev/null -w '%{http_code}' -X "$1" "$usher$2" -H "authToken: $token" -d "${4:-}")
	if [ "$got" != "$3" ]; then
		echo "$1 $2 was answered with $got, not $3" >&2
		exit 1
	fi
}

answers POST /dev/reset 200
answers GET /v3/me 200

answers POST /dev/clock 200 '{"advance": "1h"}'
answers GET /v3/me 401
answers POST /dev/reset 200

answers POST /dev/faults 200 '{"method": "PUT", "path": "/v3/me", "status": 503}'
answers PUT /v3/me 503 '{}'
answers PUT /v3/me 200 '{}'
echo "all is as it should be"
