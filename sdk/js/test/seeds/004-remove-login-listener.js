// Seed 004, section "Remove a Listener".
CometChat . removeLoginListener ( "UNIQUE_LISTENER_ID" );
