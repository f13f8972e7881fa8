use converse::Choice;

#[derive(Choice)]
struct Size(u8);

#[derive(Choice)]
enum Nothing {}

#[derive(Choice)]
enum Generic<T> {
    Some(T),
}

fn main() {}
