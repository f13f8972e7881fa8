use converse::prelude::*;

conversation! {
    Visit {
        let name: String = ask "Name?" on "again" => revise name;
        revise age;
        let age: u8 = ask "Age, {name}?" where age > 0 else { revise age; retry };
        say "{age}";
    }
}

fn main() {}
