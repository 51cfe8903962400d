// Seed 004, section "Login using Auth Key", JavaScript.
let authKey = "AUTH_KEY" ;
let uid = "user1" ;
let name = "Kevin" ;
let user = new CometChat . User ( uid );
user . setName ( name );
CometChat . createUser ( user , authKey ). then (
( user ) => {
console . log ( "User created:" , user );
},
( error ) => {
console . log ( "Error:" , error );
}
);
