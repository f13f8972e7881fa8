use converse::prelude::*; // stays   as it is

conversation! {
    // the first
    // before the head
    /// Documentation.
    pub Comments(
        a: u8, // a parameter
        /* another */ b: u8,
    ) -> u8 {
        // behind the brace

        // own line
        let name: String = ask "Name?" // about the name
            // about emptiness
            /* odd */
            where !name.is_empty() else "Please." // refused
            /* block */
            within 10s else {
                // silence
                // inside
                retry // last
            }
            else [ // the list
                "A", // first
                // second
                "B",
                // after
            ];
        /* why */
        say "Hi {name}"; // trailing

        /* before the semicolon */
        say "x";
        /* y */
        /* z */
        let /* x */ n: u8 = ask "N?";
        /* arrow */
        /* action */
        on "help" => "Help.";
        match n {
            /* arms */
            // one
            1 =>
            /* value */
            {
                say "One."
            } // said
            2 => { /* nothing */ }
            _ =>
            // lost?
            {
                say "Many."
            }
        }
        n // the value
        // the end
    }
    // behind the body
}
