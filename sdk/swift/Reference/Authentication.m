// The Objective-C samples of the documents' page on authentication (Calls SDK v5, iOS), in their order and
// unchanged but for one thing: the documents leave out the star of CometChatCallException, which is a class.
// Nothing here runs them. In a project for an Apple platform with the package, they must compile.
@import UsherCalls;

static void checkLoginStatus(void) {
    CallsUser *loggedInUser = [CometChatCalls getLoggedInUser];

    if (loggedInUser != nil) {
        // User is already logged in
        NSLog(@"User already logged in: %@", loggedInUser.uid);
    } else {
        // No user logged in, proceed with login
    }
}

static void loginWithUIDAndAPIKey(void) {
    NSString *uid = @"cometchat-uid-1"; // Replace with your user's UID
    NSString *apiKey = @"API_KEY"; // Replace with your API Key

    if ([CometChatCalls getLoggedInUser] == nil) {
        [CometChatCalls loginWithUID:uid
            apiKey:apiKey
            onSuccess:^(CallsUser * user) {
                NSLog(@"Login successful: %@", user.uid);
            } onError:^(CometChatCallException * error) {
                NSLog(@"Login failed: %@", error.errorDescription);
            }];
    } else {
        // User already logged in
    }
}

static void loginWithAuthToken(void) {
    NSString *authToken = @"AUTH_TOKEN"; // Token received from your backend

    [CometChatCalls loginWithAuthToken:authToken
        onSuccess:^(CallsUser * user) {
            NSLog(@"Login successful: %@", user.uid);
        } onError:^(CometChatCallException * error) {
            NSLog(@"Login failed: %@", error.errorDescription);
        }];
}

static void logout(void) {
    [CometChatCalls logoutOnSuccess:^(NSString * message) {
        NSLog(@"Logout successful");
    } onError:^(CometChatCallException * error) {
        NSLog(@"Logout failed: %@", error.errorDescription);
    }];
}
