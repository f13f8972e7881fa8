/// Hears of events while it asks, and waits for one.
Pays(price: u32) hears News -> Option<u32> {
    on News::Cancelled => return None;
    on News::Delayed(why) => "Delayed: {why}.";
    let name: String = ask "Name?"
        on News::Paid { cents } if cents >= price => answer format!("payer of {cents}");
    let paid: News = hear
        within 10min else back
        on "help" => { say "Pay, {name}."; wait }
        else "One moment, {name}.";
    paid.cents()
}
