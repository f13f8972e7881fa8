/// Types and constants that whoever starts it chooses.
Pick<T: Remember + Display, S, const MOST: usize = 3>(items: Vec<T>, marker: PhantomData<fn() -> S>) with (shop: S) hears Sold<T> -> Option<T>
where
    S: Shop<T>,
{
    on Sold(item) => "{item} is gone.";
    let number: usize = ask "1 to {MOST}?" where number <= MOST else "No.";
    let item: Option<T> = once shop.take(items, number).await;
    let sure: bool = ask "Sure?";
    item.filter(|_| sure)
}
