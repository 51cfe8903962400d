// Seed 004, section "Login using Auth Key", TypeScript.
let authKey : string = "AUTH_KEY" ;
let uid : string = "user1" ;
let name : string = "Kevin" ;
let user : CometChat . User = new CometChat . User ( uid );
user . setName ( name );
CometChat . createUser ( user , authKey ). then (
( user : CometChat . User ) => {
console . log ( "User created:" , user );
},
( error : CometChat . CometChatException ) => {
console . log ( "Error:" , error );
}
);
