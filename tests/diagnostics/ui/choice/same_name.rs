use converse::Choice;

#[derive(Choice)]
enum Size {
    #[choice(alias = "tiny", alias = "3")]
    Small,
    #[choice(label = "Tiny")]
    ExtraSmall,
    Extra_small,
}

fn main() {}
