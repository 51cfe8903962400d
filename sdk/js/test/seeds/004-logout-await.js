// Seed 004, section "Logout", JavaScript with await.
try {
await CometChat . logout ();
console . log ( "Logout completed successfully" );
} catch ( error ) {
console . log ( "Logout failed with exception:" , { error });
}
