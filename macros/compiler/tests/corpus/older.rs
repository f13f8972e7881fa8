pub Order(#[was = "shop"] seller: String, #[default(7)] table: u8) {
    on outdated => close 4000, "Our menu has changed.";
    on outdated "coupon" | "voucher" => goto payment;
    on outdated "card" => migrate self::from_card;
    #[was = "phone"]
    #[was = "telephone"]
    let mobile: String = ask "Your number?" tries 3 else { return };
    #[default("unknown".to_owned())]
    let city: String = mobile.clone();
    #[was = "delivery"]
    let address: String = run Address;
    let payment: String = ask "Cash or card?";
    say "{seller}, {table}: {mobile}, {city}, {address}, {payment}.";
}
