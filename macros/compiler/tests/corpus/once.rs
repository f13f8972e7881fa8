/// What is done once is stored, with its value or without.
Buys with (bank: Bank) -> Result<Receipt, Refused> {
    let cents: u32 = ask "How many?";
    let receipt: Receipt = once bank.charge(cents, talk.idempotency_key()).await?;
    once bank.thank(&receipt).await;
    once {
        audit(cents);
    };
    Ok(receipt)
}
