use converse::prelude::*;

conversation! {
    Visit with (#[was = "bank"] shop: String) {
        #[default("Ada".to_owned())]
        once println!("{shop}");
        #[default]
        let (first, second) = (1u8, 2u8);
        if first > second {
            #[was = "total"]
            let sum = first + second;
            say "{sum}";
        }
        let age: u8 = ask "Your age?";
        say "{age} {first} {second}";
    }
}

fn main() {}
