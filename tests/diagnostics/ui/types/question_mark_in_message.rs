use converse::prelude::*;

fn read(text: &str) -> Result<u64, std::num::ParseIntError> {
    text.parse()
}

conversation! {
    Visit -> u8 {
        let name: String = ask "Name? {}", read("3")?
            within std::time::Duration::from_secs(read("30")?) else close 4001, "{}", read("1")?;
        say "{}", read(&name)?;
        if name.is_empty() { say "{}", format!("{}", read("4")?); }
        1
    }
}

fn main() {}
