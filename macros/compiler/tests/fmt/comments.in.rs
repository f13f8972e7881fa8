use converse::prelude::*; // stays   as it is

conversation! { // the first
    // before the head
/// Documentation.
    pub   Comments ( a : u8 , // a parameter
        /* another */ b : u8 ) -> u8 { // behind the brace


        // own line
        let name: String = ask "Name?" // about the name
            // about emptiness
            where !name.is_empty() /* odd */ else "Please." // refused
            /* block */ within 10s else { // silence
                // inside
                retry // last
            }
            else [ // the list
                "A", // first
                // second
                "B"
                // after
            ];
        say /* why */ "Hi {name}" ; // trailing
        say "x" /* before the semicolon */;
        let /* x */ n: u8 = /* y */ ask /* z */ "N?";
        on "help" /* arrow */ => /* action */ "Help.";
        match n { /* arms */
            // one
            1 => /* value */ say "One.", // said
            2 => { /* nothing */ }
            _ => say // lost?
                "Many."
        }
        n // the value
        // the end
    }
    // behind the body
}
