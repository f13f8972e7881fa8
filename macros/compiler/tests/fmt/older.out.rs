use converse::prelude::*;

conversation! {
    Order(#[was = "shop"] seller: String, #[default(7)] table: u8) {
        on outdated => restart "Our menu has changed since you were here, and we are sorry for that. Please begin again from the top.";
        on outdated "coupon" | "voucher" => goto payment;
        on outdated "card" => migrate self::from_card;
        #[was = "phone"]
        #[was = "telephone"]
        let mobile: String = ask "Your number?"
            tries 3 else { return };
        #[default( "unknown".to_owned() )]
        let city: String = mobile.clone();
        let payment: String = ask "Cash or card?";
        say "{seller}, {table}: {mobile}, {city}, {payment}.";
    }
}

conversation! {
    Other {
        on outdated => close 4000, "Gone.";
        // One of two.
        on outdated => park;
        let a: u8 = ask "?";
    }
}
