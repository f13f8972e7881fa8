use converse::Choice;

#[derive(Choice)]
enum Size {
    Small,
    Custom(u32),
    Large { much: u8 },
}

fn main() {
    let _ = Size::options();
}
