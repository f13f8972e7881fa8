conversation! {
    Verbs {
        match x { 1 => close 4001 , "a" , 2 => close 4000+n, 3 => { close 4001, "b {}", x } "c" => { return } _ => answer y.clone(), }
        if a { goto b } else { retry }
        if a { goto b; } else { retry; }
        let v = if a { goto b } else { 1 };
        close 4001, "a reason that is long, with arguments: {} and {}", the_first_of_the_arguments(), the_second_of_them();
        let d: u8 = ask "Four?" within 1min else return  tries 3 else break   on "x" => return;
        answer   some.value( )?.chain( ) ;
        wait
    }
}
