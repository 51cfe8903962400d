// swift-format-ignore-file
// The Swift samples of the documents' page on authentication (Calls SDK v5, iOS), in their order and
// unchanged but for the credentials. They are run against a real server by SeedTests.
import UsherCalls

func checkLoginStatus() {
    if let loggedInUser = CometChatCalls.getLoggedInUser() {
        // User is already logged in
        print("User already logged in: \(loggedInUser.uid ?? "")")
    } else {
        // No user logged in, proceed with login
    }
}

func loginWithUIDAndAPIKey() {
    let uid = "cometchat-uid-1" // Replace with your user's UID
    let apiKey = credentials.apiKey // Replace with your API Key

    if CometChatCalls.getLoggedInUser() == nil {
        CometChatCalls.login(UID: uid, apiKey: apiKey, onSuccess: { user in
            print("Login successful: \(user.uid ?? "")")
        }, onError: { error in
            print("Login failed: \(error.errorDescription)")
        })
    } else {
        // User already logged in
    }
}

func loginWithAuthToken() {
    let authToken = credentials.authToken // Token received from your backend

    CometChatCalls.login(authToken: authToken, onSuccess: { user in
        print("Login successful: \(user.uid ?? "")")
    }, onError: { error in
        print("Login failed: \(error.errorDescription)")
    })
}

func logout() {
    CometChatCalls.logout(onSuccess: { message in
        print("Logout successful")
    }, onError: { error in
        print("Logout failed: \(error.errorDescription)")
    })
}
