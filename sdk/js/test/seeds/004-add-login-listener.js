// Seed 004, section "Add a Listener", JavaScript.
let listenerID = "UNIQUE_LISTENER_ID" ;
CometChat . addLoginListener (
listenerID ,
new CometChat . LoginListener ({
loginSuccess : ( e ) => {
console . log ( "LoginListener :: loginSuccess" , e );
},
loginFailure : ( e ) => {
console . log ( "LoginListener :: loginFailure" , e );
},
logoutSuccess : () => {
console . log ( "LoginListener :: logoutSuccess" );
},
logoutFailure : ( e ) => {
console . log ( "LoginListener :: logoutFailure" , e );
}
})
);
