use converse::prelude::*;

conversation! {
    Visit -> u32 {
        let total = compute();
        let age: u32 = ask "Age?";
        age + total
    }
}

fn compute() -> u32 {
    3
}

fn main() {}
