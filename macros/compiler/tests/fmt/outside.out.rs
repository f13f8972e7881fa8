//! conversation! { Docs { say  "x" } }
macro_rules! other { ( ) => { conversation! { InMacro {  say  "x" } } } }
quote! { conversation! { Quoted {  say  "x" } } }
fn conversation( ) { let a="conversation! { Text {  } }"; conversation( ) }
conversation!(Parentheses { say   "x" });
conversation! { }
