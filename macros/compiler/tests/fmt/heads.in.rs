conversation!{Empty{}}

conversation! { pub Unit ( ) -> ( ) { say "x"; } }

mod inner {
    conversation! {
    #[derive(Debug)] #[allow(dead_code)]
    /** Block documentation. */
    pub VeryLongNameOfAConversation(first_parameter: HashMap<String, Vec<u8>>, second_parameter: Option<String>, third: u8) -> Result<(), Error> { Ok(()) }
    }
    fn f() {
        converse::conversation! { Local -> u8 { 1 } }
    }
}

conversation! { Silent with (a: A) {} }
