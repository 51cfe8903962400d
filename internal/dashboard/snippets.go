package dashboard

import (
	"strings"

	"github.com/usherhq/usher/internal/identity"
)

// issuedToken is a new token with what can be done with it.
type issuedToken struct {
	Value    string
	Snippets []snippet
}

// snippet is a few lines of code. ID is its own on the page.
type snippet struct{ ID, Name, Text string }

// How each SDK logs in with a token. The words in capitals stand for what the snippet is made of; a token and
// the id of an app hold nothing that would have to be escaped.
var loginSnippets = []snippet{
	{"snippet-js", "JavaScript", `import { CometChatCalls } from '@usherhq/sdk';

const { success, error } = await CometChatCalls.init({ appId: 'APP', host: 'HOST' });
if (!success) throw error;
const user = await CometChatCalls.loginWithAuthToken('TOKEN');`},
	{"snippet-go", "Go", `client, err := calls.New(calls.Config{AppID: "APP", Host: "HOST"})
if err != nil {
	return err
}
defer client.Close()
user, err := client.LoginWithAuthToken(ctx, "TOKEN")`},
	{"snippet-dart", "Dart", `import 'package:usher_calls/usher_calls.dart';

await CometChatCalls.init(CallAppSettings(appId: 'APP', host: 'HOST'));
final user = await CometChatCalls.loginWithAuthToken(authToken: 'TOKEN');`},
	{"snippet-swift", "Swift", `import UsherCalls

let settings = CallAppSettingsBuilder().setAppId("APP").setHost("HOST").build()
try await CometChatCalls.initialize(callsAppSettings: settings)
let user = try await CometChatCalls.login(authToken: "TOKEN")`},
	{"snippet-curl", "curl", `curl -X PUT 'HOST/v3/me' -H 'appid: APP' -H 'authtoken: TOKEN'`},
}

func newIssuedToken(host string, app identity.AppID, token identity.AuthToken) *issuedToken {
	fill := strings.NewReplacer("APP", string(app), "HOST", host, "TOKEN", string(token.Value))
	issued := &issuedToken{Value: string(token.Value)}
	for _, template := range loginSnippets {
		issued.Snippets = append(issued.Snippets, snippet{template.ID, template.Name, fill.Replace(template.Text)})
	}
	return issued
}
