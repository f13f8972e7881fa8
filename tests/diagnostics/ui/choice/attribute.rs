use converse::prelude::*;

#[derive(Choice)]
#[choice(label = "Size")]
enum Size {
    #[choice(lable = "S")]
    Small,
    #[choice(label = "M", label = "Mid")]
    Medium,
    #[choice("L")]
    Large,
    #[choice(alias = 4)]
    Huge,
    #[choice(alias = "a, b", alias = " - ")]
    Other,
}

conversation! {
    Shop -> Size {
        let size: Size = ask "Which of {}?", Size::options();
        size
    }
}

fn main() {}
