conversation! {
    Lists {
        let a: u8 = ask "A?"
            else ["one"];
        let b: u8 = ask "B?"
            else [retry, wait, goto a, answer 3, close 4001, return, break 'x, continue, {}];
        let c: u8 = ask "C?"
            within 10s else [
                "The first of several that together are longer than a line",
                "the second",
                ["no", "lists"],
                |problem| { say "{problem}"; retry },
            ];
        on "x" => [
            "The first of several that together are longer than a line",
            "the second of them, which is too long",
        ];
    }
}
