conversation! {
    /// Words that are coming.
    pub(crate) Order<T: Clone>(dish: String, guests: u32) with (kitchen: Kitchen, mailer: Mailer) hears Event<T> -> Result<u32, Error>
    where
        T: Send,
    {
        on silence 5min => "Still there?";
        on after 30d => { say "Too late."; return Ok(0) }
        on Event::Ready { table } | Event::Late(table) => { say "Table {table}."; wait }
        let address: Address = run Address { country: country.clone(), known: None };
        let paid: Receipt = once kitchen.pay(&address, guests).await?;
        once mailer.send(paid.id).await?;
        run Farewell;
        let event: Event<T> = hear
            within 10min else { back }
            on "never" => return Ok(1)
            else "Hm.";
        let other: Event<T> = hear;
        if bad {
            revise dish;
            back
        } else if worse {
            back;
        }
        let secret: Secret<String> = ask "Password?"
            tries 3 else back;
        let Back { back, retry } = all;
        f(back);
        Ok(guests)
    }
}
