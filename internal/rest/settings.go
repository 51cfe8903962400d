package rest

// settingsView is the object that takes over all URLs of an official SDK (wire.md 6).
type settingsView struct {
	AdminAPIHost   string `json:"ADMIN_API_HOST"`
	ClientAPIHost  string `json:"CLIENT_API_HOST"`
	ChatAPIVersion string `json:"CHAT_API_VERSION"`
	ChatHost       string `json:"CHAT_HOST"`
	ChatWSSPort    string `json:"CHAT_WSS_PORT"`
	// AppVersion must be the number 4: with others a page reload loses the session (wire.md 0.7).
	AppVersion int `json:"APP_VERSION"`
	// AnalyticsPingDisabled keeps the SDKs from calling a host for statistics every minute.
	AnalyticsPingDisabled bool   `json:"ANALYTICS_PING_DISABLED"`
	Mode                  string `json:"MODE"`
	Region                string `json:"REGION"`
}

func (h *Handler) settings(c *call) settingsView {
	reached := h.hosts.forRequest(c.Request)
	return settingsView{
		AdminAPIHost: reached.admin, ClientAPIHost: reached.client, ChatAPIVersion: "v3.0",
		ChatHost: reached.chat, ChatWSSPort: reached.chatPort,
		AppVersion: 4, AnalyticsPingDisabled: true, Mode: "DEFAULT", Region: c.caller.App.Region,
	}
}

// getSettings must give the same object as the me answer (wire.md 0.13).
func (h *Handler) getSettings(c *call) (answer, error) {
	return answer{Data: h.settings(c)}, nil
}
