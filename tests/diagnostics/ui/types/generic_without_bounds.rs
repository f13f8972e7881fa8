use converse::prelude::*;

conversation! {
    Visit<T, U>(thing: T, other: Option<U>)
    where
        U: Clone + Send + 'static,
    {
        let a: u8 = ask "One?";
        drop((thing, a));
    }
}

fn main() {}
