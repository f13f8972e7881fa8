conversation! {
    Plain {
        let mut map = std::collections::BTreeMap::<String, Vec<u8>>::new();
        let text = r#"raw
  text"#;
        say r#"more
 raw"#;
        say Json(&map);
        println!( "{}",say "x" );
        weird! { say   "untouched" ; }
        let veryLongName = some_function_with_a_long_name(argument_one, argument_two, argument_three)
            .and_then(|x| x.finish())
            .unwrap_or_default();
        let say = 1;
        let on = say + 1;
        say(on);
        on.say(ask);
        fn helper(a: u8) -> u8 {
            a
        }
        let closure = |x: u8| x;
        let r = S { say, on, ask: 1 };
        #[allow(unused)]
        say "attribute";
        #[allow(unused)]
        let q: u8 = ask "Q?";
        unsafe_name = async { x.await };
    }
}
