/// A conversation that awaits something of its own.
Awaits(client: Client) -> Result<u32, Error> {
    let user: User = client.user().await?;
    let number: u32 = ask "A number, {}?", user.name
        where client.knows(number).await else "Unknown.";
    client.order(&user, number).await
}
