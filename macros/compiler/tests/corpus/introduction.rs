/// Gets to know a visitor.
pub Introduction -> Person {
    let name: String = ask "What is your name?"
        where !name.is_empty() else "Please, insert your name!";
    let age: i32 = ask "And your age?"
        else "Please, insert an valid number";
    say "You're {name}, and you are {age} old.";
    Person { name, age }
}
