// Seed 004, section "Logout", JavaScript with promises.
CometChat . logout (). then (
() => {
console . log ( "Logout completed successfully" );
},
( error ) => {
console . log ( "Logout failed with exception:" , { error });
}
);
